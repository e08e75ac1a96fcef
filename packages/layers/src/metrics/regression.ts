import { DataError, full, negative, ones, ShapeError, scope, square, subtract, sum } from "@hekla/tensor";
import { type AxisOption, matched } from "../losses/loss-function.js";
import { cosineSimilarity as cosineLoss } from "../losses/regression.js";
import {
  asFloats,
  type ClassMetric,
  checkChoice,
  joined,
  type Metric,
  meanMetric,
  weighted,
} from "./metric.js";

/** Mean of `t . p / (|t| |p|)` along `axis`: the loss of this name with the other sign. Source: Keras 3. */
export const cosineSimilarityMetric = (options: AxisOption = {}): Metric =>
  meanMetric("cosineSimilarity", (yTrue, yPred) => negative(cosineLoss(yTrue, yPred, options)));

export interface R2ScoreOptions {
  /** Length of the last axis of labels and predictions. Default 1. */
  readonly numOutputs?: number;
  /**
   * How the scores of the outputs become one: "uniformAverage", their mean; "varianceWeightedAverage", by the variance
   * of the labels; "none": `scores` gives them one by one, and the figure in logs is their mean.
   * Default "uniformAverage".
   */
  readonly classAggregation?: "uniformAverage" | "varianceWeightedAverage" | "none";
  /** Number of independent regressors, for the adjusted score. Default 0: not adjusted. */
  readonly numRegressors?: number;
}

/**
 * Coefficient of determination, `1 - sum(w (t - p)^2) / sum(w (t - mean(t))^2)`; adjusted for p regressors and n labels
 * `1 - (1 - R2) (n - 1) / (n - p - 1)` where n > p + 1. The variance is taken from `sum(w t^2)` and `sum(w t)`, which in
 * float32 leaves few digits where the mean is much larger than the spread: centre such labels.
 * @throws DataError for an option out of its range; ShapeError for another number of outputs
 * Source: Keras 3 `R2Score`.
 */
export function r2Score(options: R2ScoreOptions = {}): ClassMetric {
  const { numOutputs: n = 1, classAggregation = "uniformAverage", numRegressors = 0 } = options;
  const aggregations = ["uniformAverage", "varianceWeightedAverage", "none"];
  checkChoice("r2Score", "classAggregation", classAggregation, aggregations);
  if (!(n >= 1 && numRegressors >= 0)) {
    throw new DataError(
      `r2Score: got numOutputs ${n}, numRegressors ${numRegressors}, expected at least 1 and 0`,
    );
  }
  const outputs = Array.from({ length: n }, (_, at) => at);
  const variation = (sums: ArrayLike<number>, at: number): number =>
    sums[n + at]! - sums[at]! ** 2 / sums[3 * n + at]!;
  /** Keras counts a score that is infinite, of labels that are all equal, as 0. */
  const score = (sums: ArrayLike<number>, at: number): number => {
    const raw = 1 - sums[2 * n + at]! / variation(sums, at);
    return Math.abs(raw) === Number.POSITIVE_INFINITY ? 0 : raw;
  };
  const adjusted = (raw: number, samples: number): number =>
    numRegressors === 0 || numRegressors >= samples - 1
      ? raw
      : 1 - ((1 - raw) * (samples - 1)) / (samples - numRegressors - 1);
  return {
    name: "r2Score",
    size: 4 * n + 1,
    // Labels, their squares, squared errors, weights; and how many labels there are.
    sums: (yTrue, yPred, sampleWeight) =>
      scope(() => {
        const [t, p] = matched("r2Score", yTrue, asFloats(yPred));
        if (t.shape.at(-1) !== n) {
          throw new ShapeError(
            `r2Score: got predictions [${yPred.shape}], expected numOutputs ${n} at the end`,
          );
        }
        const { dtype, shape } = t;
        const each = [t, square(t), square(subtract(t, p)), ones(shape, { dtype })];
        const axes = shape.slice(1).map((_, axis) => axis);
        const totals = each.map((x) => sum(weighted(x, sampleWeight), { axes }));
        return joined([...totals, full([], t.size, { dtype })]);
      }),
    scores: (sums) => outputs.map((at) => adjusted(score(sums, at), sums[4 * n]!)),
    result: (sums) => {
      const byVariance = classAggregation === "varianceWeightedAverage";
      const weights = outputs.map((at) => (byVariance ? variation(sums, at) : 1));
      const total = outputs.reduce((a, at) => a + weights[at]! * score(sums, at), 0);
      return adjusted(total / weights.reduce((a, b) => a + b), sums[4 * n]!);
    },
  };
}
