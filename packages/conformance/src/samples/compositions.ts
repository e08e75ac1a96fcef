import { integers, real, transposed } from "../inputs.js";
import { type Operation, type Sample, samplesOf } from "../sample.js";

/** Dot products of at most 70 terms and functions with slopes of at most 1 after them. */
const contracted: Operation = {
  forward: { scaled: 2e-6, absolute: 4e-6 },
  gradient: { scaled: 4e-6, absolute: 1e-5 },
};
/** Dot products of up to 113 terms, of sums of up to 64 gradients. */
const gathered: Operation = {
  forward: { scaled: 2e-6, absolute: 4e-6 },
  gradient: { scaled: 1e-5, absolute: 1e-5 },
};
/** Expressions of some ten ops on values of size 1. */
const expression: Operation = { forward: { ulp: 16, absolute: 1e-6 }, gradient: { ulp: 32, absolute: 4e-6 } };
/** Means and variances over at most 65 elements, and quotients of them. */
const normalized: Operation = {
  forward: { ulp: 16, absolute: 4e-6 },
  gradient: { scaled: 1e-5, absolute: 1e-5 },
};

const second = { second: true } as const;

/** The same composition small, at sizes that no tile divides, and with an operand that is transposed. */
const denseSamples = (op: string): Sample[] =>
  samplesOf(op, contracted, [
    ["small", [real([2, 5]), real([5, 3]), real([3])], second],
    ["65x33x17", [real([65, 33], -1, 1), real([33, 17], -1, 1), real([17])]],
    ["transposed input", [transposed(real([9, 8])), real([8, 5]), real([5])]],
  ]);

export const compositionSamples: Sample[] = [
  ...["dense", "denseRelu", "denseSigmoid", "denseSoftmax", "denseBoth"].flatMap(denseSamples),
  ...samplesOf("embeddedProduct", gathered, [
    ["5 sentences of 8", [real([30, 16]), integers([5, 8], 0, 29), real([16, 113]), real([113])], second],
    ["negative tokens", [real([9, 24]), integers([40], -9, 8), real([24, 72]), real([72])]],
    [
      "far tokens, transposed kernel",
      [real([9, 40]), integers([3, 11], -20, 20), transposed(real([40, 57])), real([57])],
    ],
    ["too small to share", [real([9, 4]), integers([3, 2], 0, 8), real([4, 5]), real([5])]],
  ]),
  ...samplesOf("embeddedBoth", gathered, [
    ["7 sentences of 9", [real([12, 16]), integers([7, 9], 0, 11), real([16, 72])], second],
    ["some out of range", [real([12, 16]), integers([7, 9], -2, 13), real([16, 72])], { smooth: false }],
    ["none is out of range, 1 word", [real([1, 32]), integers([64], 0, 0), real([32, 33])]],
  ]),
  ...samplesOf("twoProducts", contracted, [
    ["small", [real([2, 5]), real([5, 3]), real([2, 4]), real([4, 3]), real([3])], second],
    ["65", [real([65, 9], -1, 1), real([9, 7], -1, 1), real([65, 8], -1, 1), real([8, 7], -1, 1), real([7])]],
  ]),
  ...samplesOf("productTransposed", contracted, [["small", [real([2, 5]), real([5, 3]), real([2])], second]]),
  ...samplesOf("convolutionRelu", contracted, [
    ["small", [real([2, 2, 5, 6], -1, 1), real([3, 2, 3, 3], -1, 1), real([3])], second],
    [
      "lecture's first layer",
      [real([2, 1, 28, 28], -1, 1), real([20, 1, 5, 5], -1, 1), real([20])],
      { smooth: false },
    ],
  ]),
  ...samplesOf("convolutionLast", contracted, [
    ["small", [real([2, 5, 6, 2], -1, 1), real([3, 2, 3, 3], -1, 1), real([3])], second],
  ]),
  ...samplesOf("convolutionPool", contracted, [
    ["small", [real([2, 2, 7, 6], -1, 1), real([3, 2, 3, 3], -1, 1), real([3])], second],
  ]),
  ...samplesOf("convolutionTransposedKernel", contracted, [
    ["small", [real([2, 5, 6, 2], -1, 1), real([3, 3, 2, 4], -1, 1)], second],
  ]),
  ...samplesOf("crossEntropy", normalized, [
    ["3 of 4", [real([3, 4]), integers([3], 0, 3)], second],
    ["128 of 10", [real([128, 10], -5, 5), integers([128], 0, 9)]],
  ]),
  ...samplesOf("layerNormalization", normalized, [
    ["3x5", [real([3, 5]), real([5]), real([5])], second],
    ["9x65", [real([9, 65]), real([65]), real([65])]],
  ]),
  ...samplesOf("attention", normalized, [
    ["2 heads", [real([2, 5, 4]), real([2, 7, 4]), real([2, 7, 3])], second],
  ]),
  ...samplesOf("chain", expression, [
    ["65", [real([65]), real([65])], second],
    ["broadcast", [real([5, 1]), real([1, 63])], { accumulates: true }],
    ["transposed", [transposed(real([5, 9])), real([5, 9])]],
    ["1025", [real([1025]), real([1025])]],
  ]),
  ...samplesOf("reduceAndBack", normalized, [
    ["65x3", [real([65, 3])], second],
    ["transposed", [transposed(real([65, 3]))]],
  ]),
  ...samplesOf("reduceOfChain", normalized, [["5x65", [real([5, 65]), real([5, 1])], second]]),
  ...samplesOf("severalResults", normalized, [["5x9", [real([5, 9])], second]]),
  ...samplesOf("shuffledPieces", expression, [["5x9", [real([5, 9])], second]]),
  ...samplesOf("gates", contracted, [["3 units", [real([5, 4]), real([4, 12]), real([5, 3])], second]]),
  ...samplesOf("nested", normalized, [["65", [real([65]), real([65])], second]]),
];
