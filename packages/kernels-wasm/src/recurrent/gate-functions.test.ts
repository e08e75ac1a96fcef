import { expect, test } from "vitest";
import { ModuleBuilder } from "../assembler/index.js";
import { hasRelaxedSimd } from "../runtime/features.js";
import { fastSigmoid, fastTanh } from "./gate-functions.js";

const relaxed = await hasRelaxedSimd();

function evaluate(emit: typeof fastTanh, x: Float32Array, relaxedSimd: boolean): Float32Array {
  const memoryImport = { initial: 64, maximum: 64, shared: false };
  const module = new ModuleBuilder(memoryImport, { relaxedSimd, tuned: true });
  const index = module.function("all", [], [], (f) => {
    const [at, value] = [f.local("i32"), f.local("v128")];
    f.forRange(at, 0, x.length * 4, 16, () => {
      f.get(at).load("v128.load").set(value).get(at);
      emit(f, module, value);
      f.store("v128.store");
    });
  });
  module.export("all", index);
  const memory = new WebAssembly.Memory(memoryImport);
  const floats = new Float32Array(memory.buffer);
  floats.set(x);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), { env: { memory } });
  (instance.exports as { all(): void }).all();
  return floats.slice(0, x.length);
}

/** Every 16411th float there is; a prime, so that all bits vary. Those of a gate's usual range once more, closely. */
function inputs(): Float32Array {
  const bits = new Float32Array(Uint32Array.from({ length: 2 ** 18 }, (_, at) => at * 16411).buffer);
  const usual = Float32Array.from({ length: 2 ** 18 }, (_, at) => (at - 2 ** 17) / 2 ** 13 + at / 2 ** 28);
  return Float32Array.from([...bits, ...usual]);
}

const spacing = (y: number): number => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(y))), -126) - 23);
const sigmoid = (x: number): number => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

const modes = [false, ...(relaxed ? [true] : [])];

test.each(modes)("relaxed SIMD %s: tanh within 4 ulp and within [-1, 1], NaN kept", (mode) => {
  const x = inputs();
  const y = evaluate(fastTanh, x, mode);
  let worst = 0;
  y.forEach((value, at) => {
    const exact = Math.tanh(x[at]!);
    if (Number.isNaN(exact) !== Number.isNaN(value)) expect.fail(`tanh(${x[at]}) is ${value}`);
    if (exact !== 0 && !Number.isNaN(exact))
      worst = Math.max(worst, Math.abs(value - exact) / spacing(exact));
    if (Math.abs(value) > 1) expect.fail(`tanh(${x[at]}) is ${value}`);
  });
  expect(worst).toBeLessThan(4);
});

test.each(modes)("relaxed SIMD %s: sigmoid within 3 ulp, e^-87 below that, NaN kept", (mode) => {
  const x = inputs();
  const y = evaluate(fastSigmoid, x, mode);
  let worst = 0;
  y.forEach((value, at) => {
    const exact = sigmoid(x[at]!);
    if (x[at]! > -87) worst = Math.max(worst, Math.abs(value - exact) / spacing(exact));
    const outside = value < 0 || value > (x[at]! > -87 ? 1 : 2e-38);
    if (outside || Number.isNaN(exact) !== Number.isNaN(value)) expect.fail(`sigmoid(${x[at]}) is ${value}`);
  });
  expect(worst).toBeLessThan(3);
});
