import { DeviceError } from "@hekla/tensor";
import { cpuLanguage, webAssemblyLanguage } from "../languages/script.js";
import type { Device, KernelText, Launcher, Stored } from "./device.js";
import type { Gpu, GpuKernel, GpuLibrary } from "./gpu-library.js";
import { KernelCache, running } from "./kernel-cache.js";
import { kernelSettings } from "./kernel-settings.js";

class HostLauncher implements Launcher {
  constructor(
    readonly kernel: GpuKernel,
    private readonly label: string,
  ) {}

  run(values: readonly Stored[], number?: number): Stored {
    const given = number === undefined ? values : [...values, number];
    const result = running(this.label, () => this.kernel(...given));
    if (!(result instanceof Float32Array)) {
      throw new DeviceError(
        `gpujs: the kernel of ${this.label} gave ${typeof result}, expected a Float32Array`,
      );
    }
    return result;
  }
}

/** gpu.js on the CPU, where values are arrays: as JavaScript (cpu) or as WebAssembly (webasm). */
export function hostDevice(library: GpuLibrary, mode: "cpu" | "webasm"): Device {
  if (mode === "webasm" && !library.GPU.isWebAssemblySupported) {
    throw new DeviceError("gpujs: got mode webasm, expected an engine with WebAssembly");
  }
  const gpu: Gpu = new library.GPU({ mode });
  const language = mode === "cpu" ? cpuLanguage : webAssemblyLanguage;
  const cache = new KernelCache(
    (text: KernelText) =>
      new HostLauncher(gpu.createKernel(text.source, kernelSettings(text, language, mode)), text.label),
    ({ kernel }) => kernel.kernel.destroy(),
    // Kernels in WebAssembly have memories of their own, for what they read as well.
    ({ size, argumentFloats }) => (mode === "webasm" ? 4 * (size + argumentFloats) : 0),
  );
  return {
    language,
    mostArguments: 64,
    mostFloats: 2 ** 30,
    isRemote: false,
    shapeOf: (floats) => [floats],
    nothing: new Float32Array(1),
    handles: 0,
    get kernels() {
      return cache.size;
    },
    get kernelBytes() {
      return cache.bytes;
    },
    check: () => {},
    kernel: (text) => cache.acquire(text),
    releaseKernel: (text) => cache.release(text),
    store: (floats) => floats,
    share: (value) => value,
    release: () => {},
    read: async (value, size) => (value as Float32Array).slice(0, size), // cast: all values here are arrays
    readSync: (value, size) => (value as Float32Array).slice(0, size), // cast: as above
    dispose: () => {
      cache.clear();
      return gpu.destroy();
    },
  };
}
