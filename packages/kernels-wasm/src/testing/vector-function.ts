import { type BinaryOp, type Program, reference, type UnaryOp } from "@hekla/tensor";
import { ModuleBuilder } from "../assembler/index.js";
import { emitElementwise } from "../elementwise/emit-elementwise.js";
import { runStep } from "./single-step.js";

export type ScalarFunction = UnaryOp | BinaryOp;

const program = (op: ScalarFunction, operands: number): Program => ({
  instructions: [
    ...Array.from({ length: operands }, (_, index) => ({
      op: "input" as const,
      index,
      dtype: "float32" as const,
    })),
    { op, args: Array.from({ length: operands }, (_, index) => index), dtype: "float32" },
  ],
  results: [operands],
});

/** One op as an emitted kernel for arrays of `size`; each call gives a new array. */
export function vectorFunction(
  op: ScalarFunction,
  size: number,
  relaxedSimd: boolean,
  arity = 1,
): (args: readonly Float32Array[]) => Float32Array {
  const bytes = Math.ceil((size * 4) / 64) * 64;
  const memoryImport = { initial: Math.ceil(((arity + 1) * bytes) / 65536), maximum: 65536, shared: false };
  const module = new ModuleBuilder(memoryImport, { relaxedSimd, tuned: true });
  const view = { shape: [size], strides: [1], offset: 0 };
  const operands = Array.from({ length: arity }, (_, buffer) => ({ buffer, view }));
  const step = { label: op, shape: [size], operands, program: program(op, arity) };
  module.export("kernel", emitElementwise(module, step).phases[0]!);
  const memory = new WebAssembly.Memory(memoryImport);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), { env: { memory } });
  const pointers = Array.from({ length: arity + 1 }, (_, at) => at * bytes);
  const { kernel } = instance.exports as { kernel(...args: number[]): void };
  return (args) => {
    args.forEach((data, at) => new Float32Array(memory.buffer, pointers[at], size).set(data));
    kernel(...pointers, 0, 0, 1);
    return new Float32Array(memory.buffer, pointers[arity], size).slice();
  };
}

const exactBackend = reference({ dtype: "float64" });

/** Double-precision results from the reference backend's float64 mode. */
export function exactly(op: ScalarFunction, args: readonly Float32Array[]): ArrayLike<number> {
  const shape = [args[0]!.length];
  const operands = args.map((data) => ({
    data: Float64Array.from(data),
    dtype: "float32" as const,
    view: { shape, strides: [1], offset: 0 },
  }));
  const step = { kind: "elementwise" as const, shape, program: program(op, args.length) };
  return runStep(exactBackend, step, operands)[0]!;
}

const bits = new DataView(new ArrayBuffer(8));

/** The distance between the float32 around x: 2^-23 in [1, 2), that of subnormals near 0. */
export function ulp(x: number): number {
  bits.setFloat64(0, Math.abs(x));
  const exponent = (bits.getUint32(0) >>> 20) - 1023;
  return 2 ** (Math.min(Math.max(exponent, -126), 127) - 23);
}

/**
 * Error in units of the last place against the exact result in double precision: 0 where correctly rounded, infinite
 * where kinds differ.
 */
export function errorInUlp(actual: number, exact: number): number {
  if (Number.isNaN(exact)) return Number.isNaN(actual) ? 0 : Infinity;
  const rounded = Math.fround(exact);
  if (actual === rounded) return 0;
  // A result next to the overflow may round to infinity.
  if (!Number.isFinite(actual)) return Math.abs(exact) > 3.40282e38 && actual * exact > 0 ? 1 : Infinity;
  if (!Number.isFinite(rounded)) return Math.abs(actual) > 3.40282e38 && actual * exact > 0 ? 1 : Infinity;
  return Math.abs(actual - exact) / ulp(exact);
}

/** The largest of the errors, and its place. */
export function largestError(
  actual: ArrayLike<number>,
  exact: ArrayLike<number>,
): { ulps: number; at: number } {
  let [ulps, at] = [0, 0];
  for (let k = 0; k < actual.length; k++) {
    const error = errorInUlp(actual[k]!, exact[k]!);
    if (error > ulps) [ulps, at] = [error, k];
  }
  return { ulps, at };
}
