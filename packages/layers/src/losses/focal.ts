import {
  add,
  log,
  mean,
  multiply,
  negative,
  power,
  sigmoid,
  softmax,
  subtract,
  sum,
  type Tensor,
  tensor,
} from "@hekla/tensor";
import { binaryTerms, type CrossentropyOptions, scaled, smoothed } from "./crossentropy.js";
import { matchedAlong } from "./loss-function.js";

export interface FocalOptions extends CrossentropyOptions {
  /** Power of the modulating factor: how much less well predicted samples count. Default 2. */
  readonly gamma?: number;
}

export interface BinaryFocalOptions extends FocalOptions {
  /** Whether class 1 counts `alpha` and class 0 `1 - alpha`. Default false. */
  readonly applyClassBalancing?: boolean;
  /** Weight of class 1. Default 0.25. */
  readonly alpha?: number;
}

export interface CategoricalFocalOptions extends FocalOptions {
  /** Weight of all classes, or one weight a class. Default 0.25. */
  readonly alpha?: number | readonly number[];
}

/** `a t + b (1 - t)`. */
const between = (t: Tensor, a: Tensor | number, b: Tensor | number): Tensor =>
  add(multiply(t, a), multiply(subtract(1, t), b));

/**
 * `mean((1 - pt)^gamma * -log pt)` along `axis`, where `pt` is the probability of the label: p for 1, 1 - p for 0.
 * Source: Lin et al. 2017, equations 4 and 5; Keras 3 `binary_focal_crossentropy`.
 */
export function binaryFocalCrossentropy(
  yTrue: Tensor,
  yPred: Tensor,
  {
    applyClassBalancing = false,
    alpha = 0.25,
    gamma = 2,
    fromLogits = false,
    labelSmoothing = 0,
    axis,
  }: BinaryFocalOptions = {},
): Tensor {
  const [hard, given] = matchedAlong("binaryFocalCrossentropy", yTrue, yPred, axis);
  const t = smoothed(hard, labelSmoothing, 2);
  const p = fromLogits ? sigmoid(given) : given;
  const focal = multiply(power(subtract(1, between(t, p, subtract(1, p))), gamma), binaryTerms(t, p));
  return mean(applyClassBalancing ? multiply(between(t, alpha, 1 - alpha), focal) : focal, { axes: -1 });
}

/**
 * `sum(alpha (1 - p)^gamma * -t log p)` along `axis`, for one-hot targets.
 * Source: Lin et al. 2017; Keras 3 `categorical_focal_crossentropy`.
 */
export function categoricalFocalCrossentropy(
  yTrue: Tensor,
  yPred: Tensor,
  { alpha = 0.25, gamma = 2, fromLogits = false, labelSmoothing = 0, axis }: CategoricalFocalOptions = {},
): Tensor {
  const [hard, given] = matchedAlong("categoricalFocalCrossentropy", yTrue, yPred, axis);
  const t = smoothed(hard, labelSmoothing, given.shape.at(-1)!);
  const p = scaled(fromLogits ? softmax(given, { axis: -1 }) : given);
  const weight = typeof alpha === "number" ? alpha : tensor([...alpha], { dtype: p.dtype });
  const factor = multiply(power(subtract(1, p), gamma), weight);
  return sum(multiply(factor, negative(multiply(t, log(p)))), { axes: -1 });
}
