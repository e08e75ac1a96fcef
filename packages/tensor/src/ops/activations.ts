import { named, record, scope } from "../recording.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { asTensor } from "./creation.js";
import {
  abs,
  add,
  divide,
  erf,
  expm1,
  greater,
  maximum,
  minimum,
  multiply,
  sigmoid,
  where,
} from "./elementwise.js";

/** x^2. */
export const square = (x: TensorLike): Tensor =>
  scope(() => {
    const source = asTensor(x);
    return multiply(source, source);
  });

/** x, but no gradient flows through it. */
export const stopGradient = (x: TensorLike): Tensor =>
  scope(() => {
    const source = asTensor(x);
    return record({ kind: "reshape" }, [source], source.shape, source.dtype);
  });

/** x cut to `[low, high]`; no gradient flows where it was cut. */
export const clip = (x: TensorLike, low: TensorLike, high: TensorLike): Tensor =>
  named("clip", () => minimum(maximum(x, low), high));

/** Keras's piecewise sigmoid: min(max(x / 6 + 0.5, 0), 1). */
export const hardSigmoid = (x: TensorLike): Tensor =>
  named("hardSigmoid", () => clip(add(multiply(x, 1 / 6), 0.5), 0, 1));

/** x where positive, else `negativeSlope` * x. */
export const leakyRelu = (x: TensorLike, options: { readonly negativeSlope?: number } = {}): Tensor =>
  named("leakyRelu", () => {
    const source = asTensor(x);
    return where(greater(source, 0), source, multiply(source, options.negativeSlope ?? 0.2));
  });

/** x where positive, else `alpha` * (e^x - 1). Source: Clevert et al. 2015, equation 15. */
export const elu = (x: TensorLike, options: { readonly alpha?: number } = {}): Tensor =>
  named("elu", () => {
    const source = asTensor(x);
    return where(greater(source, 0), source, multiply(expm1(minimum(source, 0)), options.alpha ?? 1));
  });

/** Scaled elu with fixed points 0 and 1 for mean and variance. Source: Klambauer et al. 2017, appendix 1. */
export const selu = (x: TensorLike): Tensor =>
  named("selu", () => multiply(elu(x, { alpha: 1.6732632423543772 }), 1.0507009873554805));

/** x * sigmoid(x). */
export const silu = (x: TensorLike): Tensor =>
  named("silu", () => {
    const source = asTensor(x);
    return multiply(source, sigmoid(source));
  });

/** x * Phi(x), exactly (not the tanh form). Source: Hendrycks and Gimpel 2016, section 2. */
export const gelu = (x: TensorLike): Tensor =>
  named("gelu", () => {
    const source = asTensor(x);
    return multiply(multiply(source, 0.5), add(erf(multiply(source, Math.SQRT1_2)), 1));
  });

/** x / (1 + |x|). */
export const softsign = (x: TensorLike): Tensor =>
  named("softsign", () => {
    const source = asTensor(x);
    return divide(source, add(abs(source), 1));
  });
