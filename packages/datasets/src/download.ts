import { DataError } from "@hekla/tensor/errors";
import { sha256 } from "./sha256.js";

/** How far the download of one file has come. */
export interface DownloadProgress {
  readonly file: string;
  readonly url: string;
  /** Bytes received so far. */
  readonly received: number;
  /** Bytes of the whole file. */
  readonly total: number;
}

/** What to download and how to know that it arrived whole. */
export interface DownloadRequest {
  readonly file: string;
  /** Tried in this order. */
  readonly urls: readonly string[];
  readonly total: number;
  /** Accepted sums: a server may unpack a `.gz` on the way, so the unpacked file's sum can be one of them. */
  readonly sha256: readonly string[];
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Give a mirror up after so long without a byte, default 30 000 ms. */
  readonly patienceMs?: number | undefined;
}

/** Downloads a file from the first mirror that delivers it intact; throws DataError with every mirror's failure. */
export async function download(request: DownloadRequest): Promise<{ bytes: Uint8Array; url: string }> {
  const failures: string[] = [];
  for (const url of request.urls) {
    try {
      const bytes = await receive(url, request);
      const sum = await sha256(bytes);
      if (request.sha256.includes(sum)) return { bytes, url };
      failures.push(`${url}: wrong sha256, got ${sum}, expected ${request.sha256[0]}`);
    } catch (failure) {
      request.signal?.throwIfAborted();
      failures.push(`${url}: ${reason(failure)}`);
    }
  }
  throw new DataError(`download: ${request.file} could not be downloaded, ${failures.join("; ")}`);
}

async function receive(url: string, request: DownloadRequest): Promise<Uint8Array> {
  const { file, total, onProgress, signal, patienceMs = 30_000 } = request;
  signal?.throwIfAborted();
  const stop = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const giveUp = () => stop.abort(new DataError(`no answer for ${patienceMs / 1000} s`));
  let patience = setTimeout(giveUp, patienceMs);
  try {
    const response = await fetch(url, { signal: stop.signal });
    if (!response.ok || !response.body) throw new DataError(`HTTP ${response.status} ${response.statusText}`);
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let received = 0;
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearTimeout(patience);
      patience = setTimeout(giveUp, patienceMs);
      chunks.push(part.value);
      received += part.value.length;
      onProgress?.({ file, url, received, total: Math.max(total, received) });
    }
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  } finally {
    clearTimeout(patience);
    signal?.removeEventListener("abort", abort);
    stop.abort();
  }
}

/** The message of an error and of what caused it: fetch says only "fetch failed" and hides the rest. */
function reason(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return failure.cause instanceof Error ? `${failure.message} (${failure.cause.message})` : failure.message;
}
