// The yardstick of memory bandwidth: copy and triad as plain vector loops, each thread on its own part.
import { Worker } from "node:worker_threads";
import { type FunctionBuilder, type Local, ModuleBuilder } from "../src/assembler/index.js";

const memoryImport = { initial: 1, maximum: 16384, shared: true };

/** `copy(from, to, bytes)` and `triad(a, b, to, bytes)`: to = a + 3 b. Four vectors a turn. */
function code(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder(memoryImport, { relaxedSimd: false, tuned: true });
  const define = (
    name: string,
    pointers: number,
    element: (f: FunctionBuilder, at: number) => void,
  ): void => {
    const types = Array<"i32">(pointers + 1).fill("i32");
    const index = module.function(name, types, [], (f) => {
      const end = f.params.at(-1)!;
      const counter = f.local("i32");
      f.forRange(counter, 0, end, 64, () => {
        for (const at of [0, 16, 32, 48]) element(f, at);
        for (const pointer of f.params.slice(0, -1)) f.increment(pointer, 64);
      });
    });
    module.export(name, index);
  };
  define("copy", 2, (f, at) => {
    const [from, to] = f.params as [Local, Local];
    f.get(to).get(from).load("v128.load", at).store("v128.store", at);
  });
  define("triad", 3, (f, at) => {
    const [a, b, to] = f.params as [Local, Local, Local];
    f.get(to).get(a).load("v128.load", at).get(b).load("v128.load", at).f32x4(3);
    f.emit("f32x4.mul", "f32x4.add").store("v128.store", at);
  });
  return module.finish();
}

const workerText = `
const { parentPort, workerData } = require("node:worker_threads");
const { bytes, memory, flags } = workerData;
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
for (let turn = 0; ; turn++) {
  while (Atomics.load(flags, 0) === turn);
  const name = flags[1];
  if (name === 2) break;
  if (name === 0) exports.copy(flags[2], flags[3], flags[5]);
  else exports.triad(flags[2], flags[3], flags[4], flags[5]);
  Atomics.store(flags, 6, turn + 1);
}`;

/** GB/s of `copy` (8 bytes an element) and `triad` (12) over arrays of so many elements, best of some time. */
export async function plainLoops(
  elements: number,
  threads: 1 | 2,
  milliseconds = 300,
): Promise<{ copy: number; triad: number }> {
  const bytes = code();
  const memory = new WebAssembly.Memory(memoryImport);
  memory.grow(Math.ceil((elements * 12) / 65536));
  new Float32Array(memory.buffer).fill(1);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const loops = exports as { copy(...args: number[]): void; triad(...args: number[]): void };
  const flags = new Int32Array(new SharedArrayBuffer(32));
  const helper =
    threads === 2 ? new Worker(workerText, { eval: true, workerData: { bytes, memory, flags } }) : undefined;
  const part = (elements * 4) / threads;
  const starts = [0, 1, 2].map((array) => 1024 + array * elements * 4);
  const run = (name: "copy" | "triad"): number => {
    const [a, b, to] = starts as [number, number, number];
    const before = performance.now();
    if (helper) {
      flags.set([name === "copy" ? 0 : 1, a + part, (name === "copy" ? to : b) + part, to + part, part], 1);
      Atomics.add(flags, 0, 1);
    }
    if (name === "copy") loops.copy(a, to, part);
    else loops.triad(a, b, to, part);
    while (helper && Atomics.load(flags, 6) !== Atomics.load(flags, 0));
    return performance.now() - before;
  };
  const rate = (name: "copy" | "triad", perElement: number): number => {
    let best = run(name);
    for (const end = performance.now() + milliseconds; performance.now() < end; )
      best = Math.min(best, run(name));
    return (elements * perElement) / best / 1e6;
  };
  const rates = { copy: rate("copy", 8), triad: rate("triad", 12) };
  flags[1] = 2;
  Atomics.add(flags, 0, 1);
  await helper?.terminate();
  return rates;
}
