import { DeviceError, type DeviceInfo } from "@hekla/tensor";
import type { AdapterOptions, GpuSource } from "./adapter-options.js";

/** Package of the optional peer; not a literal, so that bundlers for browsers do not look for it. */
const dawnPackage = "webgpu";

/** Times of dispatches to the nanosecond; what rounds them to 65 microseconds is there to protect pages from each other. */
const fineTimes = "disable-dawn-features=timestamp_quantization";

/** Dawn's objects do not keep alive what they came from: once it is collected, their use ends the process. */
const kept = new Set<GpuSource>();

async function gpuOfNode(): Promise<GpuSource> {
  let dawn: { create(flags: readonly string[]): GpuSource };
  try {
    dawn = await import(/* @vite-ignore */ dawnPackage);
  } catch {
    throw new DeviceError(
      'webgpu: Node has no WebGPU of its own, got no package "webgpu", expected it installed (npm install webgpu)',
    );
  }
  const gpu = dawn.create([fineTimes]);
  kept.add(gpu);
  return gpu;
}

/** The adapter to compute on. @throws DeviceError where there is none */
export async function findAdapter({ gpu, powerPreference }: AdapterOptions): Promise<GPUAdapter> {
  const inNode =
    typeof (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node ===
    "string";
  const own = (globalThis as { navigator?: { gpu?: GpuSource } }).navigator?.gpu;
  if (!gpu && !own && !inNode) {
    throw new DeviceError("webgpu: this browser has no WebGPU, or the page is not served securely (https)");
  }
  const source = gpu ?? own ?? (await gpuOfNode());
  const adapter = await source.requestAdapter({ powerPreference: powerPreference ?? "high-performance" });
  if (!adapter) {
    throw new DeviceError(
      "webgpu: no adapter, expected a GPU with a driver for Vulkan, Metal or Direct3D 12",
    );
  }
  return adapter as GPUAdapter; // cast: sources are typed loosely, so that no WebGPU types leave the package
}

/** Names of processors that play a GPU. */
const software = /swiftshader|llvmpipe|lavapipe|basic render|software/i;

/** The adapter for people, and whether it is made of software. */
export function describeAdapter({ info }: GPUAdapter): DeviceInfo {
  const name = [info.vendor, info.architecture, info.device, info.description].filter(Boolean).join(" ");
  const isSoftware = info.isFallbackAdapter === true || software.test(name);
  return { name: info.description || info.device || name || "unnamed GPU", software: isSoftware };
}
