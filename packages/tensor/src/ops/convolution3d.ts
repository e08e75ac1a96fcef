import { scope } from "../recording.js";
import type { DataFormat, Window2D } from "../routine.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { contract } from "./convolution-contractions.js";
import { grouped, operandsOf } from "./convolution-operands.js";
import { add, multiply } from "./elementwise.js";
import { gather, scatterAdd } from "./indexing.js";
import { pad } from "./moves.js";
import { range } from "./ranges.js";
import { reshape, slice, transpose } from "./views.js";
import {
  type Padding3D,
  type Triple,
  transposedWindows,
  volume,
  type Windows,
  windowsOver,
} from "./windows.js";

// A volume is a pile of planes. The taps along the depth become channels, so that one 2D convolution of all planes
// does the arithmetic: with 3 taps the planes are moved three times, which costs little beside the products.

/** Options of `conv3d`. */
export interface Conv3DOptions {
  /** Distance between windows. Default 1. */
  readonly strides?: Triple;
  /** As of `conv2d`, or `[[front, back], [top, bottom], [left, right]]`. Default "valid". */
  readonly padding?: Padding3D;
  /** Distance between taps. Default 1. */
  readonly dilation?: Triple;
  /** Default "channelsLast". */
  readonly dataFormat?: DataFormat;
  /** As of `conv2d`. */
  readonly groups?: number;
}

/** Swaps depth and channels where those come first: `[batch, depth, ...plane]` in both formats, and back. */
const swapDepth = ({ dataFormat }: Windows, x: Tensor): Tensor =>
  dataFormat === "channelsFirst" ? transpose(x, [0, 2, 1, 3, 4]) : x;

/** The window over the planes, one for each output depth, with the taps along the depth as channels. */
function planeWindow({ dataFormat, batch, channels, ...sizes }: Windows): Window2D {
  const planes = Object.entries(sizes).map(([name, [, ...plane]]) => [name, plane]);
  const count = { batch: batch * sizes.outputSize[0]!, channels: channels * sizes.windowSize[0]! };
  return { dataFormat, ...count, ...Object.fromEntries(planes) } as Window2D;
}

/** `[filters, channels, depth, height, width]` as the planes' kernel `[filters, depth * channels, height, width]`. */
const planeKernel = (kernel: Tensor): Tensor => {
  const [filters, channels, depth, ...plane] = kernel.shape as [number, number, number, number, number];
  return reshape(transpose(kernel, [0, 2, 1, 3, 4]), [filters, depth * channels, ...plane]);
};

/** What the taps along the depth see of the padded depth: output by output, tap by tap. */
function depths({ outputSize, windowSize, strides, dilation }: Windows): Tensor {
  const outputs = multiply(range(0, outputSize[0]!, 1, { dtype: "int32" }), strides[0]!);
  const taps = multiply(range(0, windowSize[0]!, 1, { dtype: "int32" }), dilation[0]!);
  return reshape(add(reshape(outputs, [-1, 1]), taps), [-1]);
}

/** Whether each output depth sees the input's plane of the same depth and no other. */
const isFlat = ({ windowSize, strides }: Windows): boolean => windowSize[0] === 1 && strides[0] === 1;

/** `[batch, outDepth * taps, ...plane]` as `[batch * outDepth, ...plane]` with taps times as many channels. */
function tapsToChannels({ dataFormat, batch, outputSize, windowSize }: Windows, x: Tensor): Tensor {
  const [first, second, third] = x.shape.slice(2) as [number, number, number];
  const [count, taps] = [batch * outputSize[0]!, windowSize[0]!];
  if (dataFormat === "channelsFirst") return reshape(x, [count, taps * first, second, third]);
  const apart = reshape(x, [count, taps, first, second, third]);
  return reshape(transpose(apart, [0, 2, 3, 1, 4]), [count, first, second, taps * third]);
}

/** The opposite of `tapsToChannels`. */
function channelsToTaps({ dataFormat, batch, outputSize, windowSize }: Windows, x: Tensor): Tensor {
  const [first, second, third] = x.shape.slice(1) as [number, number, number];
  const [depth, taps] = [outputSize[0]! * windowSize[0]!, windowSize[0]!];
  if (dataFormat === "channelsFirst") return reshape(x, [batch, depth, first / taps, second, third]);
  const apart = reshape(x, [batch * outputSize[0]!, first, second, taps, third / taps]);
  return reshape(transpose(apart, [0, 3, 1, 2, 4]), [batch, depth, first, second, third / taps]);
}

/**
 * 3D cross-correlation.
 * `y[n, f, i, j, k] = sum over c, t, u, v of x[n, c, i * s + t * d - p, ...] * kernel[f, c, t, u, v]`
 * @param input `[batch, depth, height, width, channels]`, or `[batch, channels, depth, height, width]`
 * @param kernel `[filters, channels / groups, kernelDepth, kernelHeight, kernelWidth]` in both formats
 * @returns `[batch, outDepth, outHeight, outWidth, filters]`, or with "channelsFirst" the filters after the batch
 * @throws ShapeError as `conv2d`
 */
export const conv3d = (input: TensorLike, kernel: TensorLike, options: Conv3DOptions = {}): Tensor =>
  scope(() => {
    const [x, k] = operandsOf("conv3d", input, kernel, ["filters", "channels", ...volume], options);
    const { groups = 1 } = options;
    if (groups > 1) return grouped(conv3d, x, k, { ...options, groups });
    const [filters, , ...windowSize] = k.shape as [number, number, number, number, number];
    const window = windowsOver("conv3d", volume, x.shape, { ...options, windowSize });
    const stacked = swapDepth(window, x);
    const padded = pad(stacked, [[0, 0], window.padding[0]!, [0, 0], [0, 0], [0, 0]]);
    const seen = isFlat(window) ? padded : gather(padded, depths(window), { axis: 1 });
    const planes = tapsToChannels(window, seen);
    const result = contract("conv2d", planeWindow(window), filters, planes, planeKernel(k));
    return swapDepth(
      window,
      reshape(result, [window.batch, window.outputSize[0]!, ...result.shape.slice(1)]),
    );
  });

/** Options of `conv3dTranspose`. */
export interface Conv3DTransposeOptions {
  /** As of `conv2dTranspose`, like those that follow. Default 1. */
  readonly strides?: Triple;
  readonly padding?: "valid" | "same";
  readonly outputPadding?: Triple;
  readonly dilation?: Triple;
  readonly dataFormat?: DataFormat;
}

/**
 * The gradient of `conv3d` towards its input, as an op; sizes as of `conv2dTranspose`.
 * @param input `[batch, depth, height, width, channels]`, or `[batch, channels, depth, height, width]`
 * @param kernel `[channels, filters, kernelDepth, kernelHeight, kernelWidth]` in both formats
 * @throws ShapeError as `conv2dTranspose`
 */
export const conv3dTranspose = (
  input: TensorLike,
  kernel: TensorLike,
  options: Conv3DTransposeOptions = {},
): Tensor =>
  scope(() => {
    const op = "conv3dTranspose";
    const [x, k] = operandsOf(op, input, kernel, ["channels", "filters", ...volume], options);
    const [channels, filters, ...windowSize] = k.shape as [number, number, number, number, number];
    const window = transposedWindows(op, volume, x.shape, filters, { ...options, windowSize });
    const { batch, inputSize, outputSize, strides, dilation, padding } = window;
    const stacked = swapDepth(window, x);
    const flat = reshape(stacked, [batch * outputSize[0]!, ...stacked.shape.slice(2)]);
    const planes = contract("conv2dInputGradient", planeWindow(window), channels, flat, planeKernel(k));
    const taps = channelsToTaps(window, planes);
    const reach = (outputSize[0]! - 1) * strides[0]! + (windowSize[0]! - 1) * dilation[0]! + 1;
    const whole = isFlat(window) ? taps : scatterAdd(depths(window), taps, reach, { axis: 1 });
    // What "same" leaves out at the front and the back, or has beyond the last place that an input reaches.
    const [front] = padding[0]!;
    const size = Math.min(inputSize[0]!, reach - front);
    const inside = slice(whole, [0, front, 0, 0, 0], [-1, size, -1, -1, -1]);
    const fitted = pad(inside, [
      [0, 0],
      [0, inputSize[0]! - size],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    return swapDepth(window, fitted);
  });
