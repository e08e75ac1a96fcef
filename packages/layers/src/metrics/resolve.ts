import { logCosh } from "../losses/regression.js";
import { losses } from "../losses/resolve.js";
import { auc } from "./auc.js";
import { by, coreMetrics, type MetricLike, type MetricTable, metricFrom } from "./core-metrics.js";
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
import { cosineSimilarityMetric, r2Score } from "./regression.js";

/** The metrics of all names. */
export const metrics: Required<MetricTable> = {
  ...coreMetrics,
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
  r2Score,
  cosineSimilarity: cosineSimilarityMetric,
  logCoshError: () => meanMetric("logCoshError", logCosh),
};

/**
 * The metric meant, under the name given. The mean of any loss is a metric by the name of the loss.
 * @throws DataError for an unknown name, or options that the metric refuses
 */
export const resolveMetric = (like: MetricLike): Metric => metricFrom(metrics, losses, like)!;
