import {
  cast,
  concat,
  DataError,
  divide,
  full,
  isFloat,
  multiply,
  reshape,
  sum,
  type Tensor,
  where,
} from "@hekla/tensor";
import type { LossFunction } from "../losses/loss-function.js";
import { byLeadingAxes } from "../losses/reduce.js";
import { maskOf } from "../masks.js";

/**
 * A figure over many batches. It is a function of sums over the samples, so that each training step only adds to
 * numbers on the device, and nothing is read until the figure is shown.
 *
 * Sums are float32 totals: counts are exact up to 2^24 = 16 777 216, from where adding 1 changes nothing any more; other
 * totals carry a rounding of 2^-24 of their size a batch.
 *
 * Metrics are plain objects: `{ ...auc({ curve: "PR" }), name: "prAuc" }` is one under another name.
 */
export interface Metric {
  /** Key in logs and history. */
  readonly name: string;
  /** How many sums there are. */
  readonly size: number;
  /**
   * The sums over one batch, of shape `[size]`.
   * @param sampleWeight weights `[batch]`, or by more leading axes of the predictions; a mask is multiplied into them
   */
  sums(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Tensor;
  /** The figure for sums over all batches. */
  result(sums: ArrayLike<number>): number;
}

/** A metric that is a figure per class or output as well. */
export interface ClassMetric extends Metric {
  /** The figures of the classes one by one. */
  scores(sums: ArrayLike<number>): number[];
}

/** @throws DataError for a choice that is none of those there are */
export function checkChoice(owner: string, option: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new DataError(`${owner}: bad ${option}, got "${value}", expected one of ${known.join(", ")}`);
}

/** a / b, 0 where b is 0. */
export const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);

/** The float type that counts about a tensor are kept in: its own, float32 for class numbers. */
export const asFloats = (x: Tensor): Tensor => (isFloat(x.dtype) ? x : cast(x, "float32"));

/** Values times weights by leading axes; places of weight 0 give 0 whatever stands there. */
export function weighted(values: Tensor, weight: Tensor | undefined): Tensor {
  if (!weight) return values;
  const fitted = cast(byLeadingAxes("sampleWeight", weight, values), values.dtype);
  return where(fitted, multiply(values, fitted), 0);
}

/** Elements a sample has. */
const perSample = ({ rank, size, shape }: Tensor): number => (rank === 0 ? 1 : size / shape[0]!);

/** Scalars and vectors, one after the other. */
export const joined = (parts: readonly Tensor[]): Tensor => concat(parts.map((part) => reshape(part, [-1])));

/**
 * The weighted mean of a value per sample (itself a mean over further axes): `sum(w v) / sum(w)`, 0 without samples.
 * @param values gives `[batch, ...]`
 * Source: Keras 3 `MeanMetricWrapper`. Places that the loss leaves out (`ignoreClass`) count nowhere; Keras leaves
 * them out only where there are sample weights.
 */
export const meanMetric = (name: string, values: LossFunction): Metric => ({
  name,
  size: 2,
  sums: (yTrue, yPred, sampleWeight) => {
    const each = asFloats(values(yTrue, yPred));
    const mask = maskOf(each);
    const counted = mask && weighted(cast(mask, each.dtype), sampleWeight);
    const weight = counted ?? sampleWeight;
    const samples = each.shape[0] ?? 1;
    const count = weight
      ? divide(sum(cast(weight, each.dtype)), perSample(weight))
      : full([], samples, { dtype: each.dtype });
    return joined([divide(sum(weighted(each, weight)), perSample(each)), count]);
  },
  result: (sums) => ratio(sums[0]!, sums[1]!),
});

/** The weighted sum of values. Source: Keras 3 `Sum`. */
export const sumMetric = (name: string, values: LossFunction): Metric => ({
  name,
  size: 1,
  sums: (yTrue, yPred, sampleWeight) =>
    reshape(sum(weighted(asFloats(values(yTrue, yPred)), sampleWeight)), [1]),
  result: (sums) => sums[0]!,
});
