import { DataError, sigmoid } from "@hekla/tensor";
import { epsilon } from "../losses/loss-function.js";
import { checkChoice, type Metric, ratio } from "./metric.js";
import { shareOf } from "./precision-recall.js";
import {
  type BinOptions,
  binCount,
  binnedSums,
  type Counts,
  countsOf,
  evenThresholds,
  type Thresholds,
} from "./thresholds.js";

export interface AucOptions {
  /** Thresholds that the curve is drawn with. Default 200. */
  readonly numThresholds?: number;
  /**
   * Recall over the false positive rate (ROC), precision over recall (PR), or precision gain over recall gain
   * (PRGAIN, Flach and Kull 2015). Default "ROC".
   */
  readonly curve?: "ROC" | "PR" | "PRGAIN";
  /**
   * Height of the curve between two thresholds: "interpolation", their mean (on a PR curve by the formula of Davis and
   * Goadrich 2006); "minoring", the lower; "majoring", the higher. Default "interpolation".
   */
  readonly summationMethod?: "interpolation" | "minoring" | "majoring";
  /** Thresholds in (0, 1) in place of `numThresholds` even ones. */
  readonly thresholds?: readonly number[];
  /** Whether each label on the last axis has a curve, the areas being averaged. Default false. */
  readonly multiLabel?: boolean;
  /** Number of labels; needed with `multiLabel`. */
  readonly numLabels?: number;
  /** Weights of the labels: in the average with `multiLabel`, else of their samples. Default: all 1. */
  readonly labelWeights?: readonly number[];
  /** Whether predictions are logits rather than probabilities. Default false. */
  readonly fromLogits?: boolean;
}

/** Points of the curve, one for each threshold. */
function curvePoints(counts: Counts, curve: "ROC" | "PR" | "PRGAIN"): [x: number[], y: number[]] {
  const { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn } = counts;
  const recall = shareOf(counts, "recall");
  if (curve === "ROC") return [fp.map((value, at) => ratio(value, value + tn[at]!)), recall];
  if (curve === "PR") return [recall, shareOf(counts, "precision")];
  // Without true positives recall gain is 0 and precision gain 1; recall gain is not below 0.
  const gain = (wrong: readonly number[], at: number): number =>
    1 - ratio(tp[at]! + fn[at]!, tn[at]! + fp[at]!) * ratio(wrong[at]!, tp[at]!);
  return [
    tp.map((value, at) => (value === 0 ? 0 : Math.max(0, gain(fn, at)))),
    tp.map((value, at) => (value === 0 ? 1 : gain(fp, at))),
  ];
}

/** Area between two neighbouring thresholds under a precision-recall curve, by Davis and Goadrich 2006. */
function interpolatedArea(
  { truePositives: tp, falsePositives: fp, falseNegatives: fn }: Counts,
  at: number,
): number {
  const next = at + 1;
  const [from, to] = [tp[at]! + fp[at]!, tp[next]! + fp[next]!];
  const gained = tp[at]! - tp[next]!;
  const slope = ratio(gained, Math.max(from - to, 0));
  const intercept = tp[next]! - slope * to;
  const growth = from > 0 && to > 0 ? from / to : 1;
  return ratio(slope * (gained + intercept * Math.log(growth)), tp[next]! + fn[next]!);
}

const heights = {
  interpolation: (a: number, b: number) => (a + b) / 2,
  minoring: Math.min,
  majoring: Math.max,
} as const;

function area(counts: Counts, curve: "ROC" | "PR" | "PRGAIN", method: keyof typeof heights): number {
  const [x, y] = curvePoints(counts, curve);
  const strip = (at: number): number =>
    curve === "PR" && method === "interpolation"
      ? interpolatedArea(counts, at)
      : (x[at]! - x[at + 1]!) * heights[method](y[at]!, y[at + 1]!);
  return x.slice(1).reduce((total, _, at) => total + strip(at), 0);
}

/**
 * Area under a curve that is drawn from the counts at some thresholds. Labels are positive where they are not 0;
 * predictions are probabilities.
 * @throws DataError for a `curve` or `summationMethod` that there is not, fewer than 2 thresholds, `multiLabel` without
 *   `numLabels`, or another number of `labelWeights`
 * Source: Keras 3 `AUC`.
 */
export function auc(options: AucOptions = {}): Metric {
  const {
    curve = "ROC",
    summationMethod = "interpolation",
    multiLabel = false,
    fromLogits = false,
  } = options;
  const { numThresholds = 200, numLabels, labelWeights } = options;
  checkChoice("auc", "curve", curve, ["ROC", "PR", "PRGAIN"]);
  checkChoice("auc", "summationMethod", summationMethod, Object.keys(heights));
  if (multiLabel && !numLabels) throw new DataError("auc: got multiLabel alone, expected numLabels with it");
  if (multiLabel && labelWeights && labelWeights.length !== numLabels) {
    throw new DataError(`auc: got ${labelWeights.length} labelWeights, expected numLabels ${numLabels}`);
  }
  const inner = options.thresholds
    ? { values: [0, ...[...options.thresholds].sort((a, b) => a - b), 1] }
    : evenThresholds("auc", numThresholds, 2);
  // The ends lie outside, so that every prediction is beyond the first and none beyond the last.
  const thresholds: Thresholds = {
    ...inner,
    values: [-epsilon, ...inner.values.slice(1, -1), 1 + epsilon],
  };
  const bins: BinOptions = multiLabel ? { numLabels: numLabels! } : labelWeights ? { labelWeights } : {};
  return {
    name: "auc",
    size: binCount(thresholds, bins),
    sums: (yTrue, yPred, sampleWeight) =>
      binnedSums("auc", thresholds, [yTrue, fromLogits ? sigmoid(yPred) : yPred, sampleWeight], bins),
    result: (sums) => {
      const weights = (multiLabel && labelWeights) || Array<number>(bins.numLabels ?? 1).fill(1);
      const areas = weights.map((weight, label) => {
        return weight * area(countsOf(sums, thresholds, label), curve, summationMethod);
      });
      return ratio(
        areas.reduce((a, b) => a + b),
        weights.reduce((a, b) => a + b),
      );
    },
  };
}
