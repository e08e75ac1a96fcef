import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { uniform } from "../inputs.js";
import { BANDWIDTH_CASES, SIZES } from "./bandwidth-cases.js";
import { LOOPS, type Loop, type LoopName, makeLoops, shareOf } from "./loops-by-hand.js";
import { type Run, serveTimed, type TimedRequest } from "./timed-cases.js";

// Copy and triad as fast as plain wasm goes: the loops, and nothing around them but a counter that the other
// threads watch.
const MOST = Math.max(...SIZES.map(({ bytes }) => bytes));
const PAGE = 65536;

/**
 * Where the arrays lie. A line more after each: equal low bits of addresses would fall into the same lines
 * of the cache.
 */
const ADDRESSES = [0, 1, 2].map((index) => PAGE + index * (MOST + 64)) as [number, number, number];
const PAGES = Math.ceil((PAGE + 3 * (MOST + 64)) / PAGE);

/** Words of the control block, in the first page. */
const GENERATION = 0;
const DONE = 1;
const WHICH = 2;
const BYTES = 3;

function controlOf(memory: WebAssembly.Memory): Int32Array<ArrayBuffer> {
  return new Int32Array(memory.buffer, 0, 4);
}

function runShare(loop: Loop, bytes: number, thread: number, threads: number): void {
  const { begin, end } = shareOf(bytes, thread, threads);
  const [y, a, b] = ADDRESSES;
  loop(y + begin, a + begin, b + begin, end - begin);
}

/** Turns that a thread watches before it sleeps: longer than anything that happens between two calls. */
const PATIENCE = 2_000_000;

/** The life of another thread. */
function serveThread(memory: WebAssembly.Memory, thread: number, threads: number): void {
  const control = controlOf(memory);
  const loops = makeLoops(memory, PAGES);
  let seen = 0;
  parentPort!.postMessage("ready");
  for (;;) {
    for (let turn = 0; Atomics.load(control, GENERATION) === seen; turn++)
      if (turn > PATIENCE) Atomics.wait(control, GENERATION, seen, 1);
    seen++;
    runShare(loops[LOOPS[control[WHICH]!]!], control[BYTES]!, thread, threads);
    Atomics.add(control, DONE, 1);
  }
}

async function load({ threads }: TimedRequest) {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  const control = controlOf(memory);
  const loops = makeLoops(memory, PAGES);
  for (let thread = 1; thread < threads; thread++) {
    const worker = new Worker(process.argv[1]!, { workerData: { memory, thread, threads } });
    await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  }
  for (const [stream, address] of ADDRESSES.entries())
    new Float32Array(memory.buffer, address, MOST / 4).set(uniform(stream, MOST / 4));
  const prepare = (name: LoopName, bytes: number): Run => {
    return () => {
      control[WHICH] = LOOPS.indexOf(name);
      control[BYTES] = bytes;
      Atomics.store(control, DONE, 0);
      Atomics.add(control, GENERATION, 1);
      runShare(loops[name], bytes, 0, threads);
      while (Atomics.load(control, DONE) < threads - 1);
    };
  };
  const cases = BANDWIDTH_CASES.flatMap(({ name, operation, count }) =>
    operation === "copy" || operation === "triad"
      ? [{ name, prepare: () => prepare(operation, 4 * count) }]
      : [],
  );
  return { version: "loops written by hand", detail: `wasm, SIMD128, ${threads} thread(s)`, cases };
}

if (isMainThread) {
  await serveTimed(load);
} else {
  const { memory, thread, threads } = workerData as {
    memory: WebAssembly.Memory;
    thread: number;
    threads: number;
  };
  serveThread(memory, thread, threads);
}
