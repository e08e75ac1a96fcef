import type { UnaryOp } from "@hekla/tensor";
import { describe, expect, test } from "vitest";
import { hasRelaxedSimd } from "../runtime/features.js";
import { exactly, largestError, type ScalarFunction, vectorFunction } from "../testing/vector-function.js";

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

/** All 2^16 patterns of sign, exponent and the upper 7 bits of the mantissa: every bfloat16. */
function upperHalves(): Float32Array {
  return new Float32Array(Uint32Array.from({ length: 2 ** 16 }, (_, at) => at << 16).buffer);
}

/** The largest error of one op on arrays, with arguments, result and exact result where it is. */
function worst(
  op: ScalarFunction,
  args: readonly Float32Array[],
  relaxedSimd: boolean,
): { ulps: number; at: number[] } {
  const exact = exactly(op, args);
  const actual = vectorFunction(op, args[0]!.length, relaxedSimd, args.length)(args);
  const { ulps, at } = largestError(actual, exact);
  return { ulps, at: [...args, actual, exact].map((data) => data[at]!) };
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
      for (const x of [upperHalves(), sampledFloats(), denseFloats()]) {
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
    expect(Object.is(vectorFunction(op, 1, false)([Float32Array.of(-0)])[0], -0), op).toBe(true);
  }
});
