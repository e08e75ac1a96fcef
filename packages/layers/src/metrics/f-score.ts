import {
  abs,
  cast,
  DataError,
  greater,
  greaterEqual,
  logicalAnd,
  max,
  multiply,
  scope,
  sum,
  type Tensor,
} from "@hekla/tensor";
import { epsilon, matched } from "../losses/loss-function.js";
import { asFloats, type ClassMetric, checkChoice, joined, weighted } from "./metric.js";

export interface FScoreOptions {
  /** Length of the last axis of labels and predictions; needed but for average "micro". */
  readonly numClasses?: number;
  /**
   * How the scores of the classes become one: "macro", their mean; "weighted", by the number of labels; "micro", one
   * score of all counts together; "none": `scores` gives them one by one, and the figure in logs is their mean.
   * Default "none".
   */
  readonly average?: "none" | "micro" | "macro" | "weighted";
  /** What is positive has a larger prediction. Default: the largest of the last axis is positive. */
  readonly threshold?: number;
}

export interface FBetaOptions extends FScoreOptions {
  /** How many times as much recall counts as precision. Default 1. */
  readonly beta?: number;
}

/** 0 or 1 for each prediction; predictions of 0 are never positive. */
function decided(p: Tensor, threshold: number | undefined): Tensor {
  if (threshold !== undefined) return greater(p, threshold);
  return logicalAnd(greaterEqual(p, max(p, { axes: -1, keepDims: true })), greater(abs(p), 1e-9));
}

/**
 * `(1 + beta^2) precision recall / (beta^2 precision + recall)`, for one-hot labels (or several at once) of shape
 * `[batch, classes]`.
 * @throws DataError where `numClasses` is missing, or an option out of its range
 * Source: Keras 3 `FBetaScore`.
 */
export function fBetaScore(options: FBetaOptions = {}, name = "fBetaScore"): ClassMetric {
  const { average = "none", beta = 1, threshold } = options;
  checkChoice(name, "average", average, ["none", "micro", "macro", "weighted"]);
  const classes = average === "micro" ? 1 : options.numClasses;
  if (!classes) throw new DataError(`${name}: got no numClasses, expected it for average "${average}"`);
  if (!(beta > 0)) throw new DataError(`${name}: got beta ${beta}, expected a number above 0`);
  if (threshold !== undefined && !(threshold > 0 && threshold <= 1)) {
    throw new DataError(`${name}: got threshold ${threshold}, expected a number above 0, at most 1`);
  }
  const part = (sums: ArrayLike<number>, row: number): number[] =>
    Array.from({ length: classes }, (_, at) => sums[row * classes + at]!);
  const scores = (sums: ArrayLike<number>): number[] =>
    part(sums, 0).map((hits, at) => {
      const precision = hits / (part(sums, 1)[at]! + epsilon);
      const recall = hits / (part(sums, 2)[at]! + epsilon);
      return ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall + epsilon);
    });
  return {
    name,
    size: 3 * classes,
    // Right ones, predicted ones and real ones.
    sums: (yTrue, yPred, sampleWeight) =>
      scope(() => {
        const [t, p] = matched(name, yTrue, asFloats(yPred));
        const positive = cast(decided(p, threshold), p.dtype);
        const axes = p.shape.map((_, axis) => axis).slice(0, average === "micro" ? undefined : -1);
        return joined(
          [multiply(positive, t), positive, t].map((each) => sum(weighted(each, sampleWeight), { axes })),
        );
      }),
    scores,
    result: (sums) => {
      const labels = part(sums, 2);
      const total = labels.reduce((a, b) => a + b) + epsilon;
      const shares = labels.map((count) => (average === "weighted" ? count / total : 1 / classes));
      return scores(sums).reduce((mean, score, at) => mean + score * shares[at]!, 0);
    },
  };
}

/** `fBetaScore` with beta 1: the harmonic mean of precision and recall. Source: Keras 3 `F1Score`. */
export const f1Score = (options: FScoreOptions = {}): ClassMetric =>
  fBetaScore({ ...options, beta: 1 }, "f1Score");
