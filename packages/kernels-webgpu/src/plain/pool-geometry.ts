import type { Dtype } from "@hekla/tensor";
import type { Index, KernelWriter } from "../text/kernel-writer.js";
import { type ImageIndex, imageElements, imageIndex, imagePlace, imageStrides } from "./image.js";
import type { RoutineOf } from "./plain-routine.js";
import { outputsOf, tapsOf, type Walk, windowAxes } from "./window-axis.js";

/** One side of a pooling: the images that are read, or what is made of them. */
export interface PoolSide {
  /** Elements in all. */
  readonly size: number;
  indexOf(kernel: KernelWriter, index: Index): ImageIndex;
  /** Where the channel of an image that an element of either side is in begins. */
  startOf(kernel: KernelWriter, at: ImageIndex): Index;
  /** Where a row begins, and where an element of it lies. */
  rowOf(kernel: KernelWriter, start: Index, row: Index): (column: Index) => Index;
}

type Walks = readonly [rows: Walk, columns: Walk];

/** How the two sides of a pooling meet. */
export interface PoolGeometry {
  readonly dtype: Dtype;
  readonly input: PoolSide;
  readonly output: PoolSide;
  /** Whether no window has an element. */
  readonly isEmpty: boolean;
  /** What a window reads. */
  tapsOf(kernel: KernelWriter, row: Index, column: Index): Walks;
  /** The windows that read an element. */
  windowsOf(kernel: KernelWriter, at: ImageIndex): Walks;
}

export function poolGeometry({ window, dtype }: RoutineOf<"maxPool2d">): PoolGeometry {
  const { dataFormat, batch, channels, inputSize, outputSize } = window;
  const [rows, columns] = windowAxes(window);
  const side = (size: readonly [number, number]): PoolSide => {
    const strides = imageStrides(dataFormat, channels, size);
    return {
      size: imageElements(batch, channels, size),
      indexOf: (kernel, index) => imageIndex(kernel, index, dataFormat, batch, channels, size),
      startOf: (kernel, { batch: image, channel }) =>
        kernel.hold(imagePlace(kernel, strides, { batch: image, channel })),
      rowOf(kernel, start, row) {
        const first = kernel.hold(kernel.plus(start, kernel.times(row, strides.row)));
        return (column) => kernel.plus(first, kernel.times(column, strides.column));
      },
    };
  };
  return {
    dtype,
    input: side(inputSize),
    output: side(outputSize),
    isEmpty: [rows, columns].some(({ taps, input, output }) => taps * input * output === 0),
    tapsOf: (kernel, row, column) => [tapsOf(kernel, rows, row), tapsOf(kernel, columns, column)],
    windowsOf: (kernel, { row, column }) => [
      outputsOf(kernel, rows, row),
      outputsOf(kernel, columns, column),
    ],
  };
}
