// All that the package exports. index.ts, which bundlers must run for the methods of tensors, names none of it: each file
// that it named would be one that it needs, and what loads later could not be told from what an app starts with.
export type { Backend, DeviceInfo, EachExecutable, Executable, MemoryInfo, Slot } from "./backend.js";
export { type Compiled, compile, type Given } from "./compile.js";
export { type CompiledEach, compileEach } from "./compile-each.js";
export {
  bytesPerElement,
  type Dtype,
  type HostArray,
  type HostData,
  isFloat,
  type StorageArray,
  storageArray,
} from "./dtype.js";
export { debugLevel, debugLog, isOn, type Switch } from "./environment.js";
export { DataError, DeviceError, DtypeError, HeklaError, ReleasedError, ShapeError } from "./errors.js";
export {
  type Differentiable,
  type Gradients,
  grad,
  type ValueAndGradients,
  valueAndGrad,
  type WithRespectTo,
} from "./gradient.js";
export { HostRandom } from "./host-random.js";
export type { TensorMethods } from "./methods.js";
export { findNonFinite, type NonFinite } from "./non-finite.js";
export * from "./ops/activations.js";
export { cast } from "./ops/cast.js";
export { type Conv1DOptions, type Conv2DOptions, conv1d, conv2d } from "./ops/convolution.js";
export * from "./ops/convolution-transpose.js";
export * from "./ops/convolution3d.js";
export {
  coordinate,
  copy,
  type DtypeOption,
  full,
  ones,
  type TensorOptions,
  tensor,
  zeros,
} from "./ops/creation.js";
export * from "./ops/depthwise-convolution.js";
export * from "./ops/elementwise.js";
export {
  type GatherOptions,
  gather,
  gatherAlong,
  type IndexingOptions,
  oneHot,
  scatterAdd,
  scatterAddAlong,
} from "./ops/indexing.js";
export { maskedMatmul } from "./ops/masked-matmul.js";
export { type MatmulOptions, matmul, matrixTranspose } from "./ops/matmul.js";
export { matmulGathered } from "./ops/matmul-gathered.js";
export * from "./ops/moves.js";
export type { StepOptions } from "./ops/over-steps.js";
export * from "./ops/pooling.js";
export * from "./ops/pooling3d.js";
export {
  type NormalOptions,
  RandomStream,
  randomBernoulli,
  randomBits,
  randomInt,
  randomNormal,
  randomPermutation,
  randomUniform,
  shuffle,
  truncatedNormal,
  type UniformOptions,
} from "./ops/random.js";
export { eye, range } from "./ops/ranges.js";
export {
  type GruOptions,
  gru,
  type LstmOptions,
  lstm,
  type SimpleRnnOptions,
  simpleRnn,
} from "./ops/recurrent.js";
export * from "./ops/reductions.js";
export * from "./ops/scans.js";
export * from "./ops/views.js";
export type { Edge, Padding2D, Padding3D, Pair, Triple } from "./ops/windows.js";
export type { Optimizer } from "./optimizer.js";
export * from "./plan.js";
export { describePlan, describeProgram, stepName } from "./planner/describe.js";
export { profiledStep, type StepCost, stepCost } from "./planner/step-cost.js";
export type { Dispatch, PlanRun, Profile, ProfiledStep, Profiler } from "./profile.js";
export * from "./program.js";
export { named, scope } from "./recording.js";
export { type RecurrentLayout, type RecurrentOperand, recurrentLayout } from "./recurrent-layout.js";
export { type ReferenceOptions, reference } from "./reference/backend.js";
export { referenceRoutines } from "./reference/routines.js";
export type { Precision } from "./reference/storage.js";
export * from "./routine.js";
export { backend, memory, useBackend } from "./session.js";
export { broadcastShapes, formatShape, rowMajorStrides, type Shape, sameShape, sizeOf } from "./shape.js";
export { type NestedArray, Tensor, type TensorLike } from "./tensor.js";
export { streamKey, threefry } from "./threefry.js";
export { Variable, type VariableOptions } from "./variable.js";
export { collapseViews, identityView, isContiguous, isWhole, transposeView, type View } from "./view.js";
