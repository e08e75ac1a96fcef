export { type WebGpuOptions, webgpu } from "./create-webgpu.js";
export type { AdapterOptions, GpuSource } from "./runtime/adapter-options.js";
export type { RecoveryOptions } from "./runtime/recovery-options.js";
export { tune } from "./tuned/tune.js";
export type { TuningCache } from "./tuned/tuning.js";
