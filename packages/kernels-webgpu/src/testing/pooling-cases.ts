import type { Pool2DRoutine, Window2D } from "@hekla/tensor";
import { floats, type PlainCase, plainCase } from "./plain-case.js";

type Pair = readonly [number, number];
type Sides = readonly [top: number, bottom: number, left: number, right: number];

/** Batch and channels; input; window; strides; padding; dilation. */
const cases: readonly (readonly [Pair, Pair, Pair, Pair, Sides, Pair?])[] = [
  [
    [2, 3],
    [8, 8],
    [2, 2],
    [2, 2],
    [0, 0, 0, 0],
  ],
  [
    [1, 2],
    [7, 5],
    [2, 2],
    [2, 2],
    [0, 1, 0, 1],
  ],
  [
    [2, 2],
    [9, 6],
    [3, 2],
    [2, 1],
    [1, 1, 0, 0],
  ],
  [
    [1, 3],
    [5, 5],
    [3, 3],
    [1, 1],
    [1, 1, 1, 1],
  ],
  [
    [1, 3],
    [9, 9],
    [2, 2],
    [3, 3],
    [0, 0, 0, 0],
  ],
  [
    [2, 1],
    [9, 10],
    [7, 7],
    [1, 3],
    [3, 3, 2, 3],
  ],
  [
    [1, 2],
    [3, 3],
    [2, 2],
    [2, 2],
    [3, 2, 0, 4],
  ],
  [
    [2, 2],
    [6, 6],
    [6, 6],
    [6, 6],
    [0, 0, 0, 0],
  ],
  [
    [1, 2],
    [8, 9],
    [2, 3],
    [2, 1],
    [1, 1, 2, 1],
    [2, 2],
  ],
  [
    [0, 2],
    [4, 4],
    [2, 2],
    [2, 2],
    [0, 0, 0, 0],
  ],
  [
    [1, 1],
    [1, 1],
    [1, 1],
    [1, 1],
    [0, 0, 0, 0],
  ],
  [
    [2, 1],
    [3, 3],
    [5, 5],
    [2, 2],
    [1, 1, 1, 1],
  ],
];

export const poolingNames = [
  "maxPool2d",
  "maxPool2dGradient",
  "maxPool2dGather",
  "averagePool2d",
  "averagePool2dGradient",
] as const;

/** Poolings with equal elements and NaN. */
export function* poolingCases(name: Pool2DRoutine["name"]): Iterable<PlainCase> {
  for (const [[batch, channels], inputSize, windowSize, strides, sides, given] of cases) {
    const dilation: Pair = given ?? [1, 1];
    const padding = [
      [sides[0], sides[1]],
      [sides[2], sides[3]],
    ] as const;
    const outputOf = (axis: 0 | 1): number => {
      const extent = (windowSize[axis] - 1) * dilation[axis] + 1;
      return Math.floor((inputSize[axis] + padding[axis][0] + padding[axis][1] - extent) / strides[axis]) + 1;
    };
    const outputSize: Pair = [outputOf(0), outputOf(1)];
    for (const dataFormat of ["channelsFirst", "channelsLast"] as const) {
      const sizes = { batch, channels, inputSize, outputSize, windowSize };
      const window: Window2D = { dataFormat, ...sizes, strides, dilation, padding };
      const routine: Pool2DRoutine & { readonly dtype: "float32" } = { name, dtype: "float32", window };
      const large = batch * channels * inputSize[0] * inputSize[1];
      const small = batch * channels * outputSize[0] * outputSize[1];
      // Rounded values are often equal: the first of them must win. NaN wins over numbers.
      const x = floats(large).map((value) => Math.round(value * 2));
      if (large > 9) x.set([Number.NaN, Number.NEGATIVE_INFINITY, Number.NaN], 5);
      const operands = {
        maxPool2d: [x],
        maxPool2dGradient: [x, floats(small)],
        maxPool2dGather: [x, floats(large)],
        averagePool2d: [floats(large)],
        averagePool2dGradient: [floats(small)],
      }[name];
      yield plainCase(routine, operands, name.endsWith("Gradient") ? large : small);
    }
  }
}
