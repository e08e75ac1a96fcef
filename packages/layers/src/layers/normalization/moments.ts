import {
  add,
  cast,
  divide,
  multiply,
  negative,
  rsqrt,
  square,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  where,
} from "@hekla/tensor";

/** Mean and variance of values over some axes, which are left in place with size 1. */
export interface Moments {
  /** The values minus the mean, that taken for a constant. */
  readonly centred: Tensor;
  /** The mean minus that constant: 0, but for its gradient. */
  readonly offset: Tensor;
  readonly mean: Tensor;
  /** Mean squared distance from the mean: divided by the count. */
  readonly variance: Tensor;
}

/**
 * Two passes, so that a mean far from 0 costs no digits. `E(x - m)^2 = E(x - c)^2 - (m - c)^2` for every constant c,
 * the value of the mean m in particular: then the last term is 0, and so is its first derivative, which spares the
 * backward step a pass over the values; the second derivative is right, too.
 * @param mask which values count, of their shape. With one, sums are divided by the number of those plus 1e-7, as in
 *   Keras 3, so that nothing is divided by 0
 */
export function moments(x: Tensor, axes: readonly number[], mask?: Tensor): Moments {
  const total = (values: Tensor): Tensor => sum(values, { axes, keepDims: true });
  const counted = (values: Tensor): Tensor => (mask ? where(mask, values, 0) : values);
  const size = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
  const count = mask ? add(total(cast(mask, x.dtype)), 1e-7) : size;
  const mean = divide(total(counted(x)), count);
  const constant = stopGradient(mean);
  const centred = subtract(x, constant);
  const offset = subtract(mean, constant);
  const variance = subtract(divide(total(square(counted(centred))), count), square(offset));
  return { centred, offset, mean, variance };
}

/**
 * `(x - mean) / sqrt(variance + epsilon) * scale + shift`.
 * @param scale of the shape of the moments; default 1
 * @param shift likewise; default 0
 */
export function normalize(of: Moments, epsilon: number, scale?: Tensor, shift?: Tensor): Tensor {
  const inverse = rsqrt(add(of.variance, epsilon));
  const factor = scale ? multiply(inverse, scale) : inverse;
  // The offset goes into the shift, not into the values: its gradient then is that of the shift, summed up already.
  const correction = multiply(of.offset, factor);
  const constant = shift ? subtract(shift, correction) : negative(correction);
  return add(multiply(of.centred, factor), constant);
}
