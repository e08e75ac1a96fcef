import { type Features, ModuleBuilder } from "../src/assembler/index.js";
import { multiplyAdd } from "../src/gemm/micro-kernel.js";

const accumulatorCount = 12;
const turns = 100_000;

/**
 * GFLOP/s of one core that multiplies and adds vectors of four floats in registers alone, with no loads, the best of a
 * quarter of a second: what SIMD128 allows at most. With `relaxed` by `f32x4.relaxed_madd`, which the engine must
 * have (on Node 20 after `wasm()`), else by `f32x4.mul` and `f32x4.add`.
 */
export function measurePeak({ relaxed }: { readonly relaxed: boolean }): number {
  const memory = { initial: 1, maximum: 1, shared: false };
  const features: Features = { relaxedSimd: relaxed, tuned: true };
  const module = new ModuleBuilder(memory, features);
  const index = module.function("peak", ["i32"], [], (f) => {
    const left = f.params[0]!;
    const accumulators = Array.from({ length: accumulatorCount }, () => f.local("v128"));
    const [a, b] = [f.local("v128"), f.local("v128")];
    f.f32x4(1.0001).set(a).f32x4(0.9999).set(b);
    f.loop((next) => {
      for (const accumulator of accumulators) multiplyAdd(f, module, a, b, accumulator);
      f.get(left).i32(1).emit("i32.sub").tee(left).brIf(next);
    });
    // Stored, so that nothing is left out as unused.
    for (const [at, accumulator] of accumulators.entries()) {
      f.i32(0)
        .get(accumulator)
        .store("v128.store", at * 16);
    }
  });
  module.export("peak", index);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), {
    env: { memory: new WebAssembly.Memory(memory) },
  });
  const peak = instance.exports.peak as (turns: number) => void;
  let best = Number.POSITIVE_INFINITY;
  for (const start = performance.now(); performance.now() - start < 250; ) {
    const before = performance.now();
    peak(turns);
    best = Math.min(best, performance.now() - before);
  }
  return (2 * 4 * accumulatorCount * turns) / best / 1e6;
}
