import { createRequire } from "node:module";
import { type Backend, DeviceError } from "@hekla/tensor";

/** Packages that the GPU backends need and that nobody has to install. */
const peers = { webgpu: "webgpu", gpujs: "gpu.js" } as const;
export type GpuName = keyof typeof peers;

/**
 * Opens a GPU backend; a GPU that is lost, and does not come back, leaves the work to `fallback`.
 * @throws DeviceError where its package, a driver or an adapter is missing: one line that says what
 */
export async function openGpu(name: GpuName, fallback: () => Promise<Backend>): Promise<Backend> {
  const peer = peers[name];
  if (!isInstalled(peer)) {
    throw new DeviceError(`${name}: the optional package ${peer} is not installed (npm install ${peer})`);
  }
  if (name === "webgpu" && !hasDriverLoader()) {
    throw new DeviceError("webgpu: no graphics driver, got no libvulkan.so.1, expected Vulkan");
  }
  if (name === "gpujs") return (await import("@hekla/kernels-webgpu/gpujs")).gpujs();
  return (await import("@hekla/kernels-webgpu")).webgpu({ fallback });
}

/** Whether a package can be imported from here. */
function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch (error) {
    // Any other code: it is there, though only for `import`.
    return (error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND";
  }
}

/**
 * Whether Vulkan can be loaded. Without it Dawn would say so itself, on the standard error stream, over several lines.
 * A library that loads is no module of Node's, which is another complaint than that it cannot be opened.
 */
function hasDriverLoader(): boolean {
  if (process.platform !== "linux") return true;
  try {
    process.dlopen({ exports: {} }, "libvulkan.so.1");
    return true;
  } catch (error) {
    return !(error as Error).message.includes("cannot open shared object file");
  }
}
