import { DataError } from "@hekla/tensor";
import type { LossFunction } from "../losses/loss-function.js";
import { isLossName, resolveLoss } from "../losses/resolve.js";
import {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKAccuracy,
} from "./accuracy.js";
import { auc } from "./auc.js";
import { f1Score, fBetaScore } from "./f-score.js";
import { binaryIoU, iou, meanIoU, oneHotIoU, oneHotMeanIoU } from "./iou.js";
import { type Metric, meanMetric } from "./metric.js";
import {
  falseNegatives,
  falsePositives,
  precision,
  precisionAtRecall,
  recall,
  recallAtPrecision,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
  trueNegatives,
  truePositives,
} from "./precision-recall.js";
import { cosineSimilarityMetric, r2Score, rootMeanSquaredError } from "./regression.js";

/** Options come from plain JSON: each metric takes its own. */
type Options = Readonly<Record<string, never>>;
type Maker = (options: Options) => Metric;

/** Makers whose first argument is an option of this name. */
const by =
  (first: string, make: (value: never, options: Options) => Metric): Maker =>
  (options) =>
    make(options[first] as never, options);

const metrics: Readonly<Record<string, Maker>> = {
  accuracy,
  acc: accuracy,
  binaryAccuracy: by("threshold", binaryAccuracy),
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKAccuracy: by("k", topKAccuracy),
  topKCategoricalAccuracy: by("k", topKAccuracy),
  sparseTopKCategoricalAccuracy: by("k", sparseTopKCategoricalAccuracy),
  precision,
  recall,
  f1Score,
  fBetaScore: (options) => fBetaScore(options),
  auc,
  truePositives,
  falsePositives,
  trueNegatives,
  falseNegatives,
  sensitivityAtSpecificity: by("specificity", sensitivityAtSpecificity),
  specificityAtSensitivity: by("sensitivity", specificityAtSensitivity),
  precisionAtRecall: by("recall", precisionAtRecall),
  recallAtPrecision: by("precision", recallAtPrecision),
  iou: by("numClasses", iou),
  meanIoU: by("numClasses", meanIoU),
  oneHotIoU: by("numClasses", oneHotIoU),
  oneHotMeanIoU: by("numClasses", oneHotMeanIoU),
  binaryIoU,
  rootMeanSquaredError,
  r2Score,
  cosineSimilarity: cosineSimilarityMetric,
  logCoshError: () => meanMetric("logCoshError", resolveLoss("logCosh")),
};

/** A metric with options, as plain JSON: `{ name: "auc", curve: "PR" }`. */
export interface MetricConfig {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** A name such as "accuracy" or that of a loss, a name with options, a metric, or a function as losses are. */
export type MetricLike = string | MetricConfig | Metric | LossFunction;

/**
 * The metric meant, under the name given. The mean of any loss is a metric by the name of the loss.
 * @throws DataError for an unknown name, or options that the metric refuses
 */
export function resolveMetric(like: MetricLike): Metric {
  if (typeof like === "function") return meanMetric(like.name, like);
  if (typeof like === "object" && "sums" in like) return like as Metric;
  const { name, ...options } = typeof like === "string" ? { name: like } : like;
  const make = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  if (make) return { ...make(options as Options), name };
  if (isLossName(name)) return meanMetric(name, resolveLoss(like as string | MetricConfig));
  const known = Object.keys(metrics).join(", ");
  throw new DataError(`metric: unknown name, got "${name}", expected one of ${known}, or a loss`);
}
