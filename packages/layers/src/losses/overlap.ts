import { add, divide, multiply, subtract, sum, type Tensor } from "@hekla/tensor";
import { epsilon, matched } from "./loss-function.js";

export interface OverlapOptions {
  /** Axis or axes that overlap is summed over. Default: all, which gives one scalar for the batch. */
  readonly axis?: number | readonly number[];
}

export interface TverskyOptions extends OverlapOptions {
  /** Weight of `t (1 - p)`, as Keras has it. Default 0.5. */
  readonly alpha?: number;
  /** Weight of `(1 - t) p`, as Keras has it. Default 0.5. */
  readonly beta?: number;
}

/** The sum over some axes, or all. */
const total = (x: Tensor, axis: OverlapOptions["axis"]): Tensor =>
  sum(x, axis === undefined ? {} : { axes: axis });

/**
 * `1 - sum(t p) / (sum(t p) + alpha sum(t (1 - p)) + beta sum((1 - t) p) + 1e-7)` over `axis`.
 * Source: Salehi et al. 2017, equation 3; Keras 3 `tversky`.
 */
export function tversky(
  yTrue: Tensor,
  yPred: Tensor,
  { alpha = 0.5, beta = 0.5, axis }: TverskyOptions = {},
): Tensor {
  const [t, p] = matched("tversky", yTrue, yPred);
  const both = total(multiply(t, p), axis);
  const missed = multiply(total(multiply(t, subtract(1, p)), axis), alpha);
  const added = multiply(total(multiply(p, subtract(1, t)), axis), beta);
  return subtract(1, divide(both, add(add(add(both, missed), added), epsilon)));
}

/**
 * `1 - 2 sum(t p) / (sum(t) + sum(p) + 1e-7)` over `axis`.
 * Source: Milletari et al. 2016; Keras 3 `dice`.
 */
export function dice(yTrue: Tensor, yPred: Tensor, { axis }: OverlapOptions = {}): Tensor {
  const [t, p] = matched("dice", yTrue, yPred);
  const sizes = add(total(t, axis), total(p, axis));
  return subtract(1, divide(multiply(total(multiply(t, p), axis), 2), add(sizes, epsilon)));
}
