import { scope } from "../recording.js";
import type { DataFormat, Window2D } from "../routine.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { operandsOf } from "./convolution-operands.js";
import { copy } from "./creation.js";
import { add, multiply } from "./elementwise.js";
import { pad, stack } from "./moves.js";
import { imageOptions, overSteps, type StepOptions } from "./over-steps.js";
import { sum } from "./reductions.js";
import { broadcastTo, expandDims, flip, reshape, slice, transpose } from "./views.js";
import { image, type Padding2D, type Pair, window2D } from "./windows.js";
import { withGradient } from "./with-gradient.js";

/** Options of `depthwiseConv2d`. */
export interface DepthwiseConv2DOptions {
  /** Distance between windows. Default 1. */
  readonly strides?: Pair;
  /** Default "valid". */
  readonly padding?: Padding2D;
  /** Distance between taps. Default 1. */
  readonly dilation?: Pair;
  /** Default "channelsLast". */
  readonly dataFormat?: DataFormat;
}

type Spatial = readonly [number, number];

/** One value per spatial axis put among the axes of a batch in its memory order. */
const placed = <T>({ dataFormat }: Window2D, edges: T, [height, width]: readonly [T, T]): T[] =>
  dataFormat === "channelsFirst" ? [edges, edges, height, width] : [edges, height, width, edges];

/** What each tap of the window sees of a padded input, tap by tap in row-major order. */
function tapsOf(window: Window2D, padded: Tensor, size: Spatial, strides: Spatial, first: Spatial): Tensor[] {
  const { windowSize, dilation } = window;
  const shape = placed(window, -1, size).map((length, axis) => (length < 0 ? padded.shape[axis]! : length));
  const step = placed(window, 1, strides);
  return Array.from({ length: windowSize[0] * windowSize[1] }, (_, tap) => {
    const [u, v] = [Math.floor(tap / windowSize[1]), tap % windowSize[1]];
    const start = placed(window, 0, [first[0] + u * dilation[0], first[1] + v * dilation[1]]);
    return slice(padded, start, shape, { step });
  });
}

/** `sum over taps of what the tap sees * kernel[channel, tap]`: one fused step. */
function weighted({ dataFormat, channels }: Window2D, taps: readonly Tensor[], kernel: Tensor): Tensor {
  // By taps, so that the weights of neighbouring channels are neighbours.
  const byTap = copy(transpose(reshape(kernel, [channels, taps.length])));
  const shape = dataFormat === "channelsFirst" ? [channels, 1, 1] : [channels];
  return taps
    .map((seen, tap) => multiply(seen, reshape(slice(byTap, [tap, 0], [1, channels]), shape)))
    .reduce((total, term) => add(total, term));
}

/** Zeros around an input, as many as the window's padding says. */
const padded = (window: Window2D, x: Tensor): Tensor => pad(x, placed(window, [0, 0], window.padding));

/** The gradient of the output spread out by the strides, so that it is correlated with the kernel turned around. */
function inputGradient(window: Window2D, dy: Tensor, kernel: Tensor): Tensor {
  const { inputSize, outputSize, windowSize, strides, dilation, padding } = window;
  const axes = [0, 1].map((axis) => {
    const span = (windowSize[axis]! - 1) * dilation[axis]! + 1;
    const origin = span - 1 - padding[axis]![0];
    const low = Math.max(origin, 0);
    const reach = low + (outputSize[axis]! - 1) * strides[axis]! + 1;
    const first = low - origin;
    return { first, widths: [low, Math.max(first + inputSize[axis]! - 1 + span - reach, 0)] as const };
  });
  const [rows, columns] = axes as [(typeof axes)[0], (typeof axes)[0]];
  const interior = placed(window, 0, [strides[0] - 1, strides[1] - 1]);
  const spread = pad(dy, placed(window, [0, 0], [rows.widths, columns.widths]), 0, { interior });
  const taps = tapsOf(window, spread, inputSize, [1, 1], [rows.first, columns.first]);
  return weighted(window, taps, flip(kernel, [1, 2]));
}

function kernelGradient(window: Window2D, x: Tensor, dy: Tensor): Tensor {
  const axes = window.dataFormat === "channelsFirst" ? [0, 2, 3] : [0, 1, 2];
  const taps = tapsOf(window, padded(window, x), window.outputSize, window.strides, [0, 0]);
  const parts = taps.map((seen) => sum(multiply(seen, dy), { axes }));
  return reshape(stack(parts, { axis: 1 }), [window.channels, ...window.windowSize]);
}

type Contraction = "forward" | "inputGradient" | "kernelGradient";

/**
 * The three contractions, kernel `[channels, height, width]`; each one's gradients are the other two. What their
 * ops would give is right as well, but adds up one padded image per tap.
 */
function contract(name: Contraction, window: Window2D, a: Tensor, b: Tensor): Tensor {
  const part = (which: Contraction, x: Tensor, y: Tensor): Tensor => contract(which, window, x, y);
  if (name === "forward") {
    const taps = tapsOf(window, padded(window, a), window.outputSize, window.strides, [0, 0]);
    return withGradient(weighted(window, taps, b), [a, b], (dy, [x, kernel]) => [
      part("inputGradient", dy, kernel!),
      part("kernelGradient", x!, dy),
    ]);
  }
  if (name === "inputGradient") {
    return withGradient(inputGradient(window, a, b), [a, b], (dx, [dy, kernel]) => [
      part("forward", dx, kernel!),
      part("kernelGradient", dx, dy!),
    ]);
  }
  return withGradient(kernelGradient(window, a, b), [a, b], (dk, [x, dy]) => [
    part("inputGradient", dy!, dk),
    part("forward", x!, dk),
  ]);
}

/**
 * Each channel convolved with `multiplier` kernels of its own.
 * `y[n, c * multiplier + m, i, j] = sum over u, v of x[n, c, i * s + u * d - p, j * s + v * d - p] * kernel[c, m, u, v]`
 * @param input `[batch, height, width, channels]`, or `[batch, channels, height, width]` with "channelsFirst"
 * @param kernel `[channels, multiplier, kernelHeight, kernelWidth]` in both formats
 * @returns `[batch, outHeight, outWidth, channels * multiplier]`, or channels first
 * @throws ShapeError as `conv2d`
 */
export const depthwiseConv2d = (
  input: TensorLike,
  kernel: TensorLike,
  options: DepthwiseConv2DOptions = {},
): Tensor =>
  scope(() => {
    const layout = ["channels", "multiplier", ...image];
    const [x, k] = operandsOf("depthwiseConv2d", input, kernel, layout, options);
    const [channels, multiplier, ...windowSize] = k.shape as [number, number, number, number];
    // Every channel as often as it has kernels: what is left is one kernel a channel.
    const axis = options.dataFormat === "channelsFirst" ? 1 : 3;
    const repeats = [...x.shape.slice(0, axis + 1), multiplier, ...x.shape.slice(axis + 1)];
    const shape = x.shape.map((size, at) => (at === axis ? channels * multiplier : size));
    const repeated = reshape(broadcastTo(expandDims(x, axis + 1), repeats), shape);
    const window = window2D("depthwiseConv2d", shape, { ...options, windowSize });
    return contract("forward", window, repeated, reshape(k, [channels * multiplier, ...windowSize]));
  });

/**
 * `depthwiseConv2d` over the steps of `[batch, steps, channels]`.
 * @param kernel `[channels, multiplier, size]`
 */
export const depthwiseConv1d = /* @__PURE__ */ overSteps(
  "depthwiseConv1d",
  depthwiseConv2d,
  imageOptions<StepOptions>,
);
