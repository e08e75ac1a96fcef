import type { Backend } from "@hekla/tensor";

/** The backends a page offers, the fastest first where there is a GPU. */
export const backendNames = ["webgpu", "wasm", "gpujs"] as const;
export type BackendName = (typeof backendNames)[number];

/** How people know them, and what they run on. */
export const backendTexts: Readonly<Record<BackendName, { readonly title: string; readonly doc: string }>> = {
  webgpu: { title: "WebGPU", doc: "Compute shaders on the graphics card." },
  wasm: { title: "wasm", doc: "WebAssembly on the processor, with SIMD and threads." },
  gpujs: { title: "gpu.js", doc: "Fragment shaders of WebGL2, where there is no WebGPU." },
};

/** Loads a backend's code and makes it ready; rejects with one line where it cannot run here. */
export async function openBackend(name: BackendName): Promise<Backend> {
  switch (name) {
    case "webgpu": {
      const { webgpu } = await import("@hekla/kernels-webgpu");
      return webgpu();
    }
    case "gpujs": {
      const { gpujs } = await import("@hekla/kernels-webgpu/gpujs");
      return gpujs();
    }
    case "wasm": {
      const { wasm } = await import("@hekla/kernels-wasm");
      return wasm({ threads: spareThreads() });
    }
  }
}

/** One processor is the page's, so that it stays responsive. */
function spareThreads(): number {
  return Math.min(Math.max(navigator.hardwareConcurrency - 1, 1), 16);
}

/**
 * What a backend turned out to run on, in a few words: "2 threads", "NVIDIA H100"; "" where it does not
 * tell.
 */
export function hardwareOf(backend: Backend): string {
  const { device } = backend;
  if (device) return device.software ? `${device.name}, in software` : device.name;
  const { threads } = backend as { threads?: number }; // cast: wasm tells, the interface does not
  if (threads === undefined) return "";
  return threads === 1 ? "1 thread" : `${threads} threads`;
}
