import { DataError } from "@hekla/tensor";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from "./crossentropy.js";
import { ctc } from "./ctc.js";
import { binaryFocalCrossentropy, categoricalFocalCrossentropy } from "./focal.js";
import { categoricalHinge, hinge, squaredHinge } from "./hinge.js";
import type { LossFunction } from "./loss-function.js";
import { dice, tversky } from "./overlap.js";
import { klDivergence, poisson } from "./probabilistic.js";
import {
  cosineSimilarity,
  huber,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
} from "./regression.js";

/** Options come from plain JSON: each loss takes its own. */
type LossWithOptions = (...args: [...Parameters<LossFunction>, options: never]) => ReturnType<LossFunction>;

const losses: Readonly<Record<string, LossWithOptions>> = {
  meanSquaredError,
  mse: meanSquaredError,
  meanAbsoluteError,
  mae: meanAbsoluteError,
  meanAbsolutePercentageError,
  mape: meanAbsolutePercentageError,
  meanSquaredLogarithmicError,
  msle: meanSquaredLogarithmicError,
  huber,
  logCosh,
  cosineSimilarity,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  binaryCrossentropy,
  bce: binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalFocalCrossentropy,
  klDivergence,
  kld: klDivergence,
  poisson,
  hinge,
  squaredHinge,
  categoricalHinge,
  dice,
  tversky,
  ctc,
};

/** A loss with options, as plain JSON: `{ name: "categoricalCrossentropy", fromLogits: true }`. */
export interface LossConfig {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** A name such as "categoricalCrossentropy", a name with options, or a function. */
export type LossLike = string | LossConfig | LossFunction;

/** Whether a loss has this name. */
export const isLossName = (name: string): boolean => Object.hasOwn(losses, name);

/**
 * The loss meant. Names are those of the functions, and mse, mae, mape, msle, bce, kld.
 * @throws DataError for an unknown name
 */
export function resolveLoss(like: LossLike): LossFunction {
  if (typeof like === "function") return like;
  const { name, ...options } = typeof like === "string" ? { name: like } : like;
  if (!isLossName(name)) {
    throw new DataError(
      `loss: unknown name, got "${name}", expected one of ${Object.keys(losses).join(", ")}`,
    );
  }
  return (yTrue, yPred) => losses[name]!(yTrue, yPred, options as never);
}
