import type { Backend } from "@hekla/tensor";
import { WebGpuBackend } from "./backend.js";
import type { AdapterOptions } from "./runtime/adapter-options.js";
import { describeAdapter, findAdapter } from "./runtime/find-adapter.js";
import { GpuDevice } from "./runtime/gpu-device.js";
import { Machine } from "./runtime/machine.js";
import type { RecoveryOptions } from "./runtime/recovery-options.js";
import { Tuning, type TuningCache } from "./tuned/tuning.js";

export interface WebGpuOptions extends AdapterOptions, RecoveryOptions {
  /** What `tune` measured on this device. Default: kernels are chosen by rules of thumb. */
  readonly tuningCache?: TuningCache;
}

/**
 * Makes the backend that computes on a GPU: by `navigator.gpu` in a browser, by the optional package `webgpu` in Node.
 *
 * @throws DeviceError where there is no WebGPU, no adapter or no driver
 */
export async function webgpu(options: WebGpuOptions = {}): Promise<Backend> {
  let tuning: Tuning | undefined;
  const open = async (): Promise<GpuDevice> => {
    const adapter = await findAdapter(options);
    const { name } = describeAdapter(adapter);
    // What was chosen outlives the loss of the device.
    const choices = tuning?.device === name ? tuning : new Tuning(name, options.tuningCache);
    tuning = choices;
    return GpuDevice.open(adapter, { choices });
  };
  return new WebGpuBackend(new Machine(await open(), open, options));
}
