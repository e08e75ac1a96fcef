import { scope } from "../recording.js";
import type { DataFormat, Window2D } from "../routine.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { contract } from "./convolution-contractions.js";
import { operandsOf } from "./convolution-operands.js";
import { overSteps } from "./over-steps.js";
import { image, type Pair, transposedWindows } from "./windows.js";

/** Options of `conv2dTranspose`. */
export interface Conv2DTransposeOptions {
  /** Distance between the places that neighbouring inputs add to. Default 1. */
  readonly strides?: Pair;
  /** "valid": every place that an input reaches; "same": `strides` times the input's size. Default "valid". */
  readonly padding?: "valid" | "same";
  /** Places more at the end than the least that strides and padding give. Default: as many as "same" above says. */
  readonly outputPadding?: Pair;
  /** Distance between taps. Default 1. */
  readonly dilation?: Pair;
  /** Default "channelsLast". */
  readonly dataFormat?: DataFormat;
}

/**
 * Transposed convolution: the gradient of a convolution towards its input, as an op.
 * `y[n, f, i * s + u * d - p, j * s + v * d - p] += x[n, c, i, j] * kernel[c, f, u, v]`
 * @param input `[batch, height, width, channels]`, or `[batch, channels, height, width]` with "channelsFirst"
 * @param kernel `[channels, filters, kernelHeight, kernelWidth]` in both formats: that of the `conv2d` it transposes,
 * whose filters are the input's channels here
 * @returns `[batch, outHeight, outWidth, filters]` or `[batch, filters, outHeight, outWidth]`; along an axis of `size`,
 * with span = (kernelSize - 1) * dilation + 1, "valid" gives (size - 1) * s + max(span, s) places and "same"
 * size * s; with `outputPadding` they are (size - 1) * s + outputPadding + span, and + span % 2 for "same"
 * @throws ShapeError when ranks or channels do not fit, or nothing is left
 * Source: Keras 3 `conv_transpose`.
 */
export const conv2dTranspose = (
  input: TensorLike,
  kernel: TensorLike,
  options: Conv2DTransposeOptions = {},
): Tensor =>
  scope(() => {
    const op = "conv2dTranspose";
    const [x, k] = operandsOf(op, input, kernel, ["channels", "filters", ...image], options);
    const [channels, filters, ...windowSize] = k.shape as [number, number, number, number];
    const window = transposedWindows(op, image, x.shape, filters, { ...options, windowSize });
    return contract("conv2dInputGradient", window as Window2D, channels, x, k);
  });

/** Options of `conv1dTranspose`. */
export interface Conv1DTransposeOptions {
  /** As of `conv2dTranspose`, like those that follow. Default 1. */
  readonly strides?: number;
  readonly padding?: "valid" | "same";
  readonly outputPadding?: number;
  readonly dilation?: number;
  readonly dataFormat?: DataFormat;
}

/**
 * `conv2dTranspose` over the steps of `[batch, steps, channels]`.
 * @param kernel `[channels, filters, size]`
 */
export const conv1dTranspose = /* @__PURE__ */ overSteps(
  "conv1dTranspose",
  conv2dTranspose,
  (given: Conv1DTransposeOptions): Conv2DTransposeOptions => {
    const { strides = 1, dilation = 1, outputPadding, ...rest } = given;
    const extra = outputPadding === undefined ? {} : { outputPadding: [0, outputPadding] as const };
    return { ...rest, ...extra, strides: [1, strides], dilation: [1, dilation] };
  },
);
