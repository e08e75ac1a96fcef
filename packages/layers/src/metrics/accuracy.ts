import {
  any,
  argMax,
  cast,
  equal,
  expandDims,
  greater,
  less,
  max,
  oneHot,
  slice,
  sum,
  type Tensor,
  where,
} from "@hekla/tensor";
import { classNumbers } from "../losses/crossentropy.js";
import { type LossFunction, matched } from "../losses/loss-function.js";
import { type Metric, meanMetric } from "./metric.js";

const binaryMatches =
  (threshold: number): LossFunction =>
  (yTrue, yPred) => {
    const [target, prediction] = matched("binaryAccuracy", yTrue, yPred);
    return equal(target, cast(greater(prediction, threshold), target.dtype));
  };

const largest = (x: Tensor): Tensor => argMax(x, { axis: -1 });

const categoricalMatches: LossFunction = (yTrue, yPred) =>
  equal(largest(matched("categoricalAccuracy", yTrue, yPred)[0]), largest(yPred));

const sparseMatches: LossFunction = (yTrue, yPred) =>
  equal(classNumbers("sparseCategoricalAccuracy", yTrue, yPred), largest(yPred));

/** Whether labels are class numbers rather than one-hot. */
const isSparse = (yTrue: Tensor, yPred: Tensor): boolean =>
  yTrue.rank < yPred.rank || (yTrue.shape.at(-1) === 1 && yPred.shape.at(-1) !== 1);

/**
 * Share of right predictions: by 0.5 for one output, by the largest of several; labels one-hot or class numbers.
 * Source: Keras 3, the string "accuracy".
 */
export const accuracy = (): Metric =>
  meanMetric("accuracy", (yTrue, yPred) => {
    if (yPred.rank === 1 || yPred.shape.at(-1) === 1) return binaryMatches(0.5)(yTrue, yPred);
    return (isSparse(yTrue, yPred) ? sparseMatches : categoricalMatches)(yTrue, yPred);
  });

/** Share of outputs on the right side of `threshold`: `(p > threshold) == t`. Source: Keras 3 `BinaryAccuracy`. */
export const binaryAccuracy = (threshold = 0.5): Metric =>
  meanMetric("binaryAccuracy", binaryMatches(threshold));

/** Share of samples whose largest prediction is that of the one-hot label. Source: Keras 3 `CategoricalAccuracy`. */
export const categoricalAccuracy = (): Metric => meanMetric("categoricalAccuracy", categoricalMatches);

/** As `categoricalAccuracy`, for class numbers. Source: Keras 3 `SparseCategoricalAccuracy`. */
export const sparseCategoricalAccuracy = (): Metric => meanMetric("sparseCategoricalAccuracy", sparseMatches);

/** Whether fewer than `k` predictions are larger than that of the label. */
const inTopK = (labels: Tensor, yPred: Tensor, k: number): Tensor => {
  const chosen = oneHot(labels, yPred.shape.at(-1)!, { dtype: "bool" });
  const own = max(where(chosen, yPred, Number.NEGATIVE_INFINITY), { axes: -1, keepDims: true });
  return less(sum(greater(yPred, own), { axes: -1 }), k);
};

/**
 * Share of samples whose class is among the `k` likeliest, equal ones all counted; labels one-hot or class numbers.
 * Source: Keras 3 `TopKCategoricalAccuracy`.
 */
export const topKAccuracy = (k = 5): Metric =>
  meanMetric("topKAccuracy", (yTrue, yPred) =>
    inTopK(
      isSparse(yTrue, yPred)
        ? classNumbers("topKAccuracy", yTrue, yPred)
        : largest(matched("topKAccuracy", yTrue, yPred)[0]),
      yPred,
      k,
    ),
  );

export interface SparseTopKOptions {
  /** Whether predictions are class numbers, likeliest first, rather than scores. Default false. */
  readonly fromSortedIds?: boolean;
}

/** As `topKAccuracy`, for class numbers. Source: Keras 3 `SparseTopKCategoricalAccuracy`. */
export const sparseTopKCategoricalAccuracy = (
  k = 5,
  { fromSortedIds = false }: SparseTopKOptions = {},
): Metric =>
  meanMetric("sparseTopKCategoricalAccuracy", (yTrue, yPred) => {
    const labels = classNumbers("sparseTopKCategoricalAccuracy", yTrue, yPred);
    if (!fromSortedIds) return inTopK(labels, yPred, k);
    const outer = yPred.shape.slice(0, -1);
    const first = slice(
      yPred,
      yPred.shape.map(() => 0),
      [...outer, Math.min(k, yPred.shape.at(-1)!)],
    );
    return any(equal(expandDims(labels, -1), first), { axes: -1 });
  });
