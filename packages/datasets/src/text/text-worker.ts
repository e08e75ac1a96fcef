import { passSource, type TextPass } from "./text-pass.js";

/** A worker that makes one pass over the pieces it is sent, one at a time. */
export interface TextWorker {
  /** The text of a piece, whose buffer it takes; undefined if that is not UTF-8. */
  run(piece: Uint8Array<ArrayBuffer>): Promise<string | undefined>;
  terminate(): void;
}

const source = `
"use strict";
${passSource}
const serve = (port, listen) => {
  let pass;
  listen((message) => {
    if (!pass) return void (pass = makePass(message));
    let text;
    try {
      text = pass(message);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    port.postMessage(text);
  });
};
if (typeof require === "function") {
  const { parentPort } = require("node:worker_threads");
  serve(parentPort, (handle) => parentPort.on("message", handle));
} else serve(globalThis, (handle) => (onmessage = ({ data }) => handle(data)));
`;

const inNode = (): boolean =>
  (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !== undefined;

/** One of Node's modules; the name is a parameter so that bundlers for browsers do not look for it. */
const builtin = <T>(name: string): Promise<T> => import(/* @vite-ignore */ /* webpackIgnore: true */ name);

/** How many threads can run at once here. */
export async function availableWorkers(): Promise<number> {
  if (inNode()) return (await builtin<typeof import("node:os")>("node:os")).availableParallelism();
  return globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** What differs between Node's workers and the web's. */
interface Port {
  post(message: unknown, transfer: ArrayBuffer[]): void;
  terminate(): void;
}
type Handlers = { readonly onMessage: (text: unknown) => void; readonly onError: (reason: Error) => void };

async function nodePort({ onMessage, onError }: Handlers): Promise<Port> {
  const { Worker } = await builtin<typeof import("node:worker_threads")>("node:worker_threads");
  const worker = new Worker(source, { eval: true, execArgv: [] });
  worker.on("message", onMessage);
  worker.on("error", onError);
  worker.on("exit", (code) => onError(new Error(`a worker ended with code ${code}`)));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    terminate: () => void worker.terminate(),
  };
}

function webPort({ onMessage, onError }: Handlers): Port {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }) => onMessage(data);
  worker.onerror = ({ message }) => onError(new Error(message));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    terminate: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

/** Starts a worker; undefined where there are none. */
export async function startTextWorker(pass: TextPass): Promise<TextWorker | undefined> {
  let settle: { resolve: (text: string | undefined) => void; reject: (reason: Error) => void } | undefined;
  const handlers: Handlers = {
    onMessage: (text) => settle?.resolve(text as string | undefined),
    onError: (reason) => settle?.reject(reason),
  };
  if (!inNode() && typeof Worker === "undefined") return undefined;
  const port = inNode() ? await nodePort(handlers) : webPort(handlers);
  port.post(pass, []);
  return {
    run: (piece) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        port.post(piece, [piece.buffer]);
      }),
    terminate: port.terminate,
  };
}
