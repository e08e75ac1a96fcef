import {
  argMax,
  cast,
  DataError,
  divide,
  equal,
  greater,
  mean,
  reshape,
  sum,
  type Tensor,
  topK,
} from "@hekla/tensor";
import {
  classNumbers,
  type LossFunction,
  meanAbsoluteError,
  meanSquaredError,
  resolveLoss,
} from "./losses.js";

/**
 * A figure over many batches. It is a function of sums over the samples, so that each training step only adds to
 * numbers on the device, and nothing is read until the figure is shown.
 */
export interface Metric {
  /** Key in logs and history. */
  readonly name: string;
  /** How many sums there are. */
  readonly size: number;
  /** The sums over one batch, of shape `[size]`. */
  sums(yTrue: Tensor, yPred: Tensor): Tensor;
  /** The figure for the sums over `samples` samples. */
  result(sums: ArrayLike<number>, samples: number): number;
}

/** The mean over samples of a value per sample (itself a mean over further axes): `[batch, ...]`. */
export const meanMetric = (name: string, values: LossFunction): Metric => ({
  name,
  size: 1,
  sums: (yTrue, yPred) => {
    const each = values(yTrue, yPred);
    const perSample = each.size / each.shape[0]!;
    return reshape(perSample === 1 ? sum(each) : divide(sum(each), perSample), [1]);
  },
  result: (sums, samples) => sums[0]! / samples,
});

const matches = (a: Tensor, b: Tensor): Tensor => cast(equal(a, b), "float32");

const binaryMatches: LossFunction = (yTrue, yPred) => {
  const target = reshape(yTrue, yPred.shape);
  return mean(matches(cast(target, "float32"), cast(greater(yPred, 0.5), "float32")), { axes: -1 });
};

const categoricalMatches: LossFunction = (yTrue, yPred) =>
  matches(argMax(yTrue, { axis: -1 }), argMax(yPred, { axis: -1 }));

const sparseMatches: LossFunction = (yTrue, yPred) =>
  matches(classNumbers("sparseCategoricalAccuracy", yTrue, yPred), argMax(yPred, { axis: -1 }));

/** The kind of accuracy follows from the shapes, as in Keras. */
const anyMatches: LossFunction = (yTrue, yPred) => {
  if (yPred.shape.at(-1) === 1) return binaryMatches(yTrue, yPred);
  const sparse = yTrue.rank < yPred.rank || yTrue.shape.at(-1) === 1;
  return sparse ? sparseMatches(yTrue, yPred) : categoricalMatches(yTrue, yPred);
};

/**
 * Share of right predictions: by 0.5 for one output, by the largest of several; labels one-hot or class numbers.
 * Source: Keras 3, the string "accuracy".
 */
export const accuracy = (): Metric => meanMetric("accuracy", anyMatches);

export const binaryAccuracy = (): Metric => meanMetric("binaryAccuracy", binaryMatches);

export const categoricalAccuracy = (): Metric => meanMetric("categoricalAccuracy", categoricalMatches);

export const sparseCategoricalAccuracy = (): Metric => meanMetric("sparseCategoricalAccuracy", sparseMatches);

/** Share of samples whose class is among the `k` likeliest; labels one-hot or class numbers. */
export const topKAccuracy = (k = 5): Metric =>
  meanMetric("topKAccuracy", (yTrue, yPred) => {
    const sparse = yTrue.rank < yPred.rank || yTrue.shape.at(-1) === 1;
    const labels = sparse ? classNumbers("topKAccuracy", yTrue, yPred) : argMax(yTrue, { axis: -1 });
    const best = topK(yPred, k).indices;
    return sum(matches(reshape(labels, [...labels.shape, 1]), best), { axes: -1 });
  });

/** Square root of the mean squared error over all samples. */
export const rootMeanSquaredError = (): Metric => ({
  ...meanMetric("rootMeanSquaredError", meanSquaredError),
  result: (sums, samples) => Math.sqrt(sums[0]! / samples),
});

const metrics: Readonly<Record<string, () => Metric>> = {
  accuracy,
  acc: accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKAccuracy: () => topKAccuracy(),
  rootMeanSquaredError,
  meanSquaredError: () => meanMetric("meanSquaredError", meanSquaredError),
  mse: () => meanMetric("mse", meanSquaredError),
  meanAbsoluteError: () => meanMetric("meanAbsoluteError", meanAbsoluteError),
  mae: () => meanMetric("mae", meanAbsoluteError),
  categoricalCrossentropy: () =>
    meanMetric("categoricalCrossentropy", resolveLoss("categoricalCrossentropy")),
  binaryCrossentropy: () => meanMetric("binaryCrossentropy", resolveLoss("binaryCrossentropy")),
};

/** A name such as "accuracy", or a metric. */
export type MetricLike = string | Metric;

/**
 * The metric meant.
 * @throws DataError for an unknown name
 */
export function resolveMetric(like: MetricLike): Metric {
  if (typeof like !== "string") return like;
  const make = Object.hasOwn(metrics, like) ? metrics[like] : undefined;
  if (!make) {
    const known = Object.keys(metrics).join(", ");
    throw new DataError(`metric: unknown name, got "${like}", expected one of ${known}`);
  }
  return make();
}
