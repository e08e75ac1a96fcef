export { type AffineRange, affineAugment } from "./affine-augment.js";
export { type BeamSearchOptions, beamSearch, type Continuations, type Hypothesis } from "./beam-search.js";
export { type BleuScore, corpusBleu, tokenize13a } from "./bleu.js";
export { charLstm } from "./char-lstm.js";
export { corpusChrf } from "./chrf.js";
export { cnnLstm } from "./cnn-lstm.js";
export {
  type ChoiceField,
  ConfigError,
  type ConfigOf,
  type ConfigSchema,
  type ConfigValue,
  choice,
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
  type Widened,
} from "./config.js";
export { type DataOptions, DataSource, type LoaderOptions } from "./data-source.js";
export { digitFromImage, type GreyImage } from "./digit-image.js";
export { digitsOptimizer } from "./digits.js";
export type { DigitsConfig, DigitsSchema } from "./digits-config.js";
export { loadDigits, loadTestDigits } from "./digits-data.js";
export { mnistCnn } from "./mnist-cnn.js";
export { mnistMlp } from "./mnist-mlp.js";
export { mnistPerceptron } from "./mnist-perceptron.js";
export type {
  Artifact,
  DigitReader,
  EvaluateContext,
  EvaluateOutcome,
  InputFile,
  PredictContext,
  Prediction,
  PredictTask,
  Preset,
  Shown,
  TaskModel,
  TrainContext,
  TrainingReady,
  TrainOutcome,
  ZooModel,
} from "./model.js";
export * from "./plots/index.js";
export { recurrentCell } from "./recurrent-cell.js";
export { findModel, zoo } from "./registry.js";
export {
  type EpochConfig,
  keepConfig,
  keptConfig,
  type TrainingPlan,
  trainNetwork,
} from "./train-network.js";
export { translateSeq2seq } from "./translate-seq2seq.js";
