import { resolveObjectURL } from "node:buffer";
import { Worker as NodeWorker } from "node:worker_threads";

const PRELUDE = `
const { parentPort } = require("node:worker_threads");
globalThis.self = globalThis;
globalThis.postMessage = (message) => parentPort.postMessage(message);
globalThis.addEventListener = (type, listener) => {
  if (type === "message") parentPort.on("message", (data) => listener({ data }));
};
parentPort.on("message", (data) => globalThis.onmessage?.({ data }));
`;

/** The part of a browser's Worker that a peer needs to start its threads in Node: blob URL, messages, errors. */
class BlobWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  #worker: NodeWorker | undefined;
  #waiting: unknown[] | undefined = [];

  constructor(url: string) {
    const blob = resolveObjectURL(url);
    if (!blob) throw new Error(`Worker: no blob behind the URL, got ${url}, expected a blob URL`);
    void blob.text().then((source) => this.#start(source));
  }

  #start(source: string): void {
    this.#worker = new NodeWorker(PRELUDE + source, { eval: true });
    this.#worker.on("message", (data) => this.onmessage?.({ data }));
    this.#worker.on("error", (error: unknown) =>
      this.onerror?.({ message: error instanceof Error ? error.message : String(error) }),
    );
    for (const message of this.#waiting ?? []) this.#worker.postMessage(message);
    this.#waiting = undefined;
  }

  postMessage(message: unknown): void {
    if (this.#waiting) this.#waiting.push(message);
    else this.#worker?.postMessage(message);
  }

  terminate(): void {
    void this.#worker?.terminate();
  }
}

/** Gives this process a browser's `Worker` and `navigator.hardwareConcurrency`, for peers that look for them. */
export function installBrowserWorker(threads: number): void {
  Object.defineProperty(globalThis, "Worker", { value: BlobWorker, configurable: true, writable: true });
  Object.defineProperty(globalThis, "navigator", {
    value: { hardwareConcurrency: threads },
    configurable: true,
  });
}
