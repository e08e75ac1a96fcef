export type { LossConfig, LossLike } from "./core-losses.js";
export {
  binaryCrossentropy,
  type CrossentropyOptions,
  categoricalCrossentropy,
  type SparseCrossentropyOptions,
  sparseCategoricalCrossentropy,
} from "./crossentropy.js";
export { type CtcOptions, ctc, ctcLoss } from "./ctc.js";
export {
  type BinaryFocalOptions,
  binaryFocalCrossentropy,
  type CategoricalFocalOptions,
  categoricalFocalCrossentropy,
  type FocalOptions,
} from "./focal.js";
export { categoricalHinge, hinge, squaredHinge } from "./hinge.js";
export type { AxisOption, LossFunction } from "./loss-function.js";
export type { LossName } from "./loss-names.js";
export { dice, type OverlapOptions, type TverskyOptions, tversky } from "./overlap.js";
export { klDivergence, poisson } from "./probabilistic.js";
export { type ReduceLossOptions, type Reduction, reduceLoss } from "./reduce.js";
export {
  cosineSimilarity,
  type HuberOptions,
  huber,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
} from "./regression.js";
export { resolveLoss } from "./resolve.js";
