import {
  cast,
  divide,
  equal,
  logicalAnd,
  maximum,
  multiply,
  reshape,
  ShapeError,
  sum,
  type Tensor,
  where,
} from "@hekla/tensor";
import { maskOf } from "../masks.js";

/**
 * How losses of samples become one number: "sum"; "sumOverBatchSize" and "mean", the sum divided by the number of
 * losses; "meanWithSampleWeight", divided by the sum of the sample weights; "none", no reduction.
 */
export type Reduction = "sumOverBatchSize" | "sum" | "mean" | "meanWithSampleWeight" | "none";

export interface ReduceLossOptions {
  /** A weight per sample `[batch]`, or per place, by the leading axes of the losses. Default: all 1. */
  readonly sampleWeight?: Tensor | undefined;
  /** Where losses count, by their leading axes. Default: everywhere. */
  readonly mask?: Tensor | undefined;
  /** Default "sumOverBatchSize". */
  readonly reduction?: Reduction | undefined;
}

/**
 * Weights or a mask by the leading axes of `values`: of its rank, with axes of size 1 for those that are missing. A
 * last axis of size 1 too many is dropped.
 * @throws ShapeError where they do not fit
 */
export function byLeadingAxes(owner: string, weight: Tensor, values: Tensor): Tensor {
  // A loss without axes (dice over the whole batch) takes weights of any shape.
  if (values.rank === 0) return weight;
  const drops = weight.rank === values.rank + 1 && weight.shape.at(-1) === 1;
  const shape = drops ? weight.shape.slice(0, -1) : [...weight.shape];
  const fits = shape.every((size, axis) => size === 1 || size === values.shape[axis]);
  if (!fits || shape.length > values.rank) {
    throw new ShapeError(
      `${owner}: does not fit the values, got [${weight.shape}] for values [${values.shape}], ` +
        "expected their leading axes",
    );
  }
  while (shape.length < values.rank) shape.push(1);
  return reshape(weight, shape);
}

/** The mask given and the one that the values carry (of an ignored class, say), as one of the rank of the values. */
function wholeMask(values: Tensor, given: Tensor | undefined): Tensor | undefined {
  const own = maskOf(values);
  // Values that carry a mask and have fewer axes than the one given were made with its help: ctc does so.
  const useful = own && given && given.rank > values.rank ? undefined : given;
  const masks = [own, useful].flatMap((mask) => (mask ? [byLeadingAxes("mask", mask, values)] : []));
  return masks.length === 2 ? logicalAnd(masks[0]!, masks[1]!) : masks[0];
}

/**
 * One number of the losses of samples `[batch, ...]`. Places that the mask leaves out count neither in the sum nor in
 * what it is divided by, and no gradient flows through them; over no places at all the result is 0. Weights act as
 * factors; they change what a mean is divided by under "meanWithSampleWeight" only.
 * @returns a scalar; under "none" the losses times their weights
 * @throws ShapeError where weights or mask do not fit
 * Source: Keras 3 `reduce_weighted_values`; beyond it, weights and masks may lack trailing axes.
 */
export function reduceLoss(values: Tensor, options: ReduceLossOptions = {}): Tensor {
  const { reduction = "sumOverBatchSize" } = options;
  const mask = wholeMask(values, options.mask);
  const weight =
    options.sampleWeight && cast(byLeadingAxes("sampleWeight", options.sampleWeight, values), values.dtype);
  const kept = mask ? where(mask, values, 0) : values;
  const weighted = weight ? multiply(kept, weight) : kept;
  if (reduction === "none") return weighted;
  const total = sum(weighted);
  if (reduction === "sum" || weighted.rank === 0) return total;
  if (reduction === "meanWithSampleWeight" && weight) {
    const counted = mask ? where(mask, weight, 0) : weight;
    const divisor = multiply(sum(counted), weighted.size / counted.size);
    const none = equal(divisor, 0);
    return where(none, 0, divide(total, where(none, 1, divisor)));
  }
  if (!mask) return divide(total, Math.max(weighted.size, 1));
  return divide(total, multiply(maximum(sum(cast(mask, values.dtype)), 1), weighted.size / mask.size));
}
