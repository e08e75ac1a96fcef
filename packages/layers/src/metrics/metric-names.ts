/** All names of metrics but those of losses. Known to every app, as those of losses are. */
export const metricNames = [
  "accuracy",
  "acc",
  "binaryAccuracy",
  "categoricalAccuracy",
  "sparseCategoricalAccuracy",
  "topKAccuracy",
  "topKCategoricalAccuracy",
  "sparseTopKCategoricalAccuracy",
  "precision",
  "recall",
  "f1Score",
  "fBetaScore",
  "auc",
  "truePositives",
  "falsePositives",
  "trueNegatives",
  "falseNegatives",
  "sensitivityAtSpecificity",
  "specificityAtSensitivity",
  "precisionAtRecall",
  "recallAtPrecision",
  "iou",
  "meanIoU",
  "oneHotIoU",
  "oneHotMeanIoU",
  "binaryIoU",
  "rootMeanSquaredError",
  "r2Score",
  "cosineSimilarity",
  "logCoshError",
] as const;

export type MetricName = (typeof metricNames)[number];

export const isMetricName = (name: string): name is MetricName =>
  (metricNames as readonly string[]).includes(name);
