import type { Window2D } from "@hekla/tensor";
import { imageStrides } from "../plain/image.js";
import { staysInside, windowAxes } from "../plain/window-axis.js";
import type { Index, KernelWriter } from "../text/kernel-writer.js";
import { matrixSide, type Part, type Side } from "./side.js";

type Pair = readonly [number, number];

/** How windows are read: by each output its inputs, or by each input the outputs that it goes into. */
export type Direction = "forward" | "backward";

export interface Windows {
  readonly operand: number;
  readonly offset: number;
  readonly window: Window2D;
  readonly direction: Direction;
  /** Of the image that is read: the input's going forward, the filters going backward. */
  readonly channels: number;
}

/**
 * The taps of a window and the channels behind each as one axis, in the order in which an image holds them.
 */
const tapSizes = ({ dataFormat, windowSize }: Window2D, channels: number): readonly number[] =>
  dataFormat === "channelsFirst" ? [channels, ...windowSize] : [...windowSize, channels];

function unravelTap(
  kernel: KernelWriter,
  index: Index,
  window: Window2D,
  channels: number,
): readonly [channel: Index, row: Index, column: Index] {
  const parts = kernel.unravel(index, tapSizes(window, channels));
  return window.dataFormat === "channelsFirst"
    ? [parts[0]!, parts[1]!, parts[2]!]
    : [parts[2]!, parts[0]!, parts[1]!];
}

/**
 * The images of a batch, read through windows: the parts of where a window is, and of a tap and channel in
 * it.
 */
function imageParts({ window, direction, channels }: Windows) {
  const { dataFormat, batch, inputSize, outputSize } = window;
  const isForward = direction === "forward";
  const [readSize, positions]: readonly [Pair, Pair] = isForward
    ? [inputSize, outputSize]
    : [outputSize, inputSize];
  const strides = imageStrides(dataFormat, channels, readSize);
  const axes = windowAxes(window);
  const steps = axes.map(({ stride }) => (isForward ? 1 : stride));
  const axisStrides = [strides.row, strides.column];

  // What a step of 1 leaves linear is part of the place.
  const partOf = (kernel: KernelWriter, place: Index, row: Index, column: Index): Part => {
    const [heldRow, heldColumn] = [kernel.hold(row), kernel.hold(column)];
    const along = [heldRow, heldColumn].map((at, axis) =>
      steps[axis] === 1 ? kernel.times(at, axisStrides[axis]!) : kernel.whole(0),
    );
    return { place: kernel.hold(kernel.plus(place, ...along)), row: heldRow, column: heldColumn };
  };
  const position = (kernel: KernelWriter, index: Index): Part => {
    const [image, ...at] = kernel.unravel(index, [batch, ...positions]);
    const [row, column] = axes.map(({ stride, padding }, axis) =>
      isForward
        ? kernel.minus(kernel.times(at[axis]!, stride), kernel.whole(padding))
        : kernel.plus(at[axis]!, kernel.whole(padding)),
    );
    return partOf(kernel, kernel.times(image!, strides.batch), row!, column!);
  };
  const tap = (kernel: KernelWriter, index: Index): Part => {
    const [channel, ...taps] = unravelTap(kernel, index, window, channels);
    const [row, column] = axes.map(({ dilation }, axis) => {
      const distance = kernel.times(taps[axis]!, dilation);
      return isForward ? distance : kernel.minus(kernel.whole(0), distance);
    });
    return partOf(kernel, kernel.times(channel, strides.channel), row!, column!);
  };
  const [row, column] = axes.map((axis, at) => ({
    size: readSize[at]!,
    step: steps[at]!,
    stride: axisStrides[at]!,
    safe: isForward
      ? staysInside(axis)
      : axis.taps === 1 && axis.padding === 0 && axis.stride === 1 && axis.input === axis.output,
  }));
  return { position, tap, image: { row: row!, column: column! } };
}

/** Whether four channels from a multiple of four on lie side by side. */
const hasFourChannels = ({ window, channels, offset }: Windows): boolean =>
  window.dataFormat === "channelsLast" && channels % 4 === 0 && offset % 4 === 0;

/**
 * Each position of a window is a row of its taps: `[batch * positions, taps * channels]`, never written out.
 */
export function windowSide(windows: Windows): Side {
  const { position, tap, image } = imageParts(windows);
  const aligned = hasFourChannels(windows);
  return {
    operand: windows.operand,
    batchStride: 0,
    outer: position,
    depth: tap,
    fours: "depth",
    aligned,
    // Neighbours in a row of the image are neighbouring positions of a window, unless channels lie between
    // them.
    neighbours: aligned ? "depth" : "outer",
    image,
  };
}

/** The same matrix summed over its positions: `[taps * channels, batch * positions]`. */
export function tapSide(windows: Windows): Side {
  const { position, tap, image } = imageParts(windows);
  const aligned = hasFourChannels(windows);
  const fours = aligned ? "outer" : "depth";
  return {
    operand: windows.operand,
    batchStride: 0,
    outer: tap,
    depth: position,
    fours,
    aligned,
    neighbours: fours,
    image,
  };
}

/** All places of the images by their channels: `[channels, batch * positions]`. */
export function channelSide(operand: number, offset: number, window: Window2D, channels: number): Side {
  const { dataFormat, batch, outputSize } = window;
  const positions = outputSize[0] * outputSize[1];
  const matrix = { operand, offset, batchStride: 0, outerSize: channels, depthSize: batch * positions };
  if (dataFormat === "channelsLast") return matrixSide({ ...matrix, outerStride: 1, depthStride: channels });
  return {
    ...matrixSide({ ...matrix, outerStride: positions, depthStride: 1 }),
    depth: (kernel, index) => {
      const [image, position] = kernel.unravel(index, [batch, positions]);
      return { place: kernel.plus(kernel.times(image!, channels * positions), position!) };
    },
    aligned: positions % 4 === 0 && offset % 4 === 0,
  };
}

/**
 * The weights `[filters, channels, height, width]`: forward by filter, backward by channel; the rest is
 * summed over.
 */
export function weightSide({ operand, offset, window, direction, channels }: Windows, filters: number): Side {
  const area = window.windowSize[0] * window.windowSize[1];
  const isForward = direction === "forward";
  const ofFilter = isForward ? channels * area : filters * area;
  // Going backward, `channels` are the filters that are read, `filters` the channels that come out.
  const [outerStride, depthStride] = isForward ? [ofFilter, area] : [area, ofFilter];
  const matrix = { operand, offset, batchStride: 0, outerSize: filters, outerStride };
  if (area === 1) return matrixSide({ ...matrix, depthSize: channels, depthStride });
  if (isForward && window.dataFormat === "channelsFirst") {
    return matrixSide({ ...matrix, depthSize: channels * area, depthStride: 1 });
  }
  return {
    ...matrixSide({ ...matrix, depthSize: channels * area, depthStride: 1 }),
    depth: (kernel, index) => {
      const [channel, row, column] = unravelTap(kernel, index, window, channels);
      const tap = kernel.plus(kernel.times(row, window.windowSize[1]), column);
      return { place: kernel.plus(kernel.times(channel, depthStride), tap) };
    },
    aligned: false,
  };
}
