import { type Local, ModuleBuilder } from "../../../packages/kernels-wasm/src/assembler/index.js";
import { SCALAR } from "./bandwidth-cases.js";

/** A loop over arrays at these addresses; bytes must be a multiple of `TURN`. */
export type Loop = (y: number, a: number, b: number, bytes: number) => void;

/** Names of the loops: `y = a` and `y = a + s b`. */
export const LOOPS = ["copy", "triad"] as const;
export type LoopName = (typeof LOOPS)[number];

const VECTORS = 4;

/** Bytes of each array that a turn of a loop takes. */
export const TURN = 16 * VECTORS;

/** The loops that elementwise code is held against: written by hand, four vectors a turn. */
export function loopModule(pages: number): Uint8Array<ArrayBuffer> {
  const memory = { initial: pages, maximum: pages, shared: true };
  const module = new ModuleBuilder(memory, { relaxedSimd: false, tuned: true });
  for (const name of LOOPS) {
    const index = module.function(name, ["i32", "i32", "i32", "i32"], [], (f) => {
      const [y, a, b, bytes] = f.params as [Local, Local, Local, Local];
      const at = f.local("i32");
      const load = (array: Local, offset: number) =>
        f.get(array, at).emit("i32.add").load("v128.load", offset);
      f.forRange(at, 0, bytes, TURN, () => {
        for (let offset = 0; offset < TURN; offset += 16) {
          f.get(y, at).emit("i32.add");
          load(a, offset);
          if (name === "triad") load(b, offset).f32x4(SCALAR).emit("f32x4.mul", "f32x4.add");
          f.store("v128.store", offset);
        }
      });
    });
    module.export(name, index);
  }
  return module.finish();
}

/** The loops over a shared memory of `pages` pages. */
export function makeLoops(memory: WebAssembly.Memory, pages: number): Record<LoopName, Loop> {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(loopModule(pages)), { env: { memory } });
  return instance.exports as Record<LoopName, Loop>;
}

/** First and last byte of the part that one of several threads takes, in whole turns. */
export function shareOf(bytes: number, thread: number, threads: number): { begin: number; end: number } {
  const turns = bytes / TURN;
  const edge = (index: number) => Math.floor((turns * index) / threads) * TURN;
  return { begin: edge(thread), end: edge(thread + 1) };
}
