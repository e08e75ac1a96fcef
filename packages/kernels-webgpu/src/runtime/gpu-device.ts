import { DeviceError, type DeviceInfo, debugLevel, debugLog, isOn, type StorageArray } from "@hekla/tensor";
import type { DeviceTraits } from "../wgsl/dispatch.js";
import { copySource, copyTarget, storage, uniform } from "./buffer-usage.js";
import { describeAdapter } from "./find-adapter.js";
import type { ChunkMaker } from "./heap.js";

/** Limits that are worth more than their defaults, asked for as high as the adapter goes. */
const wantedLimits = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize",
] as const;

const wantedFeatures = ["shader-f16", "subgroups", "timestamp-query"] as const;

/** Bytes between two numbers that dispatches are told apart by: the largest alignment that adapters ask for. */
const turnStride = 256;

/** One device from its making until it is lost: pipelines, layouts, and the first error that nobody caught. */
export class GpuDevice implements ChunkMaker {
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  #turns: { readonly buffer: GPUBuffer; readonly group: GPUBindGroup; readonly count: number } | undefined;
  #failure: string | undefined;
  /** Bytes of buffers that were ever made. */
  #allocated = 0;

  private constructor(
    readonly device: GPUDevice,
    readonly info: DeviceInfo,
    readonly traits: DeviceTraits,
  ) {
    device.onuncapturederror = ({ error }) => {
      this.#failure ??= isOutOfMemory(error) ? outOfMemory(info.name, this.#allocated) : error.message;
    };
  }

  /** @param given what to take as the device's traits instead of its own */
  static async open(adapter: GPUAdapter, given: Partial<DeviceTraits> = {}): Promise<GpuDevice> {
    const features = wantedFeatures.filter((feature) => adapter.features.has(feature));
    const device = await adapter.requestDevice({
      label: "hekla",
      requiredFeatures: features,
      requiredLimits: Object.fromEntries(wantedLimits.map((limit) => [limit, adapter.limits[limit]])),
    });
    const info = describeAdapter(adapter);
    const { limits } = device;
    const traits: DeviceTraits = {
      tuned: isOn("TUNED"),
      software: info.software,
      subgroups: features.includes("subgroups"),
      f16: features.includes("shader-f16"),
      maxGroups: limits.maxComputeWorkgroupsPerDimension,
      maxBindings: limits.maxStorageBuffersPerShaderStage,
      maxBindingBytes: limits.maxStorageBufferBindingSize,
      workgroupBytes: limits.maxComputeWorkgroupStorageSize,
      maxThreads: Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX),
      ...given,
    };
    return new GpuDevice(device, info, traits);
  }

  get queue(): GPUQueue {
    return this.device.queue;
  }

  get maxBytes(): number {
    return this.device.limits.maxBufferSize;
  }

  get hasTimestamps(): boolean {
    return this.device.features.has("timestamp-query");
  }

  /** @throws DeviceError with what the device complained about, once it has */
  check(): void {
    if (this.#failure !== undefined) throw new DeviceError(`webgpu: ${this.#failure}`);
  }

  /** Brings values over; WebGPU writes four bytes at a time. */
  write(buffer: GPUBuffer, offset: number, data: StorageArray): void {
    if (data.length === 0) return;
    const isOdd = data.byteLength % 4 !== 0;
    const whole = isOdd ? new Uint16Array(data.length + 1) : data;
    if (isOdd) whole.set(data);
    // cast: what is brought over lies in memory that is not shared, or WebGPU says so
    this.queue.writeBuffer(buffer, offset, whole as ArrayBufferView<ArrayBuffer>);
  }

  make(bytes: number, label: string): GPUBuffer {
    this.#allocated += bytes;
    return this.device.createBuffer({ label, size: bytes, usage: storage | copySource | copyTarget });
  }

  /**
   * Does something with `HEKLA_DEBUG` set: what is wrong with it is said at once, with what it was.
   */
  watched(what: () => string, run: () => void): void {
    if (debugLevel() === 0) {
      run();
      return;
    }
    const kinds = ["validation", "out-of-memory", "internal"] as const;
    for (const kind of kinds) this.device.pushErrorScope(kind);
    run();
    for (const kind of kinds.toReversed()) {
      void this.device.popErrorScope().then((error) => {
        if (!error) return;
        debugLog(`webgpu: ${kind} error in ${what()}: ${error.message}`);
        this.#failure ??= error.message;
      });
    }
  }

  /** The pipeline of a kernel; equal kernels share one. */
  pipeline(code: string, label: string, bindings: number, hasTurn: boolean): GPUComputePipeline {
    const known = this.#pipelines.get(code);
    if (known) return known;
    if (debugLevel() >= 4) debugLog(`// ${label}\n${code}`);
    const { device } = this;
    const bindGroupLayouts = [this.layout(bindings), ...(hasTurn ? [this.#turnLayout()] : [])];
    const pipeline = device.createComputePipeline({
      label,
      layout: device.createPipelineLayout({ bindGroupLayouts }),
      compute: { module: device.createShaderModule({ label, code }), entryPoint: "main" },
    });
    this.#pipelines.set(code, pipeline);
    return pipeline;
  }

  /** The layout of a group of so many storage buffers. */
  layout(bindings: number): GPUBindGroupLayout {
    return this.#layout(
      `${bindings}`,
      Array.from({ length: bindings }, (_, binding) => ({ binding, buffer: { type: "storage" } })),
    );
  }

  /** A group whose number at the dynamic offset `turn * turnStride` is `turn`, for `turn < count`. */
  turns(count: number): GPUBindGroup {
    if (this.#turns && this.#turns.count >= count) return this.#turns.group;
    const rounded = 2 ** Math.ceil(Math.log2(Math.max(count, 64)));
    const numbers = new Uint32Array((rounded * turnStride) / 4);
    for (let turn = 0; turn < rounded; turn++) numbers[(turn * turnStride) / 4] = turn;
    const buffer = this.device.createBuffer({
      label: "turns",
      size: numbers.byteLength,
      usage: uniform | copyTarget,
    });
    this.queue.writeBuffer(buffer, 0, numbers);
    const group = this.device.createBindGroup({
      layout: this.#turnLayout(),
      entries: [{ binding: 0, resource: { buffer, size: 16 } }],
    });
    this.#turns = { buffer, group, count: rounded };
    return group;
  }

  static turnOffset(turn: number): number {
    return turn * turnStride;
  }

  destroy(): void {
    this.device.onuncapturederror = null;
    this.device.destroy();
  }

  #turnLayout(): GPUBindGroupLayout {
    return this.#layout("turn", [{ binding: 0, buffer: { type: "uniform", hasDynamicOffset: true } }]);
  }

  #layout(key: string, entries: readonly Omit<GPUBindGroupLayoutEntry, "visibility">[]): GPUBindGroupLayout {
    const known = this.#layouts.get(key);
    if (known) return known;
    const compute = 4; // GPUShaderStage.COMPUTE
    const layout = this.device.createBindGroupLayout({
      label: `${key} bindings`,
      entries: entries.map((entry) => ({ ...entry, visibility: compute })),
    });
    this.#layouts.set(key, layout);
    return layout;
  }
}

const isOutOfMemory = (error: GPUError): boolean => error.constructor.name === "GPUOutOfMemoryError";

const outOfMemory = (device: string, bytes: number): string =>
  `${device} has no memory left, got ${bytes} bytes of buffers so far, expected fewer (a smaller batch, or the wasm backend)`;
