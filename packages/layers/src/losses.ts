import {
  abs,
  add,
  cast,
  clip,
  DataError,
  divide,
  expandDims,
  log,
  logSoftmax,
  mean,
  minimum,
  multiply,
  negative,
  oneHot,
  reshape,
  ShapeError,
  softplus,
  square,
  subtract,
  sum,
  type Tensor,
} from "@hekla/tensor";
import { keptLogits } from "./activations.js";

/** Loss of each sample: targets and predictions of shape `[batch, ..., n]` give `[batch, ...]`. */
export type LossFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** Probabilities are kept this far from 0 and 1 before the logarithm. Source: Keras 3 `config.epsilon()`. */
const epsilon = 1e-7;

/** Targets in the dtype and rank of the predictions; throws ShapeError where the shapes differ. */
function matched(loss: string, yTrue: Tensor, yPred: Tensor): Tensor {
  const raised = yTrue.rank === yPred.rank - 1 && yPred.shape.at(-1) === 1 ? expandDims(yTrue, -1) : yTrue;
  if (raised.shape.join() !== yPred.shape.join()) {
    throw new ShapeError(
      `${loss}: labels and predictions differ in shape, got labels [${yTrue.shape}] and ` +
        `predictions [${yPred.shape}], expected the same`,
    );
  }
  return cast(raised, yPred.dtype);
}

/** `mean((yTrue - yPred)^2)` over the last axis. */
export const meanSquaredError: LossFunction = (yTrue, yPred) =>
  mean(square(subtract(matched("meanSquaredError", yTrue, yPred), yPred)), { axes: -1 });

/** `mean(|yTrue - yPred|)` over the last axis. */
export const meanAbsoluteError: LossFunction = (yTrue, yPred) =>
  mean(abs(subtract(matched("meanAbsoluteError", yTrue, yPred), yPred)), { axes: -1 });

export interface HuberOptions {
  /** Where the square becomes a line. Default 1. */
  readonly delta?: number;
}

/**
 * Square up to `delta`, a line beyond: `mean(q (|e| - q / 2))` with `q = min(|e|, delta)`, over the last axis.
 * Source: Huber 1964; Keras 3 `huber`.
 */
export function huber(yTrue: Tensor, yPred: Tensor, { delta = 1 }: HuberOptions = {}): Tensor {
  const error = abs(subtract(matched("huber", yTrue, yPred), yPred));
  const cut = minimum(error, delta);
  return mean(multiply(cut, subtract(error, multiply(cut, 0.5))), { axes: -1 });
}

export interface CrossentropyOptions {
  /** Whether predictions are logits rather than probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** Share of each target that is spread over all classes. Default 0. */
  readonly labelSmoothing?: number;
}

/** `log p` of predictions: by their logits where there are any, else by probabilities scaled to sum to 1. */
function logProbabilities(yPred: Tensor, fromLogits: boolean): Tensor {
  const logits = fromLogits ? yPred : keptLogits(yPred, "softmax");
  if (logits) return logSoftmax(logits);
  const scaled = divide(yPred, sum(yPred, { axes: -1, keepDims: true }));
  return log(clip(scaled, epsilon, 1 - epsilon));
}

/**
 * `-sum(yTrue log p)` over the last axis, for one-hot targets. Predictions that come from a softmax activation are
 * taken by their logits, so that nothing overflows.
 * Source: Keras 3 `categorical_crossentropy`.
 */
export function categoricalCrossentropy(
  yTrue: Tensor,
  yPred: Tensor,
  { fromLogits = false, labelSmoothing = 0 }: CrossentropyOptions = {},
): Tensor {
  const hard = matched("categoricalCrossentropy", yTrue, yPred);
  const classes = yPred.shape.at(-1)!;
  const target =
    labelSmoothing === 0 ? hard : add(multiply(hard, 1 - labelSmoothing), labelSmoothing / classes);
  return negative(sum(multiply(target, logProbabilities(yPred, fromLogits)), { axes: -1 }));
}

/** Class numbers of shape `[batch, ...]`, whether or not they came with a last axis of size 1. */
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

/** `-log p[yTrue]`, for targets that are class numbers. Source: Keras 3 `sparse_categorical_crossentropy`. */
export function sparseCategoricalCrossentropy(
  yTrue: Tensor,
  yPred: Tensor,
  { fromLogits = false }: Pick<CrossentropyOptions, "fromLogits"> = {},
): Tensor {
  const labels = classNumbers("sparseCategoricalCrossentropy", yTrue, yPred);
  const chosen = oneHot(labels, yPred.shape.at(-1)!, { dtype: yPred.dtype });
  return negative(sum(multiply(chosen, logProbabilities(yPred, fromLogits)), { axes: -1 }));
}

/**
 * `-mean(t log p + (1 - t) log(1 - p))` over the last axis. Predictions that come from a sigmoid activation are
 * taken by their logits x: `softplus(x) - t x`.
 * Source: Keras 3 `binary_crossentropy`.
 */
export function binaryCrossentropy(
  yTrue: Tensor,
  yPred: Tensor,
  { fromLogits = false, labelSmoothing = 0 }: CrossentropyOptions = {},
): Tensor {
  const hard = matched("binaryCrossentropy", yTrue, yPred);
  const target = labelSmoothing === 0 ? hard : add(multiply(hard, 1 - labelSmoothing), 0.5 * labelSmoothing);
  const logits = fromLogits ? yPred : keptLogits(yPred, "sigmoid");
  if (logits) return mean(subtract(softplus(logits), multiply(target, logits)), { axes: -1 });
  const p = clip(yPred, epsilon, 1 - epsilon);
  const terms = add(multiply(target, log(p)), multiply(subtract(1, target), log(subtract(1, p))));
  return negative(mean(terms, { axes: -1 }));
}

type LossWithOptions = (yTrue: Tensor, yPred: Tensor, options?: Readonly<Record<string, never>>) => Tensor;

const losses: Readonly<Record<string, LossWithOptions>> = {
  meanSquaredError,
  mse: meanSquaredError,
  meanAbsoluteError,
  mae: meanAbsoluteError,
  huber,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  binaryCrossentropy,
};

/** A loss with options, as plain JSON: `{ name: "categoricalCrossentropy", fromLogits: true }`. */
export interface LossConfig {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** A name such as "categoricalCrossentropy", a name with options, or a function. */
export type LossLike = string | LossConfig | LossFunction;

/**
 * The loss meant.
 * @throws DataError for an unknown name
 */
export function resolveLoss(like: LossLike): LossFunction {
  if (typeof like === "function") return like;
  const { name, ...options } = typeof like === "string" ? { name: like } : like;
  const loss = Object.hasOwn(losses, name) ? losses[name] : undefined;
  if (!loss) {
    throw new DataError(
      `loss: unknown name, got "${name}", expected one of ${Object.keys(losses).join(", ")}`,
    );
  }
  return (yTrue, yPred) => loss(yTrue, yPred, options as Readonly<Record<string, never>>);
}
