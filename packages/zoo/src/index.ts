export { type AffineRange, affineAugment } from "./affine-augment.js";
export {
  type ChoiceField,
  type ConfigOf,
  type ConfigSchema,
  type ConfigValue,
  choice,
  ConfigError,
  expectedValue,
  type Field,
  type FlagField,
  flag,
  type IntegerField,
  integer,
  type NumberField,
  number,
  resolveConfig,
  type TextField,
  text,
} from "./config.js";
export { digitFromImage, type GreyImage } from "./digit-image.js";
export { digitsOptimizer } from "./digits.js";
export type { DigitsConfig, DigitsSchema } from "./digits-config.js";
export type { DigitsProvider, DigitsRequest } from "./digits-data.js";
export { mnistCnn } from "./mnist-cnn.js";
export { mnistMlp } from "./mnist-mlp.js";
export { mnistPerceptron } from "./mnist-perceptron.js";
export {
  type DataProvider,
  DivergedError,
  type EvaluateContext,
  type EvaluateOutcome,
  type Preset,
  type TrainContext,
  type TrainingReady,
  type TrainOutcome,
  type ZooModel,
} from "./model.js";
export { findModel, zoo } from "./registry.js";
