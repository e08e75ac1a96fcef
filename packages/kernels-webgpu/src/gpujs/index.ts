import { type Backend, DeviceError } from "@hekla/tensor";
import { GpuJsBackend } from "./backend.js";
import { loadGpuLibrary } from "./device/gpu-library.js";
import { hostDevice } from "./device/host-device.js";
import { textureDevice } from "./device/texture-device.js";

/** The ways of gpu.js that compute to 32 bits. */
const modes = ["webgl2", "webasm", "cpu"] as const;

/** A way of gpu.js to run kernels. */
export type GpuJsMode = (typeof modes)[number];

/** Options of `gpujs`. */
export interface GpuJsOptions {
  /**
   * - `webgl2`: on the GPU of a browser, by WebGL 2
   * - `webasm`: as WebAssembly, in browsers and in Node
   * - `cpu`: as JavaScript, anywhere
   *
   * Default: the first of these that there is.
   */
  readonly mode?: GpuJsMode;
}

/**
 * A backend that computes by gpu.js, for browsers without WebGPU. The package `gpu.js` has to be installed.
 * @throws DeviceError where gpu.js, or what the mode needs, is missing
 */
export async function gpujs(options: GpuJsOptions = {}): Promise<Backend> {
  const library = await loadGpuLibrary();
  const { GPU } = library;
  const mode =
    options.mode ?? (GPU.isWebGL2Supported ? "webgl2" : GPU.isWebAssemblySupported ? "webasm" : "cpu");
  if (!modes.includes(mode)) {
    throw new DeviceError(`gpujs: got mode ${JSON.stringify(mode)}, expected one of ${modes.join(", ")}`);
  }
  return new GpuJsBackend(mode === "webgl2" ? textureDevice(library) : hostDevice(library, mode));
}
