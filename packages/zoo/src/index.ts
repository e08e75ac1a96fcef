export { cae } from "./autoencoders/cae.js";
export { vae } from "./autoencoders/vae.js";
export { recurrentCell } from "./cells/recurrent-cell.js";
export { charLstm } from "./characters/char-lstm.js";
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
export { type DataParallelOptions, DataParallelStep } from "./data-parallel/data-parallel-step.js";
export {
  type DataParallelConfig,
  type DataParallelPlan,
  trainDataParallel,
} from "./data-parallel/train-data-parallel.js";
export { type DataOptions, DataSource, type LoaderOptions } from "./data-source.js";
export { type AffineRange, affineAugment } from "./digits/affine-augment.js";
export { digitFromImage, type GreyImage } from "./digits/digit-image.js";
export { digitsOptimizer } from "./digits/digits.js";
export type { DigitsConfig, DigitsSchema } from "./digits/digits-config.js";
export { loadDigits, loadTestDigits } from "./digits/digits-data.js";
export { mnistCnn } from "./digits/mnist-cnn.js";
export { mnistMlp } from "./digits/mnist-mlp.js";
export { mnistPerceptron } from "./digits/mnist-perceptron.js";
export { type LatentPhysicsConfig, latentPhysics } from "./flow/latent-physics.js";
export { electricityStackedLstm } from "./forecasting/electricity-stacked-lstm.js";
export { powerLstm } from "./forecasting/power-lstm.js";
export { sineStackedLstm } from "./forecasting/sine-stacked-lstm.js";
export { type DrawOptions, type GanConfig, gan } from "./gan/gan.js";
export { hyperspectralAe } from "./hyperspectral/hyperspectral-ae.js";
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
export { cnnLstm } from "./motion/cnn-lstm.js";
export * from "./plots/index.js";
export { findModel, zoo } from "./registry.js";
export * from "./reinforcement/dqn/index.js";
export * from "./reinforcement/environments/index.js";
export * from "./reinforcement/replay/index.js";
export { type GateTrace, gateTrace } from "./sentiment/gate-trace.js";
export type { JudgeSentences, Si650Config, Si650Schema } from "./sentiment/si650.js";
export { si650Bilstm } from "./sentiment/si650-bilstm.js";
export { si650Gru } from "./sentiment/si650-gru.js";
export { si650Lstm } from "./sentiment/si650-lstm.js";
export {
  type EpochConfig,
  keepConfig,
  keptConfig,
  type TrainingPlan,
  trainNetwork,
} from "./train-network.js";
export {
  type BeamSearchOptions,
  beamSearch,
  type Continuations,
  type Hypothesis,
} from "./translation/beam-search.js";
export { type BleuScore, corpusBleu, tokenize13a } from "./translation/bleu.js";
export { corpusChrf } from "./translation/chrf.js";
export { translateSeq2seq } from "./translation/translate-seq2seq.js";
