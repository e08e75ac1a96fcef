import type { Backend } from "@hekla/tensor";
import { WebGpuBackend } from "./backend.js";
import { type AdapterOptions, findAdapter } from "./runtime/find-adapter.js";
import { GpuDevice } from "./runtime/gpu-device.js";
import { Machine } from "./runtime/machine.js";
import type { RecoveryOptions } from "./runtime/recovery.js";

export interface WebGpuOptions extends AdapterOptions, RecoveryOptions {}

/**
 * Makes the backend that computes on a GPU: by `navigator.gpu` in a browser, by the optional package `webgpu` in Node.
 *
 * @throws DeviceError where there is no WebGPU, no adapter or no driver
 */
export async function webgpu(options: WebGpuOptions = {}): Promise<Backend> {
  const open = async (): Promise<GpuDevice> => GpuDevice.open(await findAdapter(options));
  return new WebGpuBackend(new Machine(await open(), open, options));
}
