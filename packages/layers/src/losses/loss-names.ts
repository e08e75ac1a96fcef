/** All names of losses. Known to every app, so that `compile` refuses others at once; what they name may load later. */
export const lossNames = [
  "meanSquaredError",
  "mse",
  "meanAbsoluteError",
  "mae",
  "meanAbsolutePercentageError",
  "mape",
  "meanSquaredLogarithmicError",
  "msle",
  "huber",
  "logCosh",
  "cosineSimilarity",
  "categoricalCrossentropy",
  "sparseCategoricalCrossentropy",
  "binaryCrossentropy",
  "bce",
  "binaryFocalCrossentropy",
  "categoricalFocalCrossentropy",
  "klDivergence",
  "kld",
  "poisson",
  "hinge",
  "squaredHinge",
  "categoricalHinge",
  "dice",
  "tversky",
  "ctc",
] as const;

export type LossName = (typeof lossNames)[number];

export const isLossName = (name: string): name is LossName => (lossNames as readonly string[]).includes(name);
