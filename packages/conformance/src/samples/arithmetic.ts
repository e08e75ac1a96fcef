import { flipped, given, integers, pairs, real, transposed } from "../inputs.js";
import { type Operation, type Row, type Sample, samplesOf } from "../sample.js";
import { binaryRows, specialValues, wrappingIntegers } from "./expression-rows.js";

/** IEEE 754 says what these give, to the bit; their gradients are a few such ops in the same order. */
const exact: Operation = { forward: { signedZero: true }, gradient: { ulp: 2 } };
/** As `exact`, but a result of zero may have either sign. */
const exactUnsigned: Operation = { forward: {}, gradient: { ulp: 2 } };
/**
 * exp(y log x): the relative error of the exponent's float32 rounding grows with |y log x|; kernels keep it
 * below 16 ulp. The gradient has two powers and a logarithm in it.
 */
const power: Operation = { forward: { ulp: 16 }, gradient: { ulp: 64 } };
/** Remainders come from one rounded quotient; near multiples of the divisor the absolute error stays. */
const remainder: Operation = { forward: { ulp: 4, absolute: 1e-6 }, gradient: { ulp: 4, absolute: 1e-6 } };

const nonZero: readonly [number, number] = [0.25, 3];

const integerRows: Row[] = [
  ["int32 wraps", pairs(wrappingIntegers, "int32")],
  ["int32 broadcast", [integers([5, 1]), integers([1, 65])]],
  ["int32 with number", [integers([65]), 3]],
  ["int32 views", [transposed(integers([4, 6])), flipped(integers([4, 6]))]],
  ["int32 with float32", [integers([5]), real([5], 0.5, 2)]],
];

/** int32 quotients truncate towards zero; by zero they are 0. */
const integerDivisionRows: Row[] = [
  ["int32 truncates", pairs(wrappingIntegers, "int32")],
  ["int32 broadcast", [integers([5, 1]), integers([1, 65], 1, 9)]],
  ["int32 with number", [integers([65]), 3]],
  ["int32 with float32", [integers([5]), real([5], 0.5, 2)]],
];

export const arithmeticSamples: Sample[] = [
  ...samplesOf("add", exact, [...binaryRows(undefined, undefined, specialValues), ...integerRows]),
  ...samplesOf("subtract", exact, [...binaryRows(undefined, undefined, specialValues), ...integerRows]),
  ...samplesOf("multiply", exact, [...binaryRows(undefined, undefined, specialValues), ...integerRows]),
  ...samplesOf("divide", exact, [...binaryRows(undefined, nonZero, specialValues), ...integerDivisionRows]),
  ...samplesOf("maximum", exactUnsigned, [
    ...binaryRows(undefined, undefined, specialValues),
    ...integerRows,
  ]),
  ...samplesOf("minimum", exactUnsigned, [
    ...binaryRows(undefined, undefined, specialValues),
    ...integerRows,
  ]),
  ...samplesOf("power", power, [
    ...binaryRows([0.1, 3], [-3, 3], []).filter(([sample]) => sample !== "special values"),
    // x^y is defined for negative x where y is whole; the gradient in y is not.
    [
      "special values",
      pairs([0, 1, 2, 0.5, 3, 10, Number.NaN, Number.POSITIVE_INFINITY]),
      { gradient: false },
    ],
    [
      "whole exponents",
      [given([-3, -2, -1, -0.5, 2, 7], "float32", [6, 1]), given([0, 1, 2, 3, -1, -2])],
      { gradient: false },
    ],
    ["square by number", [real([65]), 2], { second: true }],
    ["cube of negative numbers", [real([9], -2, -0.5), 3], { second: true }],
  ]),
  ...samplesOf("mod", remainder, [
    ...binaryRows([-3, 3], [0.5, 2], []).filter(([sample]) => sample !== "special values"),
    ["signs", [given([5.5, -5.5, 5.5, -5.5, 0, 6]), given([2, 2, -2, -2, 3, 3])], { smooth: false }],
    [
      "int32",
      [
        given(wrappingIntegers, "int32", [wrappingIntegers.length, 1]),
        given([7, -7, 1, -1, 1000, -65536], "int32"),
      ],
    ],
    ["int32 with number", [integers([65], -50, 50), 7]],
  ]),
];
