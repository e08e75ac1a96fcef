export {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  type SparseTopKOptions,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKAccuracy,
} from "./accuracy.js";
export { type AucOptions, auc } from "./auc.js";
export { type ConfusionMatrixOptions, confusionCounts, confusionMatrix } from "./confusion-matrix.js";
export type { MetricConfig, MetricLike } from "./core-metrics.js";
export { type FBetaOptions, type FScoreOptions, f1Score, fBetaScore } from "./f-score.js";
export {
  type BinaryIoUOptions,
  binaryIoU,
  type IoUOptions,
  iou,
  meanIoU,
  oneHotIoU,
  oneHotMeanIoU,
} from "./iou.js";
export { type ClassMetric, type Metric, meanMetric, sumMetric } from "./metric.js";
export type { MetricName } from "./metric-names.js";
export {
  type CurveOptions,
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
export { type R2ScoreOptions, r2Score } from "./regression.js";
export { resolveMetric } from "./resolve.js";
export { rootMeanSquaredError } from "./root-mean-squared-error.js";
export type { ClassOption, ThresholdOptions } from "./thresholds.js";
