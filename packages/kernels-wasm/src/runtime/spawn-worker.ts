import { debugLog } from "@hekla/tensor";
import { importNode, nodeMajor } from "./platform.js";

/** A worker thread, the same in Node and in browsers. */
export interface WorkerHandle {
  terminate(): void;
}

/** Starts a worker from source text; it does not keep the process alive. */
export type Spawn = (source: string, data: unknown) => WorkerHandle;

/** How workers are started here. One that does not start is missed by nobody but the reader of this line. */
export async function workerSpawner(): Promise<Spawn> {
  const report = (reason: unknown): void =>
    debugLog(`wasm: a worker did not start, got ${String(reason)}; the others do its work`);
  if (nodeMajor() === undefined) return (source, data) => spawnWebWorker(source, data, report);
  const { Worker } = await importNode<typeof import("node:worker_threads")>("worker_threads");
  return (source, data) => {
    const worker = new Worker(source, { eval: true, workerData: data, execArgv: [] });
    worker.on("error", report);
    worker.unref();
    return { terminate: () => void worker.terminate() };
  };
}

function spawnWebWorker(source: string, data: unknown, report: (reason: unknown) => void): WorkerHandle {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onmessage = () => URL.revokeObjectURL(url);
  worker.onerror = ({ message }) => report(message);
  worker.postMessage(data);
  return worker;
}
