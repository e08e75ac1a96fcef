import {
  add,
  cast,
  DataError,
  greaterEqual,
  isFloat,
  less,
  logicalAnd,
  multiply,
  notEqual,
  ones,
  reshape,
  ShapeError,
  scatterAdd,
  scope,
  type Tensor,
  where,
} from "@hekla/tensor";
import { weighted } from "./metric.js";

export interface ConfusionMatrixOptions {
  /** Number of classes. */
  readonly classes: number;
  /** Weights of the samples, by the leading axes of the labels. Default: all 1. */
  readonly sampleWeight?: Tensor;
  /** Class whose labels do not count. Default: none. */
  readonly ignoreClass?: number;
}

/**
 * How often each class (row) is predicted as each (column): float32 `[classes, classes]`, samples with other class
 * numbers left out.
 * @param yTrue class numbers `[batch, ...]`
 * @param yPred class numbers of the same shape or size: `argMax(scores, { axis: -1 })`
 * @throws ShapeError where there are not as many labels as predictions
 * Source: Keras 3 `metrics_utils.confusion_matrix`.
 */
export function confusionMatrix(
  yTrue: Tensor,
  yPred: Tensor,
  { classes, sampleWeight, ignoreClass }: ConfusionMatrixOptions,
): Tensor {
  if (yTrue.size !== yPred.size) {
    throw new ShapeError(
      `confusionMatrix: got labels [${yTrue.shape}] and predictions [${yPred.shape}], expected equal sizes`,
    );
  }
  return scope(() => {
    const [label, predicted] = [yTrue, yPred].map((x) => cast(reshape(x, yTrue.shape), "int32"));
    let valid = [label!, predicted!]
      .map((x) => logicalAnd(greaterEqual(x, 0), less(x, classes)))
      .reduce(logicalAnd);
    if (ignoreClass !== undefined) valid = logicalAnd(valid, notEqual(label!, ignoreClass));
    const dtype = sampleWeight && isFloat(sampleWeight.dtype) ? sampleWeight.dtype : "float32";
    const each = where(valid, weighted(ones(yTrue.shape, { dtype }), sampleWeight), 0);
    const index = where(valid, add(multiply(label!, classes), predicted!), 0);
    const counts = scatterAdd(reshape(index, [-1]), reshape(each, [-1]), classes ** 2);
    return reshape(counts, [classes, classes]);
  });
}

/**
 * As `confusionMatrix`, from numbers on the host: `rows[label][prediction]`.
 * @param yPred class numbers, or `classes` scores for each label, of which the largest is taken
 * @throws DataError for a class that there is not, or another number of predictions
 */
export function confusionCounts(
  yTrue: ArrayLike<number>,
  yPred: ArrayLike<number>,
  { classes, sampleWeight }: { readonly classes: number; readonly sampleWeight?: ArrayLike<number> },
): number[][] {
  const scored = yPred.length !== yTrue.length;
  if (scored && yPred.length !== yTrue.length * classes) {
    throw new DataError(
      `confusionCounts: got ${yPred.length} predictions for ${yTrue.length} labels, ` +
        `expected as many, or ${classes} scores each`,
    );
  }
  const rows = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
  for (let sample = 0; sample < yTrue.length; sample++) {
    let predicted = scored ? 0 : yPred[sample]!;
    for (let at = 1; scored && at < classes; at++) {
      if (yPred[sample * classes + at]! > yPred[sample * classes + predicted]!) predicted = at;
    }
    const row = rows[yTrue[sample]!];
    if (row?.[predicted] === undefined) {
      throw new DataError(
        `confusionCounts: sample ${sample} is no class, got label ${yTrue[sample]} and prediction ${predicted}, ` +
          `expected whole numbers from 0 to ${classes - 1}`,
      );
    }
    row[predicted]! += sampleWeight?.[sample] ?? 1;
  }
  return rows;
}
