/** Where adapters come from: `navigator.gpu` of a browser, or what `create` of the package `webgpu` gives. */
export interface GpuSource {
  requestAdapter(options?: object): Promise<unknown>;
}

export interface AdapterOptions {
  /** Default: `navigator.gpu`; in Node, the optional package `webgpu` (Dawn). */
  readonly gpu?: GpuSource;
  /** Which GPU a machine with two should take. Default "high-performance". */
  readonly powerPreference?: "low-power" | "high-performance";
}
