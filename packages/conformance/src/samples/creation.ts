import { integers, real } from "../inputs.js";
import { type Argument, type Operation, type Sample, type StreamArgument, samplesOf } from "../sample.js";

const exact: Operation = { forward: { signedZero: true } };
/** start + index * step, rounded once or twice. */
const stepped: Operation = { forward: { ulp: 2 } };
/** The generator's integers are the same everywhere; floats are made of them by log, sqrt and cos. */
const transformed: Operation = { forward: { ulp: 32, absolute: 1e-6 } };

const stream = (seed: number, name = "init"): StreamArgument => ({ kind: "stream", seed, name });

const shapes: readonly (readonly number[])[] = [[], [0], [1], [3], [64], [65], [1025], [3, 5]];

/** The op for each of the shapes, and with options. */
const draws = (rest: (seed: number) => Argument[], options: Argument): Sample["args"][] => [
  ...shapes.map((shape, seed) => [shape, ...rest(seed)]),
  ...(options === undefined ? [] : [[[65], ...rest(77), options]]),
];

const drawn = (op: string, operation: Operation, options: Argument): Sample[] =>
  samplesOf(
    op,
    operation,
    draws((seed) => [stream(seed)], options).map((args) => [
      `[${String(args[0])}]${args.length > 2 ? " with options" : ""}`,
      args,
    ]),
  );

export const creationSamples: Sample[] = [
  ...samplesOf("tensor", exact, [
    ["number", [3.5]],
    [
      "nested",
      [
        [
          [1, 2, 3],
          [4, -0, 1e-40],
        ],
      ],
    ],
    ["shape", [[1, 2, 3, 4, 5, 6], { shape: [3, 2] }]],
    ["int32", [[1, -2, 2147483647], { dtype: "int32" }]],
    ["bool", [[0, 1, 1], { dtype: "bool" }]],
    ["not finite", [[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]]],
  ]),
  ...samplesOf("zeros", exact, [
    ["[]", [[]]],
    ["[0]", [[0]]],
    ["[3,65]", [[3, 65]]],
    ["int32", [[5], { dtype: "int32" }]],
    ["bool", [[5], { dtype: "bool" }]],
  ]),
  ...samplesOf("ones", exact, [
    ["[]", [[]]],
    ["[1025]", [[1025]]],
    ["int32", [[2, 3], { dtype: "int32" }]],
  ]),
  ...samplesOf("full", exact, [
    ["float32", [[3, 5], -1.25]],
    ["NaN", [[3], Number.NaN]],
    ["int32", [[5], -7, { dtype: "int32" }]],
  ]),
  ...samplesOf("range", stepped, [
    ["0 to 5", [0, 5]],
    ["by 0.1", [1, 2, 0.1]],
    ["down", [5, 0, -2]],
    ["nothing", [3, 3]],
    ["int32", [-4, 1025, 3, { dtype: "int32" }]],
  ]),
  ...samplesOf("coordinate", exact, [
    ["rows", [[5, 65], 0]],
    ["columns", [[5, 65], 1]],
    ["none", [[0], 0]],
  ]),
  ...samplesOf("eye", exact, [
    ["1", [1]],
    ["65", [65]],
    ["0", [0]],
  ]),
];

export const randomSamples: Sample[] = [
  ...drawn("randomBits", exact, undefined),
  ...drawn("randomUniform", { forward: { ulp: 1 } }, { min: -2, max: 3 }),
  ...drawn("randomNormal", transformed, { mean: 1, standardDeviation: 2 }),
  // Eight draws of a normal each: a few shapes are enough.
  ...drawn("truncatedNormal", transformed, { mean: 1, standardDeviation: 2 }).filter(({ sample }) =>
    ["[]", "[0]", "[3]", "[65] with options"].includes(sample),
  ),
  ...drawn("randomBernoulli", exact, { probability: 0.3 }),
  ...samplesOf("randomInt", exact, [
    ["dice", [[1025], stream(5), { min: 1, max: 7 }]],
    ["negative", [[65], stream(6), { min: -1000000, max: 1000 }]],
    ["no element", [[0], stream(7), { min: 0, max: 9 }]],
  ]),
  ...samplesOf("shuffle", { forward: { signedZero: true }, gradient: { ulp: 0 } }, [
    ["rows", [real([65, 3]), stream(1, "shuffle")], { second: true }],
    ["int32", [integers([1025]), stream(2, "shuffle")]],
  ]),
  ...samplesOf("randomPermutation", exact, [
    ["1", [1, stream(1, "shuffle")]],
    ["65", [65, stream(2, "shuffle")]],
    ["1025", [1025, stream(3, "shuffle")]],
  ]),
];
