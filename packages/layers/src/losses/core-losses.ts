import { DataError } from "@hekla/tensor";
import type { NameOf } from "../named-object.js";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from "./crossentropy.js";
import type { LossFunction } from "./loss-function.js";
import { isLossName, type LossName, lossNames } from "./loss-names.js";
import {
  cosineSimilarity,
  huber,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
} from "./regression.js";

/** A loss with options, as plain JSON: `{ name: "categoricalCrossentropy", fromLogits: true }`. */
export interface LossConfig {
  readonly name: NameOf<LossName>;
  readonly [option: string]: unknown;
}

/** A name such as "categoricalCrossentropy", a name with options, or a function. */
export type LossLike = NameOf<LossName> | LossConfig | LossFunction;

/** Options come from plain JSON: each loss takes its own. */
type LossWithOptions = (...args: [...Parameters<LossFunction>, options: never]) => ReturnType<LossFunction>;

/** All losses by name, or some of them. */
export type LossTable = { readonly [Name in LossName]?: LossWithOptions };

/** Losses that every app links, because most use one of them; the others load where a name asks for them. */
export const coreLosses = {
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
} satisfies LossTable;

/**
 * The loss meant; undefined where the table does not have it.
 * @throws DataError for a name that is none of a loss
 */
export function lossFrom(table: LossTable, like: LossLike): LossFunction | undefined {
  if (typeof like === "function") return like;
  const { name, ...options } = typeof like === "string" ? { name: like } : like;
  if (!isLossName(name)) {
    throw new DataError(`loss: unknown name, got "${name}", expected one of ${lossNames.join(", ")}`);
  }
  const loss = table[name];
  return loss && ((yTrue, yPred) => loss(yTrue, yPred, options as never));
}
