import type { DeviceInfo } from "@hekla/tensor";
import type { Language } from "../languages/language.js";
import type { GpuTexture } from "./gpu-library.js";

/** Where a mode of gpu.js keeps floats. */
export type Stored = Float32Array | GpuTexture;

/** A kernel as text; those with equal keys are the same. */
export interface KernelText {
  readonly key: string;
  readonly source: string;
  /** Functions of the library that it calls. */
  readonly functions: readonly string[];
  /**
   * Names of its arguments: first arrays, then, where there is one, the whole number that changes from run to
   * run.
   */
  readonly argumentNames: readonly string[];
  /** By array, the floats in a row; see `shapeOf`. */
  readonly argumentWidths: readonly number[];
  /** Of all arrays. */
  readonly argumentFloats: number;
  readonly takesNumber: boolean;
  /** Floats of its result. */
  readonly size: number;
  readonly shape: readonly number[];
  /** For messages. */
  readonly label: string;
}

/** A kernel that can run. */
export interface Launcher {
  run(values: readonly Stored[], number?: number): Stored;
}

/** A mode of gpu.js. Values do not change once they are there. */
export interface Device {
  /** The GPU, where the mode has one. */
  readonly info?: DeviceInfo;
  readonly language: Language;
  /** Arrays that a kernel may read. */
  readonly mostArguments: number;
  /** Floats that one value may hold. */
  readonly mostFloats: number;
  /** Whether reading has to wait for a GPU. */
  readonly isRemote: boolean;
  /**
   * How so many floats lie there: one after the other, or in rows, of which the last may be longer than it
   * has to be.
   */
  shapeOf(floats: number): readonly number[];
  /** Stands for values without elements, which no kernel makes. */
  readonly nothing: Stored;
  /** Values that are held, of those that nobody would collect. */
  readonly handles: number;
  /** Bytes that kernels keep: results, to write the next ones into, and in WebAssembly what they read. */
  readonly kernelBytes: number;
  readonly kernels: number;
  /** Throws DeviceError where there is no GPU any more. */
  check(): void;
  /** The kernel, made before or now; `release` it as often as it was asked for. */
  kernel(text: KernelText): Launcher;
  releaseKernel(text: KernelText): void;
  /** Takes floats over; never empty. */
  store(floats: Float32Array): Stored;
  /** Another handle on the same value. */
  share(value: Stored): Stored;
  release(value: Stored): void;
  read(value: Stored, size: number): Promise<Float32Array>;
  readSync(value: Stored, size: number): Float32Array;
  dispose(): Promise<void>;
}
