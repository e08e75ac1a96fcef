export {
  type ActivationFunction,
  type ActivationLike,
  keptLogits,
  type NamedActivation,
  resolveActivation,
  type Squash,
} from "./activations.js";
export { addLoss } from "./added-losses.js";
export type { Axes } from "./axes.js";
export type { BatchShape, Shapes } from "./batch-shape.js";
export type { Batches, LabelledBatch, SampleBatch } from "./batch-source.js";
export { type BatchLogs, type Callback, History, type Logs } from "./callback.js";
export * from "./callbacks/index.js";
export {
  type Constraint,
  type ConstraintLike,
  MaxNorm,
  MinMaxNorm,
  type MinMaxNormOptions,
  NonNeg,
  resolveConstraint,
  UnitNorm,
} from "./constraints.js";
export { type BadPlace, DivergedError } from "./diverged-error.js";
export type { EvaluateOptions } from "./evaluate.js";
export type { FitOptions, ValidationData } from "./fit-options.js";
export type { FunctionGraph, TensorPlace } from "./function-graph.js";
export { functional } from "./functional.js";
export {
  Constant,
  computeFans,
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  IdentityInitializer,
  type Initializer,
  type InitializerLike,
  LecunNormal,
  LecunUniform,
  Ones,
  Orthogonal,
  RandomNormal,
  RandomUniform,
  resolveInitializer,
  TruncatedNormal,
  VarianceScaling,
  type VarianceScalingOptions,
  Zeros,
} from "./initializers.js";
export type { WeightChoices, WeightSettings } from "./kernel-options.js";
export { Layer } from "./layer.js";
export { layerFromConfig } from "./layer-classes.js";
export type {
  CallOptions,
  LayerClass,
  LayerConfig,
  LayerOptions,
  LayerReader,
  WeightOptions,
  WeightRule,
} from "./layer-options.js";
export { type KernelOptions, KernelSettings } from "./layers/core/kernel-settings.js";
export * from "./layers/index.js";
export { type LoadOptions, loadModel, modelFromBytes, modelFromTensorflowJs } from "./load-model.js";
export * from "./losses/index.js";
export { type Mask, type Masks, maskOf, setMask } from "./masks.js";
export * from "./metrics/index.js";
export { Model, type ModelOptions } from "./model.js";
export type { DataItem, ModelData, NestedNumbers } from "./model-data.js";
export type { Config, Configurable, Like, NameOf, ObjectConfig } from "./named-object.js";
export type { ObjectiveOptions, PerOutput } from "./objectives.js";
export type { OpenOptions } from "./open-file.js";
export { type PlotModelOptions, type Plotted, plotModel } from "./plot-model.js";
export type { BatchOptions } from "./predict.js";
export { progressLine } from "./progress-line.js";
export {
  type FunctionOptions,
  type FunctionSettings,
  registerFunction,
} from "./registered-functions.js";
export {
  L1,
  L1L2,
  L2,
  OrthogonalRegularizer,
  type OrthogonalRegularizerOptions,
  type Regularizer,
  type RegularizerLike,
  resolveRegularizer,
} from "./regularizers.js";
export { decodeTensors, encodeTensors, type TensorFile } from "./safetensors.js";
export type { SaveFormat, SaveOptions } from "./save-file.js";
export { Seeds } from "./seeds.js";
export { Sequential, type SequentialOptions } from "./sequential.js";
export type { Saved, SavedModel, SavedTraining } from "./state-file.js";
export type { SummaryOptions } from "./summary.js";
export { type Inputs, type LayerUse, type Outputs, SymbolicTensor } from "./symbolic-tensor.js";
export { EventFile } from "./tensorboard/event-file.js";
export type { CompileOptions, StepBatch, StepFigures } from "./training.js";
