import {
  abs,
  add,
  divide,
  log1p,
  maximum,
  minimum,
  multiply,
  negative,
  rsqrt,
  softplus,
  square,
  subtract,
  sum,
  type Tensor,
} from "@hekla/tensor";
import { type AxisOption, epsilon, matchedAlong, meanOf } from "./loss-function.js";

/** `mean((t - p)^2)` over the last axis. Source: Keras 3 `mean_squared_error`. */
export const meanSquaredError = meanOf("meanSquaredError", (t, p) => square(subtract(t, p)));

/** `mean(|t - p|)` over the last axis. Source: Keras 3 `mean_absolute_error`. */
export const meanAbsoluteError = meanOf("meanAbsoluteError", (t, p) => abs(subtract(t, p)));

/** `100 mean(|t - p| / max(|t|, 1e-7))` over the last axis. Source: Keras 3 `mean_absolute_percentage_error`. */
export const meanAbsolutePercentageError = meanOf("meanAbsolutePercentageError", (t, p) =>
  multiply(divide(abs(subtract(t, p)), maximum(abs(t), epsilon)), 100),
);

/**
 * `mean((log(1 + max(p, 1e-7)) - log(1 + max(t, 1e-7)))^2)` over the last axis.
 * Source: Keras 3 `mean_squared_logarithmic_error`.
 */
export const meanSquaredLogarithmicError = meanOf("meanSquaredLogarithmicError", (t, p) =>
  square(subtract(log1p(maximum(p, epsilon)), log1p(maximum(t, epsilon)))),
);

/** `mean(log(cosh(p - t)))` over the last axis, without overflow. Source: Keras 3 `log_cosh`. */
export const logCosh = meanOf("logCosh", (t, p) => {
  const error = subtract(p, t);
  return subtract(add(error, softplus(multiply(error, -2))), Math.LN2);
});

export interface HuberOptions {
  /** Where the square becomes a line. Default 1. */
  readonly delta?: number;
}

/**
 * Square up to `delta`, a line beyond: `mean(q (|e| - q / 2))` with `q = min(|e|, delta)`, over the last axis.
 * Source: Huber 1964; Keras 3 `huber`.
 */
export const huber = (yTrue: Tensor, yPred: Tensor, { delta = 1 }: HuberOptions = {}): Tensor =>
  meanOf("huber", (t, p) => {
    const error = abs(subtract(t, p));
    const cut = minimum(error, delta);
    return multiply(cut, subtract(error, multiply(cut, 0.5)));
  })(yTrue, yPred);

/** x / max(|x|, 1e-7) along the last axis; the gradient at 0 is finite. */
const unit = (x: Tensor): Tensor =>
  multiply(x, rsqrt(maximum(sum(square(x), { axes: -1, keepDims: true }), epsilon ** 2)));

/**
 * `-t . p / (|t| |p|)` along `axis`: -1 where both point the same way, 0 where one is zero.
 * Source: Keras 3 `cosine_similarity`.
 */
export function cosineSimilarity(yTrue: Tensor, yPred: Tensor, { axis }: AxisOption = {}): Tensor {
  const [t, p] = matchedAlong("cosineSimilarity", yTrue, yPred, axis);
  return negative(sum(multiply(unit(t), unit(p)), { axes: -1 }));
}
