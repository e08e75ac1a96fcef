import {
  distinct,
  flags,
  flipped,
  given,
  type Input,
  integers,
  real,
  stretched,
  strided,
  transposed,
} from "../inputs.js";
import { type Operation, type Row, type Sample, samplesOf } from "../sample.js";
import { edgeSizes } from "./expression-rows.js";

/**
 * Backends add in different orders. Reordering n additions moves a sum by about sqrt(n) 2^-24 of the largest
 * partial sum; n <= 1025 * 3 here. With 0 elements and with integers the answer is exact.
 */
const summed: Operation = { forward: { scaled: 4e-6, absolute: 1e-5 }, gradient: { scaled: 4e-6, ulp: 4 } };
/** As `summed`, divided by n. */
const averaged: Operation = { forward: { scaled: 4e-6, absolute: 4e-7 }, gradient: { scaled: 4e-6, ulp: 8 } };
/** n factors in another order: relative n 2^-24, n <= 65. The gradient divides or multiplies once more. */
const multiplied: Operation = { forward: { relative: 4e-6 }, gradient: { relative: 1e-5, scaled: 1e-5 } };
/** One of the elements; the gradient goes to it, shared among equals. */
const selected: Operation = { forward: {}, gradient: { ulp: 2 } };
/** Squares of differences from a mean that was rounded: relative to the largest. */
const spread: Operation = { forward: { scaled: 1e-5, ulp: 16 }, gradient: { scaled: 1e-5, ulp: 16 } };
/** A maximum plus the logarithm of a sum in [1, n]; the gradient is a softmax: a quotient of exponentials. */
const exponential: Operation = {
  forward: { ulp: 8, absolute: 1e-6 },
  gradient: { relative: 1e-5, absolute: 1e-6 },
};
const exact: Operation = { forward: {} };

type Make = (shape: readonly number[]) => Input;

/** Every way to name axes, on shapes around the edges, inner, outer and middle axes, and through views. */
function reductionRows(make: Make, { empty = true }: { empty?: boolean } = {}): Row[] {
  const sizes = empty ? edgeSizes : edgeSizes.filter((size) => size > 0);
  return [
    ["scalar", [make([])]],
    ...sizes.map((size): Row => [`size ${size}`, [make([size])], { second: size === 3 }]),
    ["axis 0 of 65x3", [make([65, 3]), { axes: 0 }]],
    ["axis 1 of 3x65", [make([3, 65]), { axes: 1 }], { second: true }],
    ["last axis, kept", [make([3, 63]), { axes: -1, keepDims: true }], { second: true }],
    ["axis 0 of 1025x2", [make([1025, 2]), { axes: [0] }]],
    ["middle of 3x5x7", [make([3, 5, 7]), { axes: [1] }]],
    ["outer and inner of 3x5x7", [make([3, 5, 7]), { axes: [0, 2] }], { second: true }],
    ["two inner of 3x5x7, kept", [make([3, 5, 7]), { axes: [1, -1], keepDims: true }]],
    ["all axes, kept", [make([2, 3, 4]), { keepDims: true }]],
    ["axis of size 1", [make([4, 1, 3]), { axes: 1 }]],
    ["no element kept", [make([0, 3]), { axes: 1 }]],
    ...(empty ? [["over no elements", [make([3, 0]), { axes: 1 }]] as Row] : []),
    ["transposed", [transposed(make([5, 9])), { axes: 1 }]],
    ["strided", [strided(make([5, 9])), { axes: 0 }]],
    ["flipped", [flipped(make([5, 9])), { axes: 1 }]],
  ];
}

/** Along one axis, as `argMax` and `softmax` take it. */
function axisRows(make: Make): Row[] {
  return [
    ...edgeSizes
      .filter((size) => size > 0)
      .map((size): Row => [`size ${size}`, [make([size])], { second: size === 3 }]),
    ["last axis of 5x65", [make([5, 65])]],
    ["axis 0 of 65x3", [make([65, 3]), { axis: 0 }], { second: true }],
    ["middle of 3x5x7", [make([3, 5, 7]), { axis: 1 }]],
    ["axis of size 1", [make([4, 1]), { axis: -1 }]],
    ["0 rows", [make([0, 3]), { axis: -1 }]],
    ["transposed", [transposed(make([5, 9]))]],
    ["strided", [strided(make([5, 9])), { axis: 0 }]],
    ["flipped", [flipped(make([5, 9]))]],
  ];
}

const stretchedRow = (make: Make): Row => ["stretched", [stretched(make([5, 9])), { axes: [0] }]];
const nan = Number.NaN;
const infinity = Number.POSITIVE_INFINITY;
const awkward = given([1, nan, -infinity, 2, 3, -1, infinity, 4, 0, -5, 6, 7], "float32", [4, 3]);
const infinities = given([1, 2, infinity, 4, -infinity, -infinity, -3, -infinity, 5], "float32", [3, 3]);
const ties = given([1, 3, 3, 2, -0, 0, 0, -0, 5, 5, 5, 5, -2, -7, -7, -1], "float32", [4, 4]);
const awkwardRows: Row[] = [
  ["NaN and infinities", [awkward, { axes: 1 }], { smooth: false, gradient: false }],
  ["infinities", [infinities, { axes: 1 }], { smooth: false, gradient: false }],
];
const integerRows: Row[] = [
  ["int32", [integers([7, 9]), { axes: 1 }]],
  ["int32 wraps", [given([2147483647, 1, 5, -2147483648, -1, 65536], "int32", [2, 3]), { axes: 0 }]],
  ["int32, all", [integers([1025])]],
];
const small: Make = (shape) => real(shape, 0.7, 1.4);

const extremeRows = (make: Make): Row[] => [
  ...reductionRows(make, { empty: false }),
  ["over no elements", [make([3, 0]), { axes: 1 }], { smooth: false }],
  ...awkwardRows,
  ["equal elements", [ties, { axes: 1 }], { smooth: false }],
  ...integerRows,
];

const indexRows: Row[] = [
  ...axisRows(distinct),
  ["first of equals", [ties, { axis: 1 }]],
  ["NaN wins, infinities", [awkward, { axis: 1 }]],
  ["kept", [distinct([3, 5]), { axis: 1, keepDims: true }]],
  ["int32", [integers([5, 65]), { axis: 1 }]],
];

const largeLogits = given([100, -100, 99, 0, 1e4, -1e4, 1e-3, 88, -infinity, 3, 2, 1], "float32", [3, 4]);
const logitRows: Row[] = [
  ["large values", [largeLogits, { axis: -1 }], { smooth: false }],
  ["NaN", [given([1, nan, 2, 3, 4, 5], "float32", [2, 3])], { smooth: false, gradient: false }],
];

export const reductionSamples: Sample[] = [
  ...samplesOf("sum", summed, [...reductionRows(real), stretchedRow(real), ...awkwardRows, ...integerRows]),
  ...samplesOf("mean", averaged, [
    ...reductionRows(real, { empty: false }),
    stretchedRow(real),
    ...awkwardRows,
  ]),
  ...samplesOf("product", multiplied, [
    ...reductionRows((shape) => (shape.some((size) => size > 1000) ? real(shape, 0.99, 1.01) : small(shape))),
    ["with a zero", [given([0.5, 0, 2, -3, 4, 0.25], "float32", [2, 3]), { axes: 1 }], { second: true }],
    ["with two zeros", [given([0, 0, 2, -3, 4, 0.25], "float32", [2, 3]), { axes: 1 }], { second: true }],
    ...integerRows,
  ]),
  ...samplesOf("max", selected, extremeRows(distinct)),
  ...samplesOf("min", selected, extremeRows(distinct)),
  ...samplesOf("any", exact, reductionRows(flags)),
  ...samplesOf("all", exact, reductionRows(flags)),
  ...samplesOf("variance", spread, reductionRows(real, { empty: false })),
  ...samplesOf("standardDeviation", spread, [
    ...reductionRows(real, { empty: false }).filter(([name]) => !/scalar|size 1$/.test(name)),
  ]),
  ...samplesOf("argMax", exact, indexRows),
  ...samplesOf("argMin", exact, indexRows),
  ...samplesOf("logSumExp", exponential, [
    ...reductionRows(real, { empty: false }),
    ["large values", [largeLogits, { axes: -1 }], { smooth: false }],
    ["all -Inf", [given([-infinity, -infinity], "float32"), { axes: 0 }], { smooth: false, gradient: false }],
  ]),
  ...samplesOf("softmax", exponential, [...axisRows(real), ...logitRows]),
  ...samplesOf("logSoftmax", exponential, [...axisRows(real), ...logitRows]),
];
