export {
  type ActivationFunction,
  type ActivationLike,
  keptLogits,
  resolveActivation,
} from "./activations.js";
export type { BatchShape, Pair } from "./batch-shape.js";
export { type BatchLogs, type Callback, History, type Logs } from "./callback.js";
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
export { type CallOptions, type Config, Layer, type LayerClass, type LayerOptions } from "./layer.js";
export { layerFromConfig } from "./layer-classes.js";
export { Activation } from "./layers/activation.js";
export { Conv2D, type Conv2DOptions } from "./layers/conv2d.js";
export { Dense, type KernelOptions } from "./layers/dense.js";
export { Dropout, type DropoutOptions } from "./layers/dropout.js";
export { Flatten, type FlattenOptions } from "./layers/flatten.js";
export { Input } from "./layers/input.js";
export { AveragePooling2D, MaxPooling2D, type Pooling2DOptions } from "./layers/pooling2d.js";
export { Reshape } from "./layers/reshape.js";
export { type Padding, SpatialLayer, type SpatialOptions } from "./layers/spatial-layer.js";
export { type LoadOptions, loadModel, modelFromBytes } from "./load-model.js";
export {
  binaryCrossentropy,
  type CrossentropyOptions,
  categoricalCrossentropy,
  type HuberOptions,
  huber,
  type LossConfig,
  type LossFunction,
  type LossLike,
  meanAbsoluteError,
  meanSquaredError,
  sparseCategoricalCrossentropy,
} from "./losses.js";
export {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  type Metric,
  type MetricLike,
  meanMetric,
  rootMeanSquaredError,
  sparseCategoricalAccuracy,
  topKAccuracy,
} from "./metrics.js";
export { type BatchOptions, type EvaluateOptions, Model } from "./model.js";
export { progressLine } from "./progress-line.js";
export { decodeTensors, encodeTensors, type TensorFile } from "./safetensors.js";
export { Seeds } from "./seeds.js";
export { Sequential, type SequentialOptions } from "./sequential.js";
export type { SavedModel, SavedTraining, SaveOptions } from "./state-file.js";
export type { CompileOptions } from "./training.js";
