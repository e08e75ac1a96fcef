import { ShapeError } from "../errors.js";
import { record, scope } from "../recording.js";
import type { Conv2DRoutine, DataFormat, Window2D } from "../routine.js";
import { formatShape } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { asTensor } from "./creation.js";
import { unifyFloats } from "./unify.js";
import { expandDims, squeeze } from "./views.js";
import { imageShape, type Padding2D, type Pair, window2D } from "./windows.js";

export interface Conv2DOptions {
  /** Distance between windows. Default 1. */
  readonly strides?: Pair;
  /** Zeros around the input: none, as many as keep the size at stride 1, or `[[top, bottom], [left, right]]`. Default "valid". */
  readonly padding?: Padding2D;
  /** Distance between taps. Default 1. */
  readonly dilation?: Pair;
  /** Default "channelsLast". */
  readonly dataFormat?: DataFormat;
}

/** The three contractions of a convolution; each one's gradients are the other two. */
function contract(
  name: Conv2DRoutine["name"],
  window: Window2D,
  filters: number,
  a: Tensor,
  b: Tensor,
): Tensor {
  const { dataFormat, batch, channels, inputSize, outputSize, windowSize } = window;
  const shape = {
    conv2d: imageShape(dataFormat, batch, filters, outputSize),
    conv2dInputGradient: imageShape(dataFormat, batch, channels, inputSize),
    conv2dKernelGradient: [filters, channels, ...windowSize],
  }[name];
  const routine = { name, dtype: a.dtype, window, filters } as const;
  const part = (which: Conv2DRoutine["name"], x: Tensor, y: Tensor): Tensor =>
    contract(which, window, filters, x, y);
  return record({ kind: "routine", routine }, [a, b], shape, a.dtype, (dy, [p, q]) => {
    if (name === "conv2d") return [part("conv2dInputGradient", dy, q!), part("conv2dKernelGradient", p!, dy)];
    if (name === "conv2dInputGradient") return [part("conv2d", dy, q!), part("conv2dKernelGradient", dy, p!)];
    return [part("conv2dInputGradient", q!, dy), part("conv2d", p!, dy)];
  });
}

/**
 * 2D cross-correlation, as deep-learning libraries call convolution.
 * `y[n, f, i, j] = sum over c, u, v of x[n, c, i * s + u * d - p, j * s + v * d - p] * kernel[f, c, u, v]`
 * @param input `[batch, height, width, channels]`, or `[batch, channels, height, width]` with "channelsFirst"
 * @param kernel `[filters, channels, kernelHeight, kernelWidth]` in both formats
 * @returns `[batch, outHeight, outWidth, filters]` or `[batch, filters, outHeight, outWidth]`
 * @throws ShapeError when ranks or channels do not fit, or the kernel is larger than the padded input
 */
export const conv2d = (input: TensorLike, kernel: TensorLike, options: Conv2DOptions = {}): Tensor =>
  scope(() => {
    const [x, k] = unifyFloats([asTensor(input), asTensor(kernel)]) as [Tensor, Tensor];
    if (k.rank !== 4) {
      throw new ShapeError(
        `conv2d: got kernel ${formatShape(k.shape)}, expected [filters, channels, height, width]`,
      );
    }
    const [filters, channels, height, width] = k.shape as [number, number, number, number];
    const window = window2D("conv2d", x.shape, {
      windowSize: [height, width],
      strides: options.strides ?? 1,
      dilation: options.dilation ?? 1,
      padding: options.padding ?? "valid",
      dataFormat: options.dataFormat ?? "channelsLast",
    });
    if (window.channels !== channels) {
      throw new ShapeError(
        `conv2d: input has ${window.channels} channels but the kernel expects ${channels} ` +
          `(input ${formatShape(x.shape)}, kernel ${formatShape(k.shape)})`,
      );
    }
    return contract("conv2d", window, filters, x, k);
  });

export interface Conv1DOptions {
  readonly strides?: number;
  /** "causal": zeros before the start only, so that no output sees later inputs; or `[before, after]`. Default "valid". */
  readonly padding?: "valid" | "same" | "causal" | readonly [number, number];
  readonly dilation?: number;
  /** Default "channelsLast": `[batch, steps, channels]`. */
  readonly dataFormat?: DataFormat;
}

/**
 * 1D cross-correlation over time.
 * @param input `[batch, steps, channels]`, or `[batch, channels, steps]` with "channelsFirst"
 * @param kernel `[filters, channels, size]`
 * @throws ShapeError as `conv2d`
 */
export const conv1d = (input: TensorLike, kernel: TensorLike, options: Conv1DOptions = {}): Tensor =>
  scope(() => {
    const [x, k] = [asTensor(input), asTensor(kernel)];
    if (x.rank !== 3 || k.rank !== 3) {
      throw new ShapeError(
        `conv1d: got input ${formatShape(x.shape)} and kernel ${formatShape(k.shape)}, expected 3 axes each`,
      );
    }
    const { strides = 1, dilation = 1, padding = "valid", dataFormat = "channelsLast" } = options;
    const heightAxis = dataFormat === "channelsFirst" ? 2 : 1;
    const causal = [(k.shape[2]! - 1) * dilation, 0] as const;
    const along = padding === "causal" ? causal : padding;
    const result = conv2d(expandDims(x, heightAxis), expandDims(k, 2), {
      strides: [1, strides],
      dilation: [1, dilation],
      dataFormat,
      padding: typeof along === "string" ? along : [[0, 0], along],
    });
    return squeeze(result, heightAxis);
  });
