import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DataError } from "@hekla/tensor/errors";
import { afterEach, describe, expect, test } from "vitest";
import { type DownloadProgress, type DownloadRequest, download } from "./download.js";
import { sha256 } from "./sha256.js";

const content = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251);
const servers: Server[] = [];

/** Starts a server on this machine that answers as told; gives its address. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.gz`;
}

const good: RequestListener = (_request, response) => void response.end(content);
const missing: RequestListener = (_request, response) => void response.writeHead(404).end("no such file");
const spoilt: RequestListener = (_request, response) => void response.end(content.map((byte) => byte ^ 1));
const cut: RequestListener = (_request, response) => {
  response.writeHead(200, { "content-length": content.length });
  response.write(content.subarray(0, 50_000), () => response.destroy());
};
const silent: RequestListener = (_request, response) => {
  response.writeHead(200, { "content-length": content.length });
  response.write(content.subarray(0, 50_000));
};

async function request(urls: string[], more: Partial<DownloadRequest> = {}): Promise<DownloadRequest> {
  return { file: "file.gz", urls, total: content.length, sha256: [await sha256(content)], ...more };
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe("download", () => {
  test("gives the bytes, says from where, and reports progress up to the whole file", async () => {
    const url = await serve(good);
    const seen: DownloadProgress[] = [];
    const result = await download(await request([url], { onProgress: (progress) => seen.push(progress) }));
    expect(result).toEqual({ bytes: content, url });
    expect(seen.at(-1)).toEqual({ file: "file.gz", url, received: content.length, total: content.length });
    expect(seen.map((progress) => progress.received)).toEqual(
      seen.map((progress) => progress.received).sort((a, b) => a - b),
    );
  });

  test("goes on to the next mirror after a missing, a spoilt, a cut and a refused one", async () => {
    const gone = await serve(good);
    servers.pop()!.close();
    const last = await serve(good);
    const urls = [gone, await serve(missing), await serve(spoilt), await serve(cut), last];
    expect((await download(await request(urls))).url).toBe(last);
  });

  test("names what failed at every mirror", async () => {
    const gone = await serve(good);
    servers.pop()!.close();
    const urls = [gone, await serve(missing), await serve(spoilt), await serve(cut)];
    const loading = download(await request(urls));
    await expect(loading).rejects.toBeInstanceOf(DataError);
    const { message } = (await loading.catch((failure: unknown) => failure)) as DataError;
    expect(message).toContain("download: file.gz could not be downloaded");
    expect(message).toMatch(`${urls[0]}: fetch failed (connect ECONNREFUSED`);
    expect(message).toMatch(`${urls[1]}: HTTP 404`);
    expect(message).toMatch(`${urls[2]}: wrong sha256, got ${await sha256(content.map((byte) => byte ^ 1))}`);
    expect(message).toMatch(`${urls[3]}: terminated (other side closed)`);
  });

  test("gives a mirror up that falls silent", async () => {
    const url = await serve(silent);
    await expect(download(await request([url], { patienceMs: 100 }))).rejects.toThrow("no answer for 0.1 s");
  });

  test("stops at once when aborted, with the caller's reason, and tries no other mirror", async () => {
    let asked = 0;
    const other = await serve((...exchange) => {
      asked += 1;
      good(...exchange);
    });
    const stop = new AbortController();
    const why = new Error("the user pressed Ctrl-C");
    const onProgress = () => stop.abort(why);
    const urls = [await serve(silent), other];
    await expect(download(await request(urls, { onProgress, signal: stop.signal }))).rejects.toBe(why);
    await expect(download(await request(urls, { signal: AbortSignal.abort(why) }))).rejects.toBe(why);
    expect(asked).toBe(0);
  });
});
