import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { DataError } from "@hekla/tensor/errors";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { loadMnist, type MnistOptions, mnist } from "./mnist.js";
import { MNIST_FILES, type MnistFile } from "./mnist-files.js";
import { sha256 } from "./sha256.js";

const dataDir = process.env.HEKLA_DATA_DIR;
const TRAIN = 5;
const TEST = 3;

function images(count: number, factor: number): Uint8Array {
  const pixels = Uint8Array.from({ length: count * 784 }, (_, i) => (i * factor) % 256);
  return Uint8Array.from([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28, ...pixels]);
}

function labels(...digits: number[]): Uint8Array {
  return Uint8Array.from([0, 0, 8, 1, 0, 0, 0, digits.length, ...digits]);
}

const content: Record<string, Uint8Array> = {
  "train-images-idx3-ubyte": images(TRAIN, 31),
  "train-labels-idx1-ubyte": labels(5, 0, 4, 1, 9),
  "t10k-images-idx3-ubyte": images(TEST, 17),
  "t10k-labels-idx1-ubyte": labels(7, 2, 1),
};

function packed(name: string): Uint8Array {
  return new Uint8Array(gzipSync(content[name]!));
}

/** The sums of the small files above, in place of MNIST's. */
function smallFiles(): Promise<MnistFile[]> {
  const summed = MNIST_FILES.map(async ({ name }) => ({
    name,
    packedBytes: packed(name).length,
    packedSha256: await sha256(packed(name)),
    sha256: await sha256(content[name]!),
  }));
  return Promise.all(summed);
}

let files: MnistFile[];
let folder: string;
let served: string[];
let server: Server;
let mirror: string;

beforeAll(async () => {
  files = await smallFiles();
  server = createServer((request, response) => {
    const [, kind = "", name = ""] = (request.url ?? "").split("/");
    served.push(name);
    const bytes = packed(name.replace(".gz", ""));
    if (kind === "spoilt") response.end(bytes.map((byte) => byte ^ 1));
    else if (kind === "unpacking") response.writeHead(200, { "content-encoding": "gzip" }).end(bytes);
    else if (kind === "silent") response.write(bytes.subarray(0, 10));
    else if (kind === "good") response.end(bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(async () => {
  vi.stubEnv("HEKLA_DATA_DIR", undefined);
  served = [];
  folder = await mkdtemp(join(tmpdir(), "hekla-mnist-"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

/** Writes the four files under `folder`, as `path` says; `change` replaces some of them. */
async function lay(path: (name: string) => string, change: Record<string, Uint8Array> = {}): Promise<void> {
  for (const name of Object.keys(content)) {
    const target = join(folder, path(name));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, change[name] ?? (target.endsWith(".gz") ? packed(name) : content[name]!));
  }
}

function load(options: MnistOptions) {
  return loadMnist(files, { cacheDir: join(folder, "cache"), mirrors: [`${mirror}/good`], ...options });
}

async function messageOf(loading: Promise<unknown>): Promise<string> {
  const failure: unknown = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(failure).toBeInstanceOf(DataError);
  return (failure as DataError).message;
}

describe("mnist from a folder", () => {
  test.each([
    ["mnist/*.gz", (name: string) => `mnist/${name}.gz`],
    ["*.gz", (name: string) => `${name}.gz`],
    ["mnist/* unpacked", (name: string) => `mnist/${name}`],
    ["* unpacked", (name: string) => name],
  ])("finds %s", async (_name, path) => {
    await lay(path);
    vi.stubEnv("HEKLA_DATA_DIR", folder);
    const { train, test: held, source } = await load({});
    expect(source).toBe(`MNIST from ${folder}`);
    expect(train.x.shape).toEqual([TRAIN, 1, 28, 28]);
    expect(train.x.data[1]).toBe(Math.fround(31 / 255));
    expect(train.y.shape).toEqual([TRAIN, 10]);
    expect([...held.y.data]).toEqual(
      [7, 2, 1].flatMap((d) => Array.from({ length: 10 }, (_, k) => Number(k === d))),
    );
    expect(served).toEqual([]);
  });

  test("dataDir comes before HEKLA_DATA_DIR, raw forms and limit are obeyed", async () => {
    await lay((name) => `${name}.gz`);
    vi.stubEnv("HEKLA_DATA_DIR", join(folder, "elsewhere"));
    const set = await load({ dataDir: folder, pixels: "uint8", labels: "int32", limit: 4 });
    expect(set.train.x).toEqual({ data: images(TRAIN, 31).slice(16, 16 + 4 * 784), shape: [4, 1, 28, 28] });
    expect(set.train.y).toEqual({ data: Int32Array.of(5, 0, 4, 1), shape: [4] });
    expect(set.test.y).toEqual({ data: Int32Array.of(7, 2, 1), shape: [3] });
  });

  test.each<[string, Record<string, Uint8Array>, string]>([
    [
      "truncated images",
      { "train-images-idx3-ubyte": images(TRAIN, 31).subarray(0, 100) },
      "train-images-idx3-ubyte is truncated, got 100 bytes, expected 3936 bytes for shape [5,28,28]",
    ],
    [
      "a wrong magic number",
      { "t10k-labels-idx1-ubyte": content["t10k-images-idx3-ubyte"]!.slice(1) },
      "wrong magic",
    ],
    ["labels that are images", { "t10k-labels-idx1-ubyte": images(3, 1) }, "holds no labels, got Uint8Array"],
    ["images that are labels", { "t10k-images-idx3-ubyte": labels(1, 2, 3) }, "expected uint8 [n,28,28]"],
  ])("refuses %s", async (_name, change, message) => {
    await lay((name) => `mnist/${name}`, change);
    expect(await messageOf(load({ dataDir: folder, verify: false }))).toContain(message);
    expect(served).toEqual([]);
  });

  test("refuses different counts and labels beyond 9", async () => {
    await lay((name) => name, { "train-labels-idx1-ubyte": labels(1, 2, 3) });
    expect(await messageOf(load({ dataDir: folder, verify: false }))).toContain(
      "mnist: images and labels differ in number, got 5 images",
    );
    await lay((name) => name, { "train-labels-idx1-ubyte": labels(1, 2, 10, 3, 4) });
    expect(await messageOf(load({ dataDir: folder, verify: false }))).toContain(": got 10, expected 0 to 9");
  });

  test("refuses files that are not MNIST's unless verify is false", async () => {
    await lay((name) => name, { "t10k-images-idx3-ubyte": images(TEST, 3) });
    const message = await messageOf(load({ dataDir: folder }));
    expect(message).toContain("t10k-images-idx3-ubyte has the wrong sha256, got");
    expect(message).toContain(`expected ${files[2]!.sha256}`);
    expect((await load({ dataDir: folder, verify: false })).test.x.data[1]).toBe(Math.fround(3 / 255));
  });
});

describe("mnist from mirrors and the cache", () => {
  test("downloads once, with progress, and then reads the cache", async () => {
    const seen = new Set<string>();
    const first = await load({
      mirrors: [`${mirror}/gone`, `${mirror}/good/`],
      onProgress: ({ file }) => seen.add(file),
    });
    expect(first.source).toBe(`MNIST from ${mirror}/good/`);
    expect([...seen]).toEqual(Object.keys(content).map((name) => `${name}.gz`));
    expect(await readdir(join(folder, "cache/mnist"))).toEqual(seen.size === 4 ? [...seen].sort() : []);
    const asked = served.length;
    const second = await load({ download: false });
    expect(served.length).toBe(asked);
    expect(second.source).toBe(`MNIST from ${join(folder, "cache")}`);
    expect(second.train).toEqual(first.train);
  });

  test("takes a file that the server unpacked on the way", async () => {
    await load({ mirrors: [`${mirror}/unpacking`] });
    expect((await load({ download: false })).train.y.shape).toEqual([TRAIN, 10]);
  });

  test("replaces what is damaged in the cache and fetches only what is missing", async () => {
    await lay((name) => `cache/mnist/${name}.gz`, {
      "train-labels-idx1-ubyte": packed("t10k-labels-idx1-ubyte"),
    });
    await load({});
    expect(served).toEqual(["train-labels-idx1-ubyte.gz"]);
    expect(new Uint8Array(await readFile(join(folder, "cache/mnist/train-labels-idx1-ubyte.gz")))).toEqual(
      packed("train-labels-idx1-ubyte"),
    );
  });

  test("a wrong sha256 leaves nothing in the cache", async () => {
    expect(await messageOf(load({ mirrors: [`${mirror}/spoilt`] }))).toContain("wrong sha256");
    expect(await readdir(folder)).toEqual([]);
  });

  test("an abort leaves nothing in the cache and is rejected with its own reason", async () => {
    const stop = new AbortController();
    const why = new Error("enough");
    const loading = load({
      mirrors: [`${mirror}/silent`],
      signal: stop.signal,
      onProgress: () => stop.abort(why),
    });
    await expect(loading).rejects.toBe(why);
    expect(await readdir(folder)).toEqual([]);
  });

  test("a cache that cannot be written costs the cache, not the data", async () => {
    await writeFile(join(folder, "cache"), "a file where the folder should be");
    const set = await load({});
    expect(set.train.x.shape).toEqual([TRAIN, 1, 28, 28]);
    expect(set.source).toContain("not kept in the cache");
  });

  test("without any way, one error names all three and what failed", async () => {
    vi.stubEnv("HEKLA_DATA_DIR", join(folder, "nowhere"));
    const refused = await messageOf(load({ download: false }));
    expect(refused).toContain("1. set HEKLA_DATA_DIR to a folder with mnist/train-images-idx3-ubyte.gz");
    expect(refused).toContain(
      `(${join(folder, "nowhere")}: no train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k`,
    );
    expect(refused).toContain(
      `2. put the files into the cache, ${join(folder, "cache")}/mnist (no train-images`,
    );
    expect(refused).toContain("3. allow the download (download is false)");
    vi.stubEnv("HEKLA_DATA_DIR", undefined);
    const failed = await messageOf(load({ mirrors: [`${mirror}/gone`] }));
    expect(failed).toContain("companions (not set)");
    expect(failed).toContain(`${mirror}/gone/train-images-idx3-ubyte.gz: HTTP 404`);
  });

  test.skipIf(process.platform === "win32")("keeps to XDG_CACHE_HOME by default", async () => {
    vi.stubEnv("XDG_CACHE_HOME", join(folder, "xdg"));
    const set = await loadMnist(files, { mirrors: [`${mirror}/good`] });
    expect(set.source).toContain(mirror);
    expect((await loadMnist(files, { download: false })).source).toContain(join(folder, "xdg", "hekla"));
  });

  test.each([0, -1, 1.5, Number.NaN])("refuses limit %s before it looks for anything", async (limit) => {
    expect(await messageOf(load({ limit }))).toContain(`mnist: limit is not usable, got ${limit}`);
    expect(served).toEqual([]);
  });
});

describe.skipIf(!dataDir)("the real MNIST in HEKLA_DATA_DIR", () => {
  test("has the published counts, mean and deviation", async () => {
    const { train, test: held } = await mnist({
      dataDir: dataDir!,
      pixels: "uint8",
      labels: "int32",
      download: false,
    });
    const counts = (values: ArrayLike<number>) =>
      Array.from(values).reduce(
        (sums, digit) => sums.with(digit, sums[digit]! + 1),
        new Array<number>(10).fill(0),
      );
    expect(counts(train.y.data)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(counts(held.y.data)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    const pixels = train.x.data as Uint8Array;
    const histogram = pixels.reduce((sums, pixel) => {
      sums[pixel]! += 1;
      return sums;
    }, new Float64Array(256));
    const mean = histogram.reduce((sum, n, pixel) => sum + n * pixel, 0) / 255 / pixels.length;
    const square = histogram.reduce((sum, n, pixel) => sum + n * (pixel / 255) ** 2, 0) / pixels.length;
    expect(mean).toBeCloseTo(0.13066, 5);
    expect(Math.sqrt(square - mean * mean)).toBeCloseTo(0.30811, 5);
  });

  test("comes as unit floats and one-hot rows by default", async () => {
    const { train, test: held } = await mnist({ dataDir: dataDir!, limit: 100 });
    expect(train.x.shape).toEqual([100, 1, 28, 28]);
    expect(held.y.shape).toEqual([100, 10]);
    expect([...train.y.data.slice(0, 10)]).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(Math.max(...train.x.data)).toBe(1);
  });
});
