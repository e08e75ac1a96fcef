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
export { type DtypePolicy, dtypePolicy, setDtypePolicy } from "./dtype-policy.js";
export { type LoadOptions, loadModel, modelFromBytes, modelFromTensorflowJs } from "./files/load-model.js";
export type { OpenOptions } from "./files/open-file.js";
export { decodeTensors, encodeTensors, type TensorFile } from "./files/safetensors.js";
export type { SaveFormat, SaveOptions } from "./files/save-file.js";
export type { Saved, SavedModel, SavedTraining } from "./files/state-file.js";
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
export * from "./losses/index.js";
export { type Mask, type Masks, maskOf, setMask } from "./masks.js";
export * from "./metrics/index.js";
export type { FunctionGraph, TensorPlace } from "./models/function-graph.js";
export { functional } from "./models/functional.js";
export { Model, type ModelOptions } from "./models/model.js";
export { type PlotModelOptions, type Plotted, plotModel } from "./models/plot-model.js";
export { Sequential, type SequentialOptions } from "./models/sequential.js";
export type { SummaryOptions } from "./models/summary.js";
export type { Config, Configurable, Like, NameOf, ObjectConfig } from "./named-object.js";
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
export { Seeds } from "./seeds.js";
export { type Inputs, type LayerUse, type Outputs, SymbolicTensor } from "./symbolic-tensor.js";
export { EventFile } from "./tensorboard/event-file.js";
export { encodePng } from "./tensorboard/png.js";
export type { Batches, LabelledBatch, SampleBatch } from "./training/batch-source.js";
export { type BatchLogs, type Callback, History, type Logs } from "./training/callback.js";
export { type BadPlace, DivergedError } from "./training/diverged-error.js";
export type { EvaluateOptions } from "./training/evaluate.js";
export type { FitOptions, ValidationData } from "./training/fit-options.js";
export type { DataItem, ModelData, NestedNumbers } from "./training/model-data.js";
export type { ObjectiveOptions, PerOutput } from "./training/objectives.js";
export { Pauses } from "./training/pause.js";
export type { BatchOptions } from "./training/predict.js";
export { progressLine } from "./training/progress-line.js";
export type { CompileOptions, StepBatch, StepFigures } from "./training/training.js";
export type { WeightChoices, WeightSettings } from "./weight-settings.js";
