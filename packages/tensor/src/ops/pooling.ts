import { ShapeError } from "../errors.js";
import { record, scope } from "../recording.js";
import { pool2d as pool2dReference } from "../reference/pooling.js";
import type { DataFormat, Pool2DRoutine, Window2D } from "../routine.js";
import { formatShape } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { asTensor } from "./creation.js";
import { unifyFloats } from "./unify.js";
import { expandDims, squeeze } from "./views.js";
import { imageShape, type Padding2D, type Pair, window2D } from "./windows.js";

/** Options of `maxPool2d` and `averagePool2d`. */
export interface Pool2DOptions {
  /** Default 2. */
  readonly poolSize?: Pair;
  /** Default: the pool size. */
  readonly strides?: Pair;
  /** Default "valid". */
  readonly padding?: Padding2D;
  /** Default "channelsLast". */
  readonly dataFormat?: DataFormat;
}

function pool(name: Pool2DRoutine["name"], window: Window2D, operands: readonly Tensor[]): Tensor {
  const { dataFormat, batch, channels, inputSize, outputSize } = window;
  const isGradient = name === "maxPool2dGradient" || name === "averagePool2dGradient";
  const shape = imageShape(dataFormat, batch, channels, isGradient ? inputSize : outputSize);
  const dtype = operands[0]!.dtype;
  const routine = { name, dtype, window } as const;
  const part = (which: Pool2DRoutine["name"], ...inputs: Tensor[]): Tensor => pool(which, window, inputs);
  return record(
    { kind: "routine", routine, reference: pool2dReference },
    operands,
    shape,
    dtype,
    (dy, [x]) => {
      switch (name) {
        case "maxPool2d":
          return [part("maxPool2dGradient", x!, dy)];
        case "maxPool2dGradient":
          return [undefined, part("maxPool2dGather", x!, dy)];
        case "maxPool2dGather":
          return [undefined, part("maxPool2dGradient", x!, dy)];
        case "averagePool2d":
          return [part("averagePool2dGradient", dy)];
        default:
          return [part("averagePool2d", dy)];
      }
    },
  );
}

const pool2d =
  (name: "maxPool2d" | "averagePool2d") =>
  (input: TensorLike, options: Pool2DOptions = {}): Tensor =>
    scope(() => {
      const [x] = unifyFloats([asTensor(input)]) as [Tensor];
      const poolSize = options.poolSize ?? 2;
      const strides = options.strides ?? poolSize;
      const window = window2D(name, x.shape, { ...options, windowSize: poolSize, strides });
      return pool(name, window, [x]);
    });

/**
 * The largest element of each window; the gradient goes to the first largest one.
 * @param input `[batch, height, width, channels]`, or `[batch, channels, height, width]` with "channelsFirst"
 * @throws ShapeError when the window does not fit
 */
export const maxPool2d = /* @__PURE__ */ pool2d("maxPool2d");

/** The mean of each window, over the places inside the input. Parameters as `maxPool2d`. */
export const averagePool2d = /* @__PURE__ */ pool2d("averagePool2d");

/** Options of `maxPool1d` and `averagePool1d`. */
export interface Pool1DOptions {
  /** Default 2. */
  readonly poolSize?: number;
  /** Default: the pool size. */
  readonly strides?: number;
  readonly padding?: "valid" | "same";
  readonly dataFormat?: DataFormat;
}

const pool1d =
  (op: string, along: typeof maxPool2d) =>
  (input: TensorLike, options: Pool1DOptions = {}): Tensor =>
    scope(() => {
      const x = asTensor(input);
      if (x.rank !== 3) throw new ShapeError(`${op}: got input ${formatShape(x.shape)}, expected 3 axes`);
      const { poolSize = 2, strides = poolSize, padding = "valid", dataFormat = "channelsLast" } = options;
      const axis = dataFormat === "channelsFirst" ? 2 : 1;
      const result = along(expandDims(x, axis), {
        poolSize: [1, poolSize],
        strides: [1, strides],
        padding,
        dataFormat,
      });
      return squeeze(result, axis);
    });

/** `maxPool2d` over the steps of `[batch, steps, channels]`. */
export const maxPool1d = /* @__PURE__ */ pool1d("maxPool1d", maxPool2d);

/** `averagePool2d` over the steps of `[batch, steps, channels]`. */
export const averagePool1d = /* @__PURE__ */ pool1d("averagePool1d", averagePool2d);
