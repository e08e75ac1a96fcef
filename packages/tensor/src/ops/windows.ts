import { ShapeError } from "../errors.js";
import type { DataFormat, Window2D } from "../routine.js";
import { formatShape, type Shape } from "../shape.js";

/** One number for height and width, or one each. */
export type Pair = number | readonly [number, number];
/** One number for depth, height and width, or one each. */
export type Triple = number | readonly [number, number, number];
/** Elements before and after. */
export type Edge = readonly [number, number];
/** None; zeros such that sizes are divided by the strides, rounded up; or `[[top, bottom], [left, right]]`. */
export type Padding2D = "valid" | "same" | readonly [Edge, Edge];
/** As `Padding2D`, with depth before height and width. */
export type Padding3D = "valid" | "same" | readonly [Edge, Edge, Edge];

/** Names of the spatial axes of images. */
export const image = ["height", "width"] as const;
/** Names of the spatial axes of volumes. */
export const volume = ["depth", "height", "width"] as const;

/** As `Window2D`, over any number of spatial axes. */
export type Windows = Pick<Window2D, "dataFormat" | "batch" | "channels"> & {
  readonly [Key in Exclude<keyof Window2D, "dataFormat" | "batch" | "channels">]: Key extends "padding"
    ? readonly Edge[]
    : readonly number[];
};

/** One number for all spatial axes, or one each. */
export interface WindowOptions {
  readonly windowSize: number | readonly number[];
  /** Default 1. */
  readonly strides?: number | readonly number[];
  /** Default 1. */
  readonly dilation?: number | readonly number[];
  /** Default "valid". */
  readonly padding?: "valid" | "same" | readonly Edge[];
  /** Default "channelsLast". */
  readonly dataFormat?: DataFormat;
}

/** Zeros before and after one axis: none, or as many as keep `ceil(size / stride)` outputs, the odd one after. */
function padding1(mode: "valid" | "same" | Edge, size: number, span: number, stride: number): Edge {
  if (mode === "valid") return [0, 0];
  if (mode !== "same") return [mode[0], mode[1]];
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + span - size, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

/** What there is of a convolution or pooling before its padding: the sizes, checked. */
function measured(op: string, axes: readonly string[], shape: Shape, options: WindowOptions) {
  const { dataFormat = "channelsLast" } = options;
  if (shape.length !== axes.length + 2) {
    throw new ShapeError(
      `${op}: got input ${formatShape(shape)}, expected ${axes.length + 2} axes: batch, then ` +
        (dataFormat === "channelsFirst" ? ["channels", ...axes] : [...axes, "channels"]).join(", "),
    );
  }
  const each = (name: string, given: number | readonly number[]): number[] => {
    const value = typeof given === "number" ? axes.map(() => given) : [...given];
    if (value.length !== axes.length || !value.every((size) => Number.isInteger(size) && size >= 1)) {
      throw new ShapeError(
        `${op}: got ${name} ${formatShape(value)}, expected ${axes.length} whole numbers of 1 or more`,
      );
    }
    return value;
  };
  const windowSize = each("windowSize", options.windowSize);
  const strides = each("strides", options.strides ?? 1);
  const dilation = each("dilation", options.dilation ?? 1);
  const first = dataFormat === "channelsFirst";
  const size = first ? shape.slice(2) : shape.slice(1, -1);
  const spans = windowSize.map((taps, axis) => (taps - 1) * dilation[axis]! + 1);
  const channels = shape[first ? 1 : shape.length - 1]!;
  return { dataFormat, batch: shape[0]!, channels, size, windowSize, strides, dilation, spans };
}

/** Works out the geometry of a convolution or pooling and checks it. */
export function windowsOver(
  op: string,
  axes: readonly string[],
  shape: Shape,
  options: WindowOptions,
): Windows {
  const { size: inputSize, spans, ...rest } = measured(op, axes, shape, options);
  const { windowSize, strides } = rest;
  const { padding: given = "valid" } = options;
  const padding = inputSize.map((size, axis) => {
    const mode = typeof given === "string" ? given : given[axis]!;
    return padding1(mode, size, spans[axis]!, strides[axis]!);
  });
  if (!padding.flat().every((size) => Number.isInteger(size) && size >= 0)) {
    throw new ShapeError(
      `${op}: got padding ${JSON.stringify(padding)}, expected whole numbers of 0 or more`,
    );
  }
  const outputSize = inputSize.map((size, axis) => {
    const [before, after] = padding[axis]!;
    return Math.floor((size + before + after - spans[axis]!) / strides[axis]!) + 1;
  });
  if (outputSize.some((size) => size < 1)) {
    throw new ShapeError(
      `${op}: the window ${formatShape(windowSize)} does not fit into the input ` +
        `${formatShape(shape)}, expected ${axes.join(" and ")} of at least the window's; or padding "same"`,
    );
  }
  return { ...rest, inputSize, outputSize, padding };
}

/** `windowsOver` images. */
export const window2D = (op: string, shape: Shape, options: WindowOptions): Window2D =>
  windowsOver(op, image, shape, options) as Window2D;

export interface TransposedOptions extends WindowOptions {
  readonly padding?: "valid" | "same";
  /** Default: see `transposedWindows`. */
  readonly outputPadding?: number | readonly number[];
}

/**
 * The geometry of the convolution whose input gradient a transposed convolution is: its output is what `shape` says,
 * its input the result. Per axis, with span = (taps - 1) * dilation + 1, the result has
 * - "valid": `(size - 1) * stride + span + extra`, extra = outputPadding, or what is missing to `size * stride`
 * - "same": `size * stride`, or with outputPadding `(size - 1) * stride + span % 2 + outputPadding`
 * places. Source: Keras 3 `compute_conv_transpose_output_shape`, and its paddings for JAX.
 * @param filters channels of the result
 */
export function transposedWindows(
  op: string,
  axes: readonly string[],
  shape: Shape,
  filters: number,
  options: TransposedOptions,
): Windows {
  const { size: outputSize, spans, ...rest } = measured(op, axes, shape, options);
  const { strides } = rest;
  const { padding: mode = "valid", outputPadding } = options;
  const extras = axes.map((_, axis) =>
    typeof outputPadding === "object" ? outputPadding[axis] : outputPadding,
  );
  if (!extras.every((extra) => extra === undefined || (Number.isInteger(extra) && extra >= 0))) {
    throw new ShapeError(`${op}: got outputPadding [${extras}], expected whole numbers of 0 or more`);
  }
  const places = outputSize.map((size, axis) => {
    const [stride, span, extra] = [strides[axis]!, spans[axis]!, extras[axis]];
    const reach = (size - 1) * stride + span;
    if (mode === "valid") {
      return { result: reach + (extra ?? Math.max(stride - span, 0)), padding: [0, 0] as Edge };
    }
    const result = extra === undefined ? size * stride : (size - 1) * stride + (span % 2) + extra;
    // Places around the spread-out input; what is not there of the window's reach is cut off.
    const around = result - (size - 1) * stride + span - 2;
    const before = span - 1 - Math.min(Math.ceil(around / 2), span - 1);
    return { result, padding: [before, Math.max(reach - before - result, 0)] as Edge };
  });
  const inputSize = places.map(({ result }) => result);
  if (inputSize.some((size) => size < 1)) {
    throw new ShapeError(
      `${op}: got input ${formatShape(shape)}, which comes to a result of ${inputSize.join(" x ")}, ` +
        "expected sizes of 1 or more: give a larger outputPadding",
    );
  }
  return { ...rest, channels: filters, inputSize, outputSize, padding: places.map(({ padding }) => padding) };
}

/** Shape of a batch in its memory order, `size` along the spatial axes. */
export const imageShape = (
  format: DataFormat,
  batch: number,
  channels: number,
  size: readonly number[],
): number[] => (format === "channelsFirst" ? [batch, channels, ...size] : [batch, ...size, channels]);
