import {
  add,
  cast,
  clip,
  divide,
  log,
  logSoftmax,
  mean,
  multiply,
  negative,
  notEqual,
  oneHot,
  reshape,
  ShapeError,
  softplus,
  subtract,
  sum,
  type Tensor,
  where,
} from "@hekla/tensor";
import { keptLogits } from "../activations.js";
import { setMask } from "../masks.js";
import { type AxisOption, axisLast, epsilon, matchedAlong } from "./loss-function.js";

export interface CrossentropyOptions extends AxisOption {
  /** Whether predictions are logits rather than probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** Share of each target that is spread over all classes. Default 0. */
  readonly labelSmoothing?: number;
}

export interface SparseCrossentropyOptions extends AxisOption {
  /** Whether predictions are logits rather than probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** Class number whose places do not count: loss 0, and left out of means as if masked. Default: none. */
  readonly ignoreClass?: number;
}

/** Probabilities, none of them so near to 0 or 1 that a logarithm overflows. */
export const clipped = (p: Tensor): Tensor => clip(p, epsilon, 1 - epsilon);

/** Probabilities scaled to sum to 1 along the last axis, and clipped. */
export const scaled = (p: Tensor): Tensor => clipped(divide(p, sum(p, { axes: -1, keepDims: true })));

/** Targets with a share of `smoothing` spread evenly over `classes`. */
export const smoothed = (target: Tensor, smoothing: number, classes: number): Tensor =>
  smoothing === 0 ? target : add(multiply(target, 1 - smoothing), smoothing / classes);

/** `log p`, classes last: by the logits of the predictions where there are any, else by scaled probabilities. */
function logProbabilities(yPred: Tensor, fromLogits: boolean, axis?: number): Tensor {
  const along = axisLast(yPred, axis);
  const logits = fromLogits ? along : along === yPred ? keptLogits(yPred, "softmax") : undefined;
  return logits ? logSoftmax(logits) : log(scaled(along));
}

/**
 * `-sum(t log p)` along `axis`, for one-hot targets. Predictions that come from a softmax activation are taken by their
 * logits, so that nothing overflows; others are scaled to sum to 1 and clipped to [1e-7, 1 - 1e-7].
 * Source: Keras 3 `categorical_crossentropy`; smoothing goes by the number of classes along `axis`.
 */
export function categoricalCrossentropy(
  yTrue: Tensor,
  yPred: Tensor,
  { fromLogits = false, labelSmoothing = 0, axis }: CrossentropyOptions = {},
): Tensor {
  const [hard, p] = matchedAlong("categoricalCrossentropy", yTrue, yPred, axis);
  const target = smoothed(hard, labelSmoothing, p.shape.at(-1)!);
  return negative(sum(multiply(target, logProbabilities(yPred, fromLogits, axis)), { axes: -1 }));
}

/** Class numbers of shape `[batch, ...]`, whether or not they came with a last axis of size 1; int32. */
export function classNumbers(owner: string, yTrue: Tensor, yPred: Tensor): Tensor {
  const shape = yPred.shape.slice(0, -1);
  const trimmed =
    yTrue.rank === yPred.rank && yTrue.shape.at(-1) === 1 ? yTrue.shape.slice(0, -1) : yTrue.shape;
  if (trimmed.join() !== shape.join()) {
    throw new ShapeError(
      `${owner}: labels do not fit the predictions, got labels [${yTrue.shape}] and ` +
        `predictions [${yPred.shape}], expected class numbers of shape [${shape}]`,
    );
  }
  return cast(reshape(yTrue, shape), "int32");
}

/**
 * `-log p[yTrue]` along `axis`, for targets that are class numbers.
 * Source: Keras 3 `sparse_categorical_crossentropy`.
 */
export function sparseCategoricalCrossentropy(
  yTrue: Tensor,
  yPred: Tensor,
  { fromLogits = false, ignoreClass, axis }: SparseCrossentropyOptions = {},
): Tensor {
  const logs = logProbabilities(yPred, fromLogits, axis);
  const labels = classNumbers("sparseCategoricalCrossentropy", yTrue, logs);
  const valid = ignoreClass === undefined ? undefined : notEqual(labels, ignoreClass);
  // No class at all for ignored places: their loss and gradient are 0.
  const chosen = oneHot(valid ? where(valid, labels, -1) : labels, logs.shape.at(-1)!, { dtype: logs.dtype });
  return setMask(negative(sum(multiply(chosen, logs), { axes: -1 })), valid);
}

/** `-(t log p + (1 - t) log(1 - p))` of probabilities, element by element. */
export const binaryTerms = (t: Tensor, p: Tensor): Tensor =>
  negative(add(multiply(t, log(clipped(p))), multiply(subtract(1, t), log(clipped(subtract(1, p))))));

/**
 * `-mean(t log p + (1 - t) log(1 - p))` along `axis`. Predictions that come from a sigmoid activation are taken by
 * their logits x: `t softplus(-x) + (1 - t) softplus(x)`, exact in value and gradient however sure they are; others are
 * clipped to [1e-7, 1 - 1e-7].
 * Source: Keras 3 `binary_crossentropy`.
 */
export function binaryCrossentropy(
  yTrue: Tensor,
  yPred: Tensor,
  { fromLogits = false, labelSmoothing = 0, axis }: CrossentropyOptions = {},
): Tensor {
  const x = fromLogits ? yPred : keptLogits(yPred, "sigmoid");
  const [hard, p] = matchedAlong("binaryCrossentropy", yTrue, x ?? yPred, axis);
  const t = smoothed(hard, labelSmoothing, 2);
  const terms = x
    ? add(multiply(t, softplus(negative(p))), multiply(subtract(1, t), softplus(p)))
    : binaryTerms(t, p);
  return mean(terms, { axes: -1 });
}
