export { withAllThreads } from "./all-threads.js";
export { bitDifference, difference, type Tolerance, ulpDistance, type Values } from "./comparator.js";
export { type Mode, modes, type Part } from "./evaluate.js";
export {
  type ConformanceOptions,
  describeFailure,
  type Failure,
  partsOf,
  type Report,
  runConformance,
  type Skip,
} from "./run-conformance.js";
export type { Sample } from "./sample.js";
export { samples } from "./sample-table.js";
export { halfSamples } from "./samples/half.js";
export { wgslAllowances } from "./wgsl-allowances.js";
