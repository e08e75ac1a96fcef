import type { Dtype, StorageArray } from "./dtype.js";
import type { Plan } from "./plan.js";
import type { Profiler } from "./profile.js";

/** A backend's memory for one tensor; opaque to everybody else. */
export interface Slot {
  readonly size: number;
  readonly dtype: Dtype;
}

/** Bytes a backend holds; `persistent` for Variables and captured tensors, `arena` for plans. */
export interface MemoryInfo {
  readonly persistentBytes: number;
  readonly arenaBytes: number;
  readonly slots: number;
}

/** A plan made ready by a backend. */
export interface Executable {
  /**
   * Runs the plan once. `inputs` are bound in the order of `plan.inputs`; those in `plan.assigned` are written.
   * Returns one fresh slot for each of `plan.outputs`, not backed by the arena.
   */
  run(inputs: readonly Slot[]): Slot[];
  dispose(): void;
}

/** A plan made ready to be run for several inputs side by side. */
export interface EachExecutable {
  /**
   * Runs the plan once for each list of inputs, bound as in `Executable.run`; gives the outputs of each. The plan assigns
   * nothing, so in which order that happens, or at the same time, is all the same.
   */
  runEach(inputs: readonly (readonly Slot[])[]): Slot[][];
  dispose(): void;
}

/** The hardware behind a backend, where that is not simply the CPU. */
export interface DeviceInfo {
  /** For people: `NVIDIA H100`, `SwiftShader`. */
  readonly name: string;
  /** Whether it is a GPU made of software, which runs on the CPU. */
  readonly software: boolean;
}

/** What a backend offers: its unit of work is a plan. */
export interface Backend {
  readonly name: string;
  readonly dtypes: readonly Dtype[];
  readonly device?: DeviceInfo;
  prepare(plan: Plan): Executable;
  /** Where it can do better than `prepare(plan).run` time and again, as backends with threads can. */
  prepareEach?(plan: Plan): EachExecutable;
  /** A short-lived value. May hold on to `data` itself: the caller does not write to it any more. */
  upload(data: StorageArray, dtype: Dtype): Slot;
  /** Memory that outlives plans and keeps its address: Variables and captured tensors. Zeroed. */
  allocate(size: number, dtype: Dtype): Slot;
  /** Overwrites a slot made by `allocate`. */
  write(slot: Slot, data: StorageArray): void;
  /** Overwrites a slot made by `allocate` with the values of another one, of the same size and dtype. */
  copy(slot: Slot, from: Slot): void;
  read(slot: Slot): Promise<StorageArray>;
  /** A copy of the values, at once; throws DeviceError where the device cannot answer at once (WebGPU). */
  readSync(slot: Slot): StorageArray;
  free(slot: Slot): void;
  memory(): MemoryInfo;
  /** Begins to take the time of each step that runs, where it can; one profile at a time. */
  profile?(): Promise<Profiler>;
  dispose(): void | Promise<void>;
}
