import { WebGpuBackend } from "../backend.js";
import type { GpuSource } from "../runtime/adapter-options.js";
import { findAdapter } from "../runtime/find-adapter.js";
import { GpuDevice } from "../runtime/gpu-device.js";
import { Machine } from "../runtime/machine.js";
import type { DeviceTraits } from "../wgsl/dispatch.js";

/** Dawn's devices end the process once this is collected. */
const kept = new Set<unknown>();

/** A device that runs nothing but refuses what is not valid WebGPU; undefined where there is no package "webgpu". */
export async function validatingDevice(traits: Partial<DeviceTraits> = {}): Promise<GpuDevice | undefined> {
  const dawn = "webgpu";
  let gpu: GpuSource;
  try {
    gpu = ((await import(dawn)) as { create(flags: string[]): GpuSource }).create(["backend=null"]);
  } catch {
    return undefined;
  }
  kept.add(gpu);
  return GpuDevice.open(await findAdapter({ gpu }), traits);
}

/** A backend with given traits on whatever adapter there is, or undefined where there is none. */
export async function forcedBackend(traits: Partial<DeviceTraits>): Promise<WebGpuBackend | undefined> {
  try {
    const device = await GpuDevice.open(await findAdapter({}), traits);
    return new WebGpuBackend(new Machine(device, async () => device, { recover: false }));
  } catch {
    return undefined;
  }
}
