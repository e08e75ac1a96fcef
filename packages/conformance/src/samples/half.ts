import { distinct, flipped, given, type Input, integers, real, strided, transposed } from "../inputs.js";
import { type Operation, type Row, type Sample, samplesOf } from "../sample.js";

const half = (input: Input): Input => ({ ...input, dtype: "float16" });
const halves = (shape: readonly number[], min?: number, max?: number): Input => half(real(shape, min, max));

/** One op, one rounding; a backend may be one unit off where it computes in half precision itself. */
const rounded: Operation = { forward: { halfUlp: 1 }, gradient: { halfUlp: 3, absolute: 1e-4 } };
/** Functions that GPUs compute in half precision to some units. */
const transcendental: Operation = { forward: { halfUlp: 4 }, gradient: { halfUlp: 8, absolute: 1e-3 } };
/** Added up in float32 at least, rounded once: what is left of terms that cancel is off by a rounding of float32. */
const summed: Operation = {
  forward: { halfUlp: 1, absolute: 4e-5 },
  gradient: { halfUlp: 2, absolute: 1e-4 },
};
const exact: Operation = { forward: {}, gradient: { halfUlp: 1 } };
const selected: Operation = { forward: {} };
/** A backend may round the states at each step, or at the end. */
const recurrent: Operation = { forward: { absolute: 4e-3 }, gradient: { absolute: 1.6e-2 } };

const pair = (shape: readonly number[], low = -2): Row[] => [
  ["float16", [halves(shape), halves(shape, low)], { second: true }],
  ["float16, views and 1025 elements", [transposed(halves([41, 25])), strided(halves([41, 25], low))]],
  ["float16 and a number", [halves([65]), 0.3]],
];
const single = (min?: number, max?: number): Row[] => [
  ["float16", [halves([3, 65], min, max)], { second: true }],
  ["float16, flipped", [flipped(halves([7, 9], min, max))]],
];
const window = { dataFormat: "channelsFirst" } as const;
const tie = 1 + 2 ** -11;

/**
 * Float16 on backends that have it: each op's result is rounded to half precision, sums after they are added up. Bounds are
 * in units in the last place of that. Inputs and results are normal numbers: GPUs may take others for 0.
 */
export const halfSamples: readonly Sample[] = [
  ...samplesOf("add", rounded, [
    ...pair([3, 65]),
    ["float16 and float32", [halves([9, 7]), real([9, 7])]],
    ["float16 and int32", [halves([9, 7]), integers([9, 7])]],
    [
      "float16, overflow",
      [half(given([65504, -65504, 40000])), half(given([65504, -65504, 20000]))],
      { gradient: false },
    ],
  ]),
  ...samplesOf("subtract", rounded, pair([3, 65])),
  ...samplesOf("multiply", rounded, pair([3, 65])),
  ...samplesOf("divide", rounded, [
    ["float16", [halves([3, 65]), halves([3, 65], 0.5, 2)], { second: true }],
  ]),
  ...samplesOf("maximum", exact, pair([3, 65])),
  ...samplesOf("minimum", exact, pair([3, 65])),
  ...samplesOf("power", transcendental, [
    ["float16", [halves([3, 65], 0.5, 2), halves([3, 65])], { gradient: false }],
  ]),
  ...samplesOf("negative", exact, single()),
  ...samplesOf("abs", exact, [["float16", [halves([3, 65])]]]),
  ...samplesOf("relu", exact, single()),
  ...samplesOf("round", selected, [["float16", [halves([3, 65], -9, 9)]]]),
  ...samplesOf("square", rounded, single()),
  ...samplesOf("sqrt", transcendental, single(0.5, 4)),
  ...samplesOf("rsqrt", transcendental, single(0.5, 4)),
  ...samplesOf("exp", transcendental, single()),
  ...samplesOf("log", transcendental, single(1.5, 9)),
  ...samplesOf("sin", transcendental, single(0.5, 1.2)),
  ...samplesOf("tanh", transcendental, single(0.3, 2)),
  ...samplesOf("sigmoid", transcendental, single()),
  ...samplesOf("softplus", transcendental, single()),
  ...samplesOf("erf", transcendental, single(0.3, 2)),
  ...samplesOf("less", selected, [["float16", [halves([9, 65]), halves([9, 65])]]]),
  ...samplesOf("equal", selected, [["float16", [half(integers([9, 65])), half(integers([9, 65]))]]]),
  ...samplesOf("isNaN", selected, [["float16", [half(given([1, Number.NaN, Number.POSITIVE_INFINITY]))]]]),
  ...samplesOf("where", exact, [["float16", [integers([3, 65], 0, 1), halves([3, 65]), halves([3, 65])]]]),
  ...samplesOf("cast", exact, [
    ["to float16", [real([3, 65]), "float16"]],
    [
      "to float16: halfway to even, overflow, specials",
      [
        given([
          tie,
          -tie,
          tie + 2 ** -10,
          tie + 2 ** -20,
          65519,
          65520,
          -1e9,
          Number.NaN,
          Number.NEGATIVE_INFINITY,
        ]),
        "float16",
      ],
      { gradient: false },
    ],
    ["int32 to float16", [integers([65], -4000, 4000), "float16"], { gradient: false }],
    ["float16 to float32", [halves([3, 65]), "float32"]],
    ["float16 to int32", [halves([65], -900, 900), "int32"], { gradient: false }],
    ["float16 to bool", [half(integers([65], -1, 1)), "bool"], { gradient: false }],
  ]),
  ...samplesOf("sum", summed, [
    ["float16", [halves([65, 33])]],
    ["float16, inner axis of 1025", [halves([3, 1025]), { axes: 1, keepDims: true }]],
    ["float16, outer axis", [halves([129, 9]), { axes: 0 }]],
    ["float16, beyond 2048 ones", [halves([4097], 1, 1)]],
  ]),
  ...samplesOf("mean", summed, [
    ["float16", [halves([65, 33]), { axes: 0 }], { second: true }],
    ["float16, a sum that overflows", [halves([300], 400, 500)]],
  ]),
  ...samplesOf("variance", summed, [["float16", [halves([9, 65]), { axes: 1 }], { second: true }]]),
  ...samplesOf("max", exact, [["float16", [half(distinct([9, 65])), { axes: 1 }]]]),
  ...samplesOf("argMax", selected, [
    ["float16, index 2049", [half(given([...Array(2049).fill(0), 1, ...Array(9).fill(0)]))]],
  ]),
  ...samplesOf("softmax", transcendental, [["float16", [halves([9, 65])]]]),
  ...samplesOf("cumsum", summed, [["float16", [halves([9, 65]), { axis: 1 }]]]),
  ...samplesOf("argsort", selected, [["float16", [half(distinct([9, 33])), { axis: 1 }]]]),
  ...samplesOf("matmul", summed, [
    ["float16, 3x4 by 4x5", [halves([3, 4]), halves([4, 5])], { second: true }],
    ["float16, 63x64x65", [halves([63, 64]), halves([64, 65])]],
    ["float16, k 1025", [halves([5, 1025]), halves([1025, 3])]],
    [
      "float16, odd sizes, transposed",
      [halves([33, 17]), halves([9, 33]), { transposeA: true, transposeB: true }],
    ],
    ["float16, batch", [halves([3, 5, 8]), halves([3, 8, 7])]],
    ["float16 by float32", [halves([9, 8]), real([8, 5])]],
  ]),
  ...samplesOf("dense", summed, [
    ["float16", [halves([9, 16]), halves([16, 7]), halves([7])], { gradient: false }],
  ]),
  ...samplesOf("conv2d", summed, [
    [
      "float16, 3x3",
      [halves([2, 3, 8, 8]), halves([4, 3, 3, 3]), { ...window, padding: "same" }],
      { second: true },
    ],
    [
      "float16, 5x5 valid, stride 2",
      [halves([1, 1, 15, 15]), halves([5, 1, 5, 5]), { ...window, strides: [2, 2] }],
    ],
    ["float16, channelsLast", [halves([2, 7, 7, 3]), halves([4, 3, 3, 3]), { dataFormat: "channelsLast" }]],
  ]),
  ...samplesOf("maxPool2d", exact, [["float16", [half(distinct([2, 3, 8, 8])), { ...window, poolSize: 2 }]]]),
  ...samplesOf("averagePool2d", summed, [["float16", [halves([2, 3, 8, 8]), { ...window, poolSize: 2 }]]]),
  ...samplesOf("concat", exact, [["float16, odd sizes", [[halves([3, 5]), halves([3, 9])], { axis: 1 }]]]),
  ...samplesOf("flip", exact, [["float16", [halves([5, 7]), 1]]]),
  ...samplesOf("transpose", exact, [["float16", [halves([3, 5, 7]), [2, 0, 1]]]]),
  ...samplesOf("gather", summed, [["float16, odd rows", [halves([9, 5]), integers([13], 0, 8)]]]),
  ...samplesOf("lstm", recurrent, [["float16", [halves([2, 5, 12], -1, 1), halves([3, 12], -1, 1)]]]),
  ...samplesOf("gru", recurrent, [["float16", [halves([2, 5, 9], -1, 1), halves([3, 9], -1, 1)]]]),
];
