import type { Conv2DRoutine, MatmulRoutine, RoutineStep } from "@hekla/tensor";
import type { Index, KernelWriter } from "../text/kernel-writer.js";
import { channelSide, tapSide, weightSide, windowSide } from "./image-side.js";
import { matrixSide, type Side } from "./side.js";

/**
 * A product of matrices, or what can be computed as one: `result[row, column] = sum(left[row, d] *
 * right[column, d])`.
 */
export interface Contraction {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly left: Side;
  readonly right: Side;
  /** Where an element of the result lies. */
  place(kernel: KernelWriter, batch: Index, row: Index, column: Index): Index;
}

/** Elements of the result. */
export const resultSize = ({ batch, rows, columns }: Contraction): number => batch * rows * columns;

/** The product that a routine comes to; undefined where there is none. */
export function contractionOf({ routine, operands }: RoutineStep): Contraction | undefined {
  if (routine.dtype !== "float32") return undefined;
  const offsets = operands.map(({ view }) => view.offset);
  switch (routine.name) {
    case "matmul":
      return ofMatmul(routine, offsets);
    case "conv2d":
    case "conv2dInputGradient":
      return ofCorrelation(routine, offsets);
    case "conv2dKernelGradient":
      return ofKernelGradient(routine, offsets);
  }
  return undefined;
}

function ofMatmul(routine: MatmulRoutine, offsets: readonly number[]): Contraction {
  const { n: columns, k: depth, transposeA, transposeB, batchedA, batchedB } = routine;
  // Matrices of a batch that meet the same one on the right are one matrix.
  const joins = batchedA && !batchedB && !transposeA;
  const batch = joins ? 1 : routine.batch;
  const rows = joins ? routine.batch * routine.m : routine.m;
  const left = matrixSide({
    operand: 0,
    offset: offsets[0]!,
    batchStride: batchedA && batch > 1 ? rows * depth : 0,
    outerSize: rows,
    outerStride: transposeA ? 1 : depth,
    depthSize: depth,
    depthStride: transposeA ? rows : 1,
  });
  const right = matrixSide({
    operand: 1,
    offset: offsets[1]!,
    batchStride: batchedB && batch > 1 ? columns * depth : 0,
    outerSize: columns,
    outerStride: transposeB ? depth : 1,
    depthSize: depth,
    depthStride: transposeB ? 1 : columns,
  });
  return {
    batch,
    rows,
    columns,
    depth,
    left,
    right,
    place: (kernel, matrix, row, column) =>
      kernel.affine(0, [
        [matrix, rows * columns],
        [row, columns],
        [column, 1],
      ]),
  };
}

/** A convolution, or the gradient of its input. What lies together in the result are its columns. */
function ofCorrelation(routine: Conv2DRoutine, offsets: readonly number[]): Contraction {
  const { window, filters } = routine;
  const { dataFormat, batch, channels, inputSize, outputSize, windowSize } = window;
  const isForward = routine.name === "conv2d";
  const [read, written] = isForward ? [channels, filters] : [filters, channels];
  const [height, width] = isForward ? outputSize : inputSize;
  const area = height * width;
  const windows = { window, direction: isForward ? "forward" : "backward", channels: read } as const;
  const image = windowSide({ ...windows, operand: 0, offset: offsets[0]! });
  const weights = weightSide({ ...windows, operand: 1, offset: offsets[1]! }, written);
  const depth = read * windowSize[0] * windowSize[1];
  const positions = batch * area;
  if (dataFormat === "channelsLast") {
    return {
      batch: 1,
      rows: positions,
      columns: written,
      depth,
      left: image,
      right: weights,
      place: (kernel, _, row, column) => kernel.plus(kernel.times(row, written), column),
    };
  }
  return {
    batch: 1,
    rows: written,
    columns: positions,
    depth,
    left: weights,
    right: image,
    place: (kernel, _, row, column) => {
      const [picture, at] = kernel.unravel(column, [batch, area]);
      return kernel.affine(0, [
        [picture!, written * area],
        [row, area],
        [at!, 1],
      ]);
    },
  };
}

function ofKernelGradient({ window, filters }: Conv2DRoutine, offsets: readonly number[]): Contraction {
  const { dataFormat, batch, channels, outputSize, windowSize } = window;
  const area = windowSize[0] * windowSize[1];
  return {
    batch: 1,
    rows: filters,
    columns: channels * area,
    depth: batch * outputSize[0] * outputSize[1],
    left: channelSide(1, offsets[1]!, window, filters),
    right: tapSide({ operand: 0, offset: offsets[0]!, window, direction: "forward", channels }),
    place: (kernel, _, row, column) => {
      const start = kernel.times(row, channels * area);
      if (dataFormat === "channelsFirst") return kernel.plus(start, column);
      const [tap, channel] = kernel.unravel(column, [area, channels]);
      return kernel.plus(start, kernel.times(channel!, area), tap!);
    },
  };
}
