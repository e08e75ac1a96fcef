import { flipped, given, type Input, pairs, real, stretched, strided, transposed } from "../inputs.js";
import type { Row } from "../sample.js";

/** Values where float32 formulas go wrong: overflow, NaN, infinities, both zeros, subnormals, the limits. */
export const specialValues: readonly number[] = [
  100,
  -100,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2.5,
  -2.5,
  1e-40,
  -1e-40,
  1.401298464324817e-45,
  1.1754943508222875e-38,
  -1.1754943508222875e-38,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  16777216,
  -16777217,
  87.5,
  -87.5,
  89,
  -89,
  1e-8,
  -1e-8,
  3.5,
  1e30,
].map(Math.fround);

/** The special values whose magnitude is at most 100: for ops that are only defined well there. */
export const moderateValues = specialValues.filter((value) => !(Math.abs(value) > 100));

/** Sizes around the vector width (4), the register tiles (8) and powers of two that kernels are cut at. */
export const edgeSizes = [0, 1, 3, 63, 64, 65, 1025];

/** Rows for an expression op of one float argument, drawn from `min` to `max`. */
export function unaryRows(min = -3, max = 3, special: readonly number[] = specialValues): Row[] {
  const x = (...shape: number[]): Input => real(shape, min, max);
  return [
    ["scalar", [x()]],
    ...edgeSizes.map((size): Row => [`size ${size}`, [x(size)], { second: size === 65 }]),
    ["size 0x3", [x(0, 3)]],
    ["transposed", [transposed(x(5, 7))], { second: true }],
    ["strided", [strided(x(3, 5))], { second: true }],
    ["flipped", [flipped(x(3, 9))]],
    ["stretched", [stretched(x(4, 65), 0)], { accumulates: true }],
    ["stretched inside", [stretched(x(3, 8, 5), 2)], { accumulates: true }],
    ["special values", [given(special)], { smooth: false }],
  ];
}

/** Rows for an expression op of two float arguments with NumPy's broadcasting. */
export function binaryRows(
  [aMin, aMax]: readonly [number, number] = [-3, 3],
  [bMin, bMax]: readonly [number, number] = [-3, 3],
  special: readonly number[] = moderateValues,
): Row[] {
  const a = (...shape: number[]): Input => real(shape, aMin, aMax);
  const b = (...shape: number[]): Input => real(shape, bMin, bMax);
  return [
    ["scalars", [a(), b()], { second: true }],
    ...edgeSizes.map((size): Row => [`size ${size}`, [a(size), b(size)], { second: size === 3 }]),
    ["size 0 with 1", [a(0), b(1)]],
    ["scalar with 65", [a(), b(65)], { accumulates: true }],
    ["row and column", [a(65, 1), b(1, 63)], { accumulates: true }],
    ["last axis", [a(3, 5, 7), b(7)], { accumulates: true, second: true }],
    ["middle axis", [a(3, 1, 7), b(3, 5, 7)], { accumulates: true }],
    ["with number", [a(9), Math.fround((bMin + 2 * bMax) / 3)], { second: true }],
    ["number with", [Math.fround((aMin + 2 * aMax) / 3), b(9)]],
    ["transposed, straight", [transposed(a(5, 9)), b(5, 9)]],
    ["straight, flipped", [a(5, 9), flipped(b(5, 9))]],
    ["strided, stretched", [strided(a(6, 5)), stretched(b(6, 5), 0)], { accumulates: true, second: true }],
    ["special values", pairs(special), { smooth: false }],
  ];
}

/** Integers at the edges of 32 bits: sums and products of them wrap. */
export const wrappingIntegers = [
  0, 1, -1, 2, -2, 3, 7, -7, 31, 32, 33, 255, 65535, 65536, -65536, 123456789, -987654321, 2147483647,
  -2147483648, -2147483647,
];
