import { coreLosses, type LossLike, type LossTable, lossFrom } from "./core-losses.js";
import { ctc } from "./ctc.js";
import { binaryFocalCrossentropy, categoricalFocalCrossentropy } from "./focal.js";
import { categoricalHinge, hinge, squaredHinge } from "./hinge.js";
import type { LossFunction } from "./loss-function.js";
import { dice, tversky } from "./overlap.js";
import { klDivergence, poisson } from "./probabilistic.js";

/** The losses of all names. */
export const losses: Required<LossTable> = {
  ...coreLosses,
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

/**
 * The loss meant. Names are those of the functions, and mse, mae, mape, msle, bce, kld.
 * @throws DataError for an unknown name
 */
export const resolveLoss = (like: LossLike): LossFunction => lossFrom(losses, like)!;
