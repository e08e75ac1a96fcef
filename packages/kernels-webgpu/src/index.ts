export { WebGpuBackend } from "./backend.js";
export { type WebGpuOptions, webgpu } from "./create-webgpu.js";
export type { AdapterOptions, GpuSource } from "./runtime/find-adapter.js";
export type { RecoveryOptions } from "./runtime/recovery.js";
export { tune } from "./tuned/tune.js";
export type { TuningCache } from "./tuned/tuning.js";
