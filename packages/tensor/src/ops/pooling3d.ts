import { scope } from "../recording.js";
import type { DataFormat } from "../routine.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { asTensor } from "./creation.js";
import { averagePool2d, maxPool2d } from "./pooling.js";
import { reshape } from "./views.js";
import { imageShape, type Padding3D, type Triple, volume, windowsOver } from "./windows.js";

/** Options of `maxPool3d` and `averagePool3d`. */
export interface Pool3DOptions {
  /** Default 2. */
  readonly poolSize?: Triple;
  /** Default: the pool size. */
  readonly strides?: Triple;
  /** Default "valid". */
  readonly padding?: Padding3D;
  /** Default "channelsLast". */
  readonly dataFormat?: DataFormat;
}

/** Planes first, then the depth: the largest of the largest and, as windows are blocks, the mean of the means. */
const pool3d =
  (op: "maxPool3d" | "averagePool3d", along: typeof maxPool2d) =>
  (input: TensorLike, options: Pool3DOptions = {}): Tensor =>
    scope(() => {
      const x = asTensor(input);
      const { poolSize = 2, strides = poolSize, dataFormat = "channelsLast" } = options;
      const window = windowsOver(op, volume, x.shape, { ...options, windowSize: poolSize, strides });
      const { batch, channels, inputSize, outputSize, padding } = window;
      const [depth, ...plane] = inputSize as [number, number, number];
      const [outDepth, ...outPlane] = outputSize as [number, number, number];
      const [deep, ...flat] = window.windowSize as [number, number, number];
      const [deepStep, ...flatStep] = window.strides as [number, number, number];
      const first = dataFormat === "channelsFirst";
      const planes = first ? [batch, channels * depth, ...plane] : [batch * depth, ...plane, channels];
      const byPlane = along(reshape(x, planes), {
        poolSize: flat,
        strides: flatStep,
        padding: [padding[1]!, padding[2]!],
        dataFormat,
      });
      const piles = imageShape(dataFormat, batch, channels, [depth, outPlane[0] * outPlane[1]]);
      const byDepth = along(reshape(byPlane, piles), {
        poolSize: [deep, 1],
        strides: [deepStep, 1],
        padding: [padding[0]!, [0, 0]],
        dataFormat,
      });
      return reshape(byDepth, imageShape(dataFormat, batch, channels, [outDepth, ...outPlane]));
    });

/**
 * The largest element of each window; the gradient goes to the first largest one.
 * @param input `[batch, depth, height, width, channels]`, or `[batch, channels, depth, height, width]`
 * @throws ShapeError when the window does not fit
 */
export const maxPool3d = /* @__PURE__ */ pool3d("maxPool3d", maxPool2d);

/** The mean of each window, over the places inside the input. Parameters as `maxPool3d`. */
export const averagePool3d = /* @__PURE__ */ pool3d("averagePool3d", averagePool2d);
