export {
  type ActivationFunction,
  type ActivationLike,
  keptLogits,
  resolveActivation,
} from "./activations.js";
export type { BatchShape, Pair, Shapes } from "./batch-shape.js";
export { type BatchLogs, type Callback, History, type Logs } from "./callback.js";
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
export { DivergedError } from "./diverged-error.js";
export type { FitOptions, LabelledData } from "./fit.js";
export {
  Constant,
  computeFans,
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  type Initializer,
  type InitializerConfig,
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
export { type KernelOptions, KernelSettings } from "./kernel-options.js";
export { Layer } from "./layer.js";
export { layerFromConfig } from "./layer-classes.js";
export type {
  CallOptions,
  LayerClass,
  LayerConfig,
  LayerOptions,
  LayerReader,
  WeightOptions,
} from "./layer-options.js";
export * from "./layers/index.js";
export { type LoadOptions, loadModel, modelFromBytes } from "./load-model.js";
export * from "./losses/index.js";
export { type Mask, maskOf, setMask } from "./masks.js";
export * from "./metrics/index.js";
export { type BatchOptions, type EvaluateOptions, Model } from "./model.js";
export type { Config, ObjectConfig } from "./named-object.js";
export { progressLine } from "./progress-line.js";
export {
  L1,
  L1L2,
  L2,
  OrthogonalRegularizer,
  type Regularizer,
  type RegularizerLike,
  resolveRegularizer,
} from "./regularizers.js";
export { decodeTensors, encodeTensors, type TensorFile } from "./safetensors.js";
export { Seeds } from "./seeds.js";
export { Sequential, type SequentialOptions } from "./sequential.js";
export type { SavedModel, SavedTraining, SaveOptions } from "./state-file.js";
export { type Inputs, SymbolicTensor } from "./symbolic-tensor.js";
export type { CompileOptions } from "./training.js";
