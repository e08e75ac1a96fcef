import { DeviceError } from "@hekla/tensor";
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

/**
 * A backend on whatever adapter there is, as if the device had the given traits; undefined where there is no adapter, which is an
 * error with `HEKLA_REQUIRE_GPU` set.
 */
export async function forcedBackend(traits: Partial<DeviceTraits> = {}): Promise<WebGpuBackend | undefined> {
  const adapter = await findAdapter({}).catch((error: unknown) => {
    if (process.env["HEKLA_REQUIRE_GPU"] || !(error instanceof DeviceError)) throw error;
    return undefined;
  });
  if (!adapter) return undefined;
  const device = await GpuDevice.open(adapter, traits);
  return new WebGpuBackend(new Machine(device, async () => device, { recover: false }));
}
