import type { Backend } from "@hekla/tensor";
import { WebGpuBackend } from "../backend.js";
import { findAdapter } from "../runtime/find-adapter.js";
import { GpuDevice } from "../runtime/gpu-device.js";
import { Machine } from "../runtime/machine.js";
import type { DeviceTraits } from "../wgsl/dispatch.js";

/**
 * The backend on whatever adapter there is, as if the device had some traits; undefined where there is
 * none.
 */
export async function deviceIfAny(traits: Partial<DeviceTraits> = {}): Promise<Backend | undefined> {
  try {
    const open = async (): Promise<GpuDevice> => GpuDevice.open(await findAdapter({}));
    const device = await open();
    Object.assign(device.traits, traits);
    return new WebGpuBackend(new Machine(device, open, {}));
  } catch {
    return undefined;
  }
}
