import { ShapeError } from "../errors.js";
import type { DataFormat, Window2D } from "../routine.js";
import { formatShape, type Shape } from "../shape.js";

export type Pair = number | readonly [number, number];
export type Padding2D = "valid" | "same" | readonly [readonly [number, number], readonly [number, number]];

export const pair = (value: Pair): [number, number] =>
  typeof value === "number" ? [value, value] : [value[0], value[1]];

/** Zeros before and after one axis: none, or as many as keep `ceil(size / stride)` outputs, the odd one after. */
function padding1(
  mode: "valid" | "same" | readonly [number, number],
  size: number,
  span: number,
  stride: number,
): [number, number] {
  if (mode === "valid") return [0, 0];
  if (mode !== "same") return [mode[0], mode[1]];
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + span - size, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

export interface WindowOptions {
  readonly windowSize: Pair;
  readonly strides: Pair;
  readonly dilation: Pair;
  readonly padding: Padding2D;
  readonly dataFormat: DataFormat;
}

/** Works out the geometry of a convolution or pooling and checks it. */
export function window2D(op: string, shape: Shape, options: WindowOptions): Window2D {
  const { dataFormat } = options;
  if (shape.length !== 4) {
    throw new ShapeError(
      `${op}: got input ${formatShape(shape)}, expected 4 axes: batch, then ` +
        (dataFormat === "channelsFirst" ? "channels, height, width" : "height, width, channels"),
    );
  }
  const [windowSize, strides, dilation] = [
    pair(options.windowSize),
    pair(options.strides),
    pair(options.dilation),
  ];
  for (const [name, value] of Object.entries({ windowSize, strides, dilation })) {
    if (!value.every((size) => Number.isInteger(size) && size >= 1)) {
      throw new ShapeError(`${op}: got ${name} ${formatShape(value)}, expected whole numbers of 1 or more`);
    }
  }
  const [first, second, third] = shape.slice(1) as [number, number, number];
  const inputSize: [number, number] = dataFormat === "channelsFirst" ? [second, third] : [first, second];
  const channels = dataFormat === "channelsFirst" ? first : third;
  const padding = [0, 1].map((axis) => {
    const mode = typeof options.padding === "string" ? options.padding : options.padding[axis]!;
    return padding1(mode, inputSize[axis]!, (windowSize[axis]! - 1) * dilation[axis]! + 1, strides[axis]!);
  }) as [[number, number], [number, number]];
  if (!padding.flat().every((size) => Number.isInteger(size) && size >= 0)) {
    throw new ShapeError(
      `${op}: got padding ${JSON.stringify(padding)}, expected whole numbers of 0 or more`,
    );
  }
  const outputSize = inputSize.map((size, axis) => {
    const span = (windowSize[axis]! - 1) * dilation[axis]! + 1;
    return Math.floor((size + padding[axis]![0] + padding[axis]![1] - span) / strides[axis]!) + 1;
  }) as [number, number];
  if (outputSize.some((size) => size < 1)) {
    throw new ShapeError(
      `${op}: the window ${formatShape(windowSize)} does not fit into the input ` +
        `${formatShape(shape)}, expected height and width of at least the window's; or padding "same"`,
    );
  }
  return {
    dataFormat,
    batch: shape[0]!,
    channels,
    inputSize,
    outputSize,
    windowSize,
    strides,
    dilation,
    padding,
  };
}

/** Shape of an image batch in its memory order. */
export const imageShape = (
  format: DataFormat,
  batch: number,
  channels: number,
  [height, width]: readonly [number, number],
): number[] =>
  format === "channelsFirst" ? [batch, channels, height, width] : [batch, height, width, channels];
