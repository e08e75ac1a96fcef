import { argMax, cast, DataError, greaterEqual, reshape, scope, type Tensor } from "@hekla/tensor";
import { confusionMatrix } from "./confusion-matrix.js";
import { type ClassMetric, ratio } from "./metric.js";

export interface IoUOptions {
  /** Classes that count in the mean. Default: all. */
  readonly targetClassIds?: readonly number[];
  /** Class whose labels do not count. Default: none. */
  readonly ignoreClass?: number;
  /** Whether labels are class numbers rather than one-hot. Default true; false for the one-hot metrics. */
  readonly sparseYTrue?: boolean;
  /** Whether predictions are class numbers rather than scores. Default true; false for the one-hot metrics. */
  readonly sparseYPred?: boolean;
  /** Axis of the classes where they are not class numbers. Default -1. */
  readonly axis?: number;
}

/** The mean of `tp / (tp + fp + fn)` over the target classes that occur, from a confusion matrix. */
function unionMetric(
  name: string,
  numClasses: number,
  { targetClassIds, ignoreClass, sparseYTrue = true, sparseYPred = true, axis = -1 }: IoUOptions,
  prepared = (yPred: Tensor): Tensor => yPred,
): ClassMetric {
  if (!Number.isInteger(numClasses) || numClasses < 1) {
    throw new DataError(`${name}: got numClasses ${numClasses}, expected a whole number of at least 1`);
  }
  const all = Array.from({ length: numClasses }, (_, at) => at);
  const targets = targetClassIds ?? all;
  const union = (sums: ArrayLike<number>, id: number): number =>
    all.reduce((total, at) => total + sums[id * numClasses + at]! + sums[at * numClasses + id]!, 0) -
    sums[id * numClasses + id]!;
  const scores = (sums: ArrayLike<number>): number[] =>
    targets.map((id) => ratio(sums[id * numClasses + id]!, union(sums, id)));
  return {
    name,
    size: numClasses ** 2,
    sums: (yTrue, yPred, sampleWeight) =>
      scope(() => {
        const label = sparseYTrue ? yTrue : argMax(yTrue, { axis });
        const predicted = sparseYPred ? prepared(yPred) : argMax(yPred, { axis });
        const matrix = confusionMatrix(label, predicted, {
          classes: numClasses,
          ...(sampleWeight && { sampleWeight }),
          ...(ignoreClass !== undefined && { ignoreClass }),
        });
        return reshape(matrix, [-1]);
      }),
    scores,
    result: (sums) => {
      const present = targets.filter((id) => union(sums, id) > 0).length;
      return ratio(
        scores(sums).reduce((a, b) => a + b, 0),
        present,
      );
    },
  };
}

/**
 * Intersection over union, `tp / (tp + fp + fn)`, averaged over classes that occur in labels or predictions; `scores`
 * gives the classes one by one. Labels and predictions are class numbers of any shape; others are left out.
 * @throws DataError where `numClasses` is no number of classes
 * Source: Keras 3 `IoU`, without the 1e-7 that it adds to what it divides by; sample weights are not cut to whole
 * numbers, as Keras does by default.
 */
export const iou = (numClasses: number, options: IoUOptions = {}): ClassMetric =>
  unionMetric("iou", numClasses, options);

/** `iou` over all classes. Source: Keras 3 `MeanIoU`. */
export const meanIoU = (numClasses: number, options: Omit<IoUOptions, "targetClassIds"> = {}): ClassMetric =>
  unionMetric("meanIoU", numClasses, options);

/** `iou` of one-hot labels and scores. Source: Keras 3 `OneHotIoU`. */
export const oneHotIoU = (numClasses: number, options: Omit<IoUOptions, "sparseYTrue"> = {}): ClassMetric =>
  unionMetric("oneHotIoU", numClasses, { sparseYPred: false, ...options, sparseYTrue: false });

/** `oneHotIoU` over all classes. Source: Keras 3 `OneHotMeanIoU`. */
export const oneHotMeanIoU = (
  numClasses: number,
  options: Omit<IoUOptions, "sparseYTrue" | "targetClassIds"> = {},
): ClassMetric =>
  unionMetric("oneHotMeanIoU", numClasses, { sparseYPred: false, ...options, sparseYTrue: false });

export interface BinaryIoUOptions extends Pick<IoUOptions, "targetClassIds"> {
  /** Predictions from here on are class 1. Default 0.5. */
  readonly threshold?: number;
}

/** `iou` of classes 0 and 1, for predictions that are probabilities of class 1. Source: Keras 3 `BinaryIoU`. */
export const binaryIoU = ({ threshold = 0.5, ...options }: BinaryIoUOptions = {}): ClassMetric =>
  unionMetric("binaryIoU", 2, options, (p) => cast(greaterEqual(p, threshold), "int32"));
