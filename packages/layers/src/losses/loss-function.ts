import { cast, expandDims, mean, ShapeError, squeeze, type Tensor, transpose } from "@hekla/tensor";

/** Loss of each sample: targets and predictions of shape `[batch, ..., n]` give `[batch, ...]`. */
export type LossFunction = ((yTrue: Tensor, yPred: Tensor) => Tensor) & {
  /** Set where targets are class numbers, all of which must be those of classes that the model has. */
  readonly ofClassNumbers?: boolean;
};

/** Keeps logarithms and quotients finite. Source: Keras 3 `config.epsilon()`. */
export const epsilon = 1e-7;

/** The axis that a loss is taken along. */
export interface AxisOption {
  /** Default -1. */
  readonly axis?: number;
}

/**
 * Targets and predictions of one shape, targets in the dtype of the predictions. Either may lack a last axis of size 1:
 * labels `[batch]` fit predictions `[batch, 1]`, and predictions `[batch]` count as `[batch, 1]`.
 * @throws ShapeError where the shapes differ
 */
export function matched(loss: string, yTrue: Tensor, yPred: Tensor): [target: Tensor, prediction: Tensor] {
  const prediction = yPred.rank === 1 ? expandDims(yPred, -1) : yPred;
  const surplus = yTrue.rank - prediction.rank;
  let target = yTrue;
  if (surplus === -1 && prediction.shape.at(-1) === 1) target = expandDims(yTrue, -1);
  else if (surplus === 1 && yTrue.shape.at(-1) === 1) target = squeeze(yTrue, -1);
  if (target.shape.join() !== prediction.shape.join()) {
    throw new ShapeError(
      `${loss}: labels and predictions differ in shape, got labels [${yTrue.shape}] and ` +
        `predictions [${yPred.shape}], expected the same`,
    );
  }
  return [cast(target, prediction.dtype), prediction];
}

/** The tensor with `axis` moved to the end, the others in their order. */
export function axisLast(x: Tensor, axis = -1): Tensor {
  const at = axis < 0 ? axis + x.rank : axis;
  if (at === x.rank - 1) return x;
  const others = x.shape.map((_, position) => position).filter((position) => position !== at);
  return transpose(x, [...others, at]);
}

/** As `matched`, with the axis of the loss at the end. */
export const matchedAlong = (loss: string, yTrue: Tensor, yPred: Tensor, axis?: number): [Tensor, Tensor] => {
  const [target, prediction] = matched(loss, yTrue, yPred);
  return [axisLast(target, axis), axisLast(prediction, axis)];
};

/**
 * The mean over the last axis of what `each` makes of targets and predictions, element by element; a function of that
 * name, by which logs call it where it is given as a metric.
 */
export const meanOf = (loss: string, each: LossFunction): LossFunction =>
  ({
    [loss]: (yTrue: Tensor, yPred: Tensor): Tensor =>
      mean(each(...matched(loss, yTrue, yPred)), { axes: -1 }),
  })[loss]!;
