import { DataError } from "@hekla/tensor";
import { type Metric, ratio } from "./metric.js";
import {
  type ClassOption,
  type Counts,
  evenThresholds,
  oneThreshold,
  type ThresholdOptions,
  thresholdMetric,
} from "./thresholds.js";

/** Names a share of the counts: of what, beside what else. */
type Share = readonly [part: keyof Counts, rest: keyof Counts];

const shares = {
  precision: ["truePositives", "falsePositives"],
  recall: ["truePositives", "falseNegatives"],
  specificity: ["trueNegatives", "falsePositives"],
} as const satisfies Record<string, Share>;

/** part / (part + rest) for each threshold, 0 where both are 0. */
export const shareOf = (counts: Counts, kind: keyof typeof shares): number[] => {
  const [part, rest] = shares[kind];
  return counts[part].map((value, at) => ratio(value, value + counts[rest][at]!));
};

const shareMetric =
  (kind: "precision" | "recall") =>
  (options: ThresholdOptions = {}): Metric =>
    thresholdMetric(kind, oneThreshold(kind, options), options, (counts) => shareOf(counts, kind)[0]!);

/** True positives among the predicted ones, `tp / (tp + fp)`. Source: Keras 3 `Precision`. */
export const precision = shareMetric("precision");

/** True positives among the real ones, `tp / (tp + fn)`. Source: Keras 3 `Recall`. */
export const recall = shareMetric("recall");

const countMetric =
  (kind: keyof Counts) =>
  (options: Pick<ThresholdOptions, "thresholds"> = {}): Metric =>
    thresholdMetric(kind, oneThreshold(kind, options), {}, (counts) => counts[kind][0]!);

/** Number, or weight, of positive labels that are predicted so. Source: Keras 3 `TruePositives`. */
export const truePositives = countMetric("truePositives");

/** Number, or weight, of negative labels that are predicted positive. Source: Keras 3 `FalsePositives`. */
export const falsePositives = countMetric("falsePositives");

/** Number, or weight, of negative labels that are predicted so. Source: Keras 3 `TrueNegatives`. */
export const trueNegatives = countMetric("trueNegatives");

/** Number, or weight, of positive labels that are predicted negative. Source: Keras 3 `FalseNegatives`. */
export const falseNegatives = countMetric("falseNegatives");

export interface CurveOptions extends ClassOption {
  /** How many thresholds from 0 to 1 are tried. Default 200. */
  readonly numThresholds?: number;
}

/** The largest `wanted` share over the thresholds whose `given` share is at least a value; 0 where there are none. */
const bestAt =
  (name: string, wanted: keyof typeof shares, given: keyof typeof shares) =>
  (least: number, { numThresholds = 200, classId }: CurveOptions = {}): Metric => {
    if (!(least >= 0 && least <= 1)) {
      throw new DataError(`${name}: got ${given} ${least}, expected a number from 0 to 1`);
    }
    return thresholdMetric(name, evenThresholds(name, numThresholds), { classId }, (counts) => {
      const constraint = shareOf(counts, given);
      return Math.max(0, ...shareOf(counts, wanted).filter((_, at) => constraint[at]! >= least));
    });
  };

/** Best sensitivity (recall) with at least this specificity. Source: Keras 3 `SensitivityAtSpecificity`. */
export const sensitivityAtSpecificity = bestAt("sensitivityAtSpecificity", "recall", "specificity");

/** Best specificity with at least this sensitivity (recall). Source: Keras 3 `SpecificityAtSensitivity`. */
export const specificityAtSensitivity = bestAt("specificityAtSensitivity", "specificity", "recall");

/** Best precision with at least this recall. Source: Keras 3 `PrecisionAtRecall`. */
export const precisionAtRecall = bestAt("precisionAtRecall", "precision", "recall");

/** Best recall with at least this precision. Source: Keras 3 `RecallAtPrecision`. */
export const recallAtPrecision = bestAt("recallAtPrecision", "recall", "precision");
