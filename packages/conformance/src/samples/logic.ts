import { flags, flipped, given, integers, pairs, real, stretched, strided, transposed } from "../inputs.js";
import { type Operation, type Row, type Sample, samplesOf } from "../sample.js";
import { edgeSizes, specialValues, wrappingIntegers } from "./expression-rows.js";

/** Truth values and integers: there is one right answer and no gradient. */
const exact: Operation = { forward: {} };
/** Chosen, converted or passed on as they are. */
const copied: Operation = { forward: { signedZero: true }, gradient: { ulp: 0 } };

const comparisonRows: Row[] = [
  ...edgeSizes.map((size): Row => [`size ${size}`, [integers([size], -2, 2), integers([size], -2, 2)]]),
  ["float32 special values", pairs(specialValues)],
  ["int32 limits", pairs(wrappingIntegers, "int32")],
  ["broadcast", [real([5, 1]), real([1, 65])]],
  ["with number", [integers([9], -2, 2), 1]],
  ["views", [transposed(integers([5, 9], 0, 1)), flipped(integers([5, 9], 0, 1))]],
  ["strided, stretched", [strided(integers([6, 5], 0, 1)), stretched(integers([6, 5], 0, 1), 0)]],
];

const logicalRows: Row[] = [
  ...edgeSizes.map((size): Row => [`size ${size}`, [flags([size]), flags([size])]]),
  ["broadcast", [flags([5, 1]), flags([1, 65])]],
  ["views", [transposed(flags([5, 9])), strided(flags([5, 9]))]],
];

const bitwiseRows: Row[] = [
  ["limits", pairs(wrappingIntegers, "int32")],
  ["size 0", [integers([0]), integers([0])]],
  ["size 1025", [integers([1025], -2147483648, 2147483647), integers([1025], -2147483648, 2147483647)]],
  ["with number", [integers([65], -1000, 1000), 0x55]],
  ["views", [transposed(integers([5, 9])), flipped(integers([5, 9]))]],
];

/** The count is taken modulo 32. */
const shiftRows: Row[] = [
  [
    "limits",
    [
      given(wrappingIntegers, "int32", [wrappingIntegers.length, 1]),
      given([0, 1, 5, 16, 31, 32, 33, 63], "int32"),
    ],
  ],
  ["size 65", [integers([65], -2147483648, 2147483647), integers([65], 0, 31)]],
  ["with number", [integers([65]), 13]],
  ["views", [transposed(integers([5, 9])), strided(integers([5, 9], 0, 31))]],
];

const many = (ops: readonly string[], operation: Operation, rows: readonly Row[]): Sample[] =>
  ops.flatMap((op) => samplesOf(op, operation, rows));

export const logicSamples: Sample[] = [
  ...many(["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"], exact, comparisonRows),
  ...many(["logicalAnd", "logicalOr"], exact, logicalRows),
  ...samplesOf("logicalNot", exact, [
    ...edgeSizes.map((size): Row => [`size ${size}`, [flags([size])]]),
    ["views", [flipped(transposed(flags([5, 9])))]],
  ]),
  ...many(["bitwiseAnd", "bitwiseOr", "bitwiseXor"], exact, bitwiseRows),
  ...many(["shiftLeft", "shiftRight"], exact, shiftRows),
  ...samplesOf("isNaN", exact, [
    ["special values", [given(specialValues)]],
    ["size 1025", [real([1025])]],
    ["size 0", [real([0])]],
    ["transposed", [transposed(given([1, Number.NaN, 3, 4, Number.NaN, 6], "float32", [2, 3]))]],
  ]),
  ...samplesOf("where", copied, [
    ...edgeSizes.map(
      (size): Row => [`size ${size}`, [flags([size]), real([size]), real([size])], { second: size === 3 }],
    ),
    ["broadcast", [flags([5, 1]), real([1, 7]), real([])], { accumulates: true, second: true }],
    ["numbers", [flags([65]), 1.5, -0.25]],
    ["number and tensor", [flags([65]), 0, real([65])]],
    ["int32", [flags([65]), integers([65]), integers([65])]],
    ["bool", [flags([65]), flags([65]), flags([65])]],
    ["views", [transposed(flags([5, 9])), flipped(real([5, 9])), strided(real([5, 9]))]],
    // The side that is not chosen may be NaN or Inf: nothing of it reaches the result.
    [
      "not a number on the other side",
      [given([1, 0, 1, 0], "bool"), given([1, Number.NaN, -0, Number.POSITIVE_INFINITY]), real([4])],
      { smooth: false },
    ],
  ]),
  ...samplesOf("cast", copied, [
    [
      "float32 to int32 truncates",
      [given([0, -0, 1.5, -1.5, 2.999, -2.999, 1e6, -16777216, 0.5]), "int32"],
      { gradient: false },
    ],
    [
      "float32 to bool",
      [given([0, -0, 1e-40, -3, 0.25, Number.POSITIVE_INFINITY]), "bool"],
      { gradient: false },
    ],
    [
      "int32 to float32 rounds to even",
      [given([...wrappingIntegers, 16777217, 16777219], "int32"), "float32"],
    ],
    ["int32 to bool", [integers([65], -1, 1), "bool"]],
    ["bool to float32", [flags([65]), "float32"]],
    ["bool to int32", [flags([3, 5]), "int32"]],
    ["float32 to float32", [real([65]), "float32"], { second: true }],
    ["transposed int32", [transposed(integers([4, 9])), "float32"]],
    ["size 0", [integers([0, 3]), "float32"]],
  ]),
];
