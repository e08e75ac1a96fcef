import { scope } from "../recording.js";
import type { DataFormat } from "../routine.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { contract } from "./convolution-contractions.js";
import { grouped, operandsOf } from "./convolution-operands.js";
import { depthwiseConv2d } from "./depthwise-convolution.js";
import { imageOptions, overSteps, type StepOptions } from "./over-steps.js";
import { reshape } from "./views.js";
import { image, type Padding2D, type Pair, window2D } from "./windows.js";

/** Options of `conv2d`. */
export interface Conv2DOptions {
  /** Distance between windows. Default 1. */
  readonly strides?: Pair;
  /** Zeros around the input: none, as many as keep the size at stride 1, or `[[top, bottom], [left, right]]`. Default "valid". */
  readonly padding?: Padding2D;
  /** Distance between taps. Default 1. */
  readonly dilation?: Pair;
  /** Default "channelsLast". */
  readonly dataFormat?: DataFormat;
  /** Groups of neighbouring channels, each with its own share of the filters. Default 1. */
  readonly groups?: number;
}

/**
 * 2D cross-correlation, as deep-learning libraries call convolution.
 * `y[n, f, i, j] = sum over c, u, v of x[n, c, i * s + u * d - p, j * s + v * d - p] * kernel[f, c, u, v]`
 * @param input `[batch, height, width, channels]`, or `[batch, channels, height, width]` with "channelsFirst"
 * @param kernel `[filters, channels / groups, kernelHeight, kernelWidth]` in both formats
 * @returns `[batch, outHeight, outWidth, filters]` or `[batch, filters, outHeight, outWidth]`
 * @throws ShapeError when ranks, channels or groups do not fit, or the kernel is larger than the padded input
 */
export const conv2d = (input: TensorLike, kernel: TensorLike, options: Conv2DOptions = {}): Tensor =>
  scope(() => {
    const [x, k] = operandsOf("conv2d", input, kernel, ["filters", "channels", ...image], options);
    const [filters, channels, ...windowSize] = k.shape as [number, number, number, number];
    const { groups = 1, ...rest } = options;
    const window = window2D("conv2d", x.shape, { ...rest, windowSize });
    if (groups > 1) {
      if (channels > 1) return grouped(conv2d, x, k, { ...rest, groups });
      return depthwiseConv2d(x, reshape(k, [groups, filters / groups, ...windowSize]), rest);
    }
    return contract("conv2d", window, filters, x, k);
  });

/** Options of `conv1d`. */
export interface Conv1DOptions extends StepOptions {
  /** As of `conv2d`. */
  readonly groups?: number;
}

/**
 * 1D cross-correlation over time.
 * @param input `[batch, steps, channels]`, or `[batch, channels, steps]` with "channelsFirst"
 * @param kernel `[filters, channels / groups, size]`
 * @throws ShapeError as `conv2d`
 */
export const conv1d = /* @__PURE__ */ overSteps("conv1d", conv2d, imageOptions<Conv1DOptions>);
