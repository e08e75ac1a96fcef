import { type BinaryOp, type Program, reference, type UnaryOp } from "@hekla/tensor";
import { describe, expect, test } from "vitest";
import { ModuleBuilder } from "../assembler/index.js";
import { emitElementwise } from "../elementwise/emit-elementwise.js";
import { hasRelaxedSimd } from "../runtime/features.js";
import { runStep } from "../testing/single-step.js";

type Op = UnaryOp | BinaryOp;

/** Evaluates one op on arrays with an emitted kernel. */
function evaluate(op: Op, args: readonly Float32Array[], relaxedSimd: boolean): Float32Array {
  const size = args[0]!.length;
  const memoryImport = { initial: 1, maximum: 4096, shared: false };
  const module = new ModuleBuilder(memoryImport, { relaxedSimd, tuned: true });
  const operands = args.map((_, buffer) => ({ buffer, view: { shape: [size], strides: [1], offset: 0 } }));
  const kernel = emitElementwise(module, {
    label: op,
    shape: [size],
    operands,
    program: program(op, args.length),
  });
  module.export("kernel", kernel.phases[0]!);
  const memory = new WebAssembly.Memory(memoryImport);
  memory.grow(Math.ceil(((args.length + 1) * size * 4) / 65536));
  const floats = new Float32Array(memory.buffer);
  args.forEach((data, at) => floats.set(data, at * size));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), { env: { memory } });
  const pointers = [...args, undefined].map((_, at) => at * size * 4);
  (instance.exports as { kernel(...args: number[]): void }).kernel(...pointers, 0, 0, 1);
  return floats.slice(args.length * size, (args.length + 1) * size);
}

const program = (op: Op, operands: number): Program => ({
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

/**
 * Every 16411th float there is, both signs, subnormals, infinities and NaN included; a prime, so that all
 * bits vary.
 */
function sampledFloats(): Float32Array {
  const count = Math.floor(2 ** 32 / 16411);
  const bits = Uint32Array.from({ length: count }, (_, at) => at * 16411);
  const special = [
    0,
    -0,
    1,
    -1,
    Infinity,
    -Infinity,
    NaN,
    2 ** -149,
    -(2 ** -149),
    2 ** -126,
    3.4028234663852886e38,
  ];
  return Float32Array.from([...special, ...new Float32Array(bits.buffer)]);
}

/** Where functions bend: dense points in [-20, 20] and [-105, 90]. */
function denseFloats(): Float32Array {
  const count = 60_000;
  return Float32Array.from({ length: 2 * count }, (_, at) =>
    at < count ? (at / count) * 40 - 20 : ((at - count) / count) * 195 - 105,
  );
}

const ulpBits = new DataView(new ArrayBuffer(4));
/** The distance between floats around x (that of subnormals near 0). */
function ulp(x: number): number {
  ulpBits.setFloat32(0, Math.abs(x));
  const exponent = Math.max(ulpBits.getUint32(0) >>> 23, 1);
  return 2 ** (Math.min(exponent, 254) - 150);
}

/**
 * Error in units of the last place against the exact result in double precision; infinite where kinds
 * differ.
 */
function errorInUlp(actual: number, exact: number): number {
  if (Number.isNaN(exact)) return Number.isNaN(actual) ? 0 : Infinity;
  const rounded = Math.fround(exact);
  if (actual === rounded) return 0;
  // A result next to the overflow may round to infinity.
  if (!Number.isFinite(actual)) return Math.abs(exact) > 3.40282e38 && actual * exact > 0 ? 1 : Infinity;
  if (!Number.isFinite(rounded)) return Math.abs(actual) > 3.40282e38 && actual * exact > 0 ? 1 : Infinity;
  return Math.abs(actual - exact) / ulp(exact);
}

/** Double-precision results from the reference backend's float64 mode. */
function exactly(op: Op, args: readonly Float32Array[]): ArrayLike<number> {
  const shape = [args[0]!.length];
  const operands = args.map((data) => ({
    data: Float64Array.from(data),
    dtype: "float32" as const,
    view: { shape, strides: [1], offset: 0 },
  }));
  const step = { kind: "elementwise" as const, shape, program: program(op, args.length) };
  return runStep(reference({ dtype: "float64" }), step, operands)[0]!;
}

function worst(op: Op, args: readonly Float32Array[], relaxedSimd: boolean): { ulps: number; at: number[] } {
  const actual = evaluate(op, args, relaxedSimd);
  const exact = exactly(op, args);
  let [ulps, at] = [0, [] as number[]];
  for (let k = 0; k < actual.length; k++) {
    const error = errorInUlp(actual[k]!, exact[k]!);
    if (error > ulps) [ulps, at] = [error, [...args.map((data) => data[k]!), actual[k]!, exact[k]!]];
  }
  return { ulps, at };
}

/** Stated in the README. */
const bounds = {
  exp: 1,
  expm1: 2,
  log: 1,
  log1p: 1.5,
  tanh: 1.5,
  sigmoid: 2.5,
  softplus: 2,
  erf: 1.5,
  sin: 1.5,
  cos: 1.5,
  sqrt: 0.5,
  reciprocal: 0.5,
  rsqrt: 1.5,
} as const;

const modes = (await hasRelaxedSimd()) ? [false, true] : [false];

describe.each(modes)("relaxed SIMD %s", (relaxed) => {
  test.each(Object.entries(bounds) as [UnaryOp, number][])(
    "%s is right to %d ulp over all floats",
    (op, bound) => {
      for (const x of [sampledFloats(), denseFloats()]) {
        const { ulps, at } = worst(op, [x], relaxed);
        expect(ulps, `${op} at ${at}`).toBeLessThanOrEqual(bound);
      }
    },
  );

  test("power is right to 0.51 ulp over pairs of floats, special ones included", () => {
    const special = [
      0,
      -0,
      1,
      -1,
      0.5,
      -0.5,
      2,
      -2,
      3,
      -3,
      2.5,
      1e38,
      -1e38,
      1e-40,
      16777217,
      Infinity,
      -Infinity,
      NaN,
    ];
    const pairs: [number, number][] = special.flatMap((x) => special.map((y): [number, number] => [x, y]));
    for (let k = 0; k < 60_000; k++) {
      pairs.push([
        2 ** (((k * 7919) % 2000) / 100 - 10) * (1 + (k % 97) / 97),
        ((k * 104729) % 30011) / 1000 - 15,
      ]);
    }
    for (let k = 0; k < 2000; k++) pairs.push([1 + (k - 1000) / 2 ** 23, k * 1e4]);
    const [x, y] = [0, 1].map((at) => Float32Array.from(pairs, (pair) => pair[at]!)) as [
      Float32Array,
      Float32Array,
    ];
    const { ulps, at } = worst("power", [x, y], relaxed);
    expect(ulps, `power at ${at}`).toBeLessThanOrEqual(0.51);
  });

  test("mod is exact over pairs of floats, however far apart", () => {
    const x = sampledFloats().filter((_, at) => at % 7 === 0);
    const y = x.map((_, at) => x[(at * 7919) % x.length]!);
    for (const [a, b] of [
      [x, y],
      [x.map((v) => v % 1000), y.map((v) => v % 7)],
    ] as const) {
      const { ulps, at } = worst("mod", [a, b], relaxed);
      expect(ulps, `mod at ${at}`).toBeLessThanOrEqual(0.5);
    }
  });
});

test("signs of zeros survive odd functions", () => {
  for (const op of ["expm1", "log1p", "tanh", "erf", "sin"] as const) {
    expect(Object.is(evaluate(op, [Float32Array.of(-0)], false)[0], -0), op).toBe(true);
  }
});
