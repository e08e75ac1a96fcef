import { DeviceError } from "@hekla/tensor";

/** A texture of gpu.js. Clones share the memory, which is counted and goes with the last of them. */
export interface GpuTexture {
  readonly texture: WebGLTexture & { readonly _refs?: number };
  readonly size: ArrayLike<number>;
  clone(): GpuTexture;
  delete(): void;
}

/** What gpu.js has behind a kernel, as far as it is used here. */
export interface KernelInternals {
  readonly texture?: GpuTexture | null;
  readonly textureCache?: WebGLTexture[];
  destroy(removeCanvas?: boolean): void;
}

/** A kernel of gpu.js. */
export interface GpuKernel {
  (...values: readonly unknown[]): unknown;
  readonly kernel: KernelInternals;
}

/** gpu.js's main class, as far as it is used here. */
export interface Gpu {
  readonly context: WebGL2RenderingContext | null;
  createKernel(source: string, settings: object): GpuKernel;
  destroy(): Promise<void>;
}

/** The package, as far as it is used here. */
export interface GpuLibrary {
  readonly GPU: {
    new (settings: { readonly mode: string }): Gpu;
    readonly isWebGL2Supported: boolean;
    readonly isWebAssemblySupported: boolean;
  };
}

/**
 * Imports gpu.js, which is not there unless it is asked for.
 * @throws DeviceError where it is not installed
 */
export async function loadGpuLibrary(
  load: () => Promise<object> = () => import("gpu.js"),
): Promise<GpuLibrary> {
  let found: { readonly default?: unknown };
  try {
    found = await load();
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new DeviceError(
      `gpujs: could not load the package gpu.js (${problem}), expected it to be installed`,
      {
        cause,
      },
    );
  }
  // cast: a CommonJS package has its exports under `default`, or as they are, by who bundles it; only part of
  // it is used.
  return (
    (found.default as object | undefined) && "GPU" in (found.default as object) ? found.default : found
  ) as GpuLibrary;
}
