import type { Dtype } from "@hekla/tensor";

/**
 * What a kernel reads or writes: a buffer of the plan, memory for what lies between two dispatches of a step, or what was
 * brought together for it.
 */
export type Resource =
  | { readonly kind: "pack" }
  | { readonly kind: "buffer"; readonly buffer: number }
  | { readonly kind: "scratch"; readonly scratch: number };

/** A run of one kernel over a grid of workgroups. */
export interface Dispatch {
  readonly label: string;
  readonly code: string;
  /** In the order of the kernel's bindings. */
  readonly bindings: readonly Resource[];
  readonly groups: readonly [number, number, number];
  /** What is brought together first, and taken apart behind it, where a kernel touches more than it may have bindings. */
  readonly before?: readonly PackedCopy[];
  readonly after?: readonly PackedCopy[];
  /** A number that the kernel reads, where several dispatches are the same but for it: the step of a recurrence. */
  readonly turn?: number;
}

/** All of a memory, so many bytes behind the beginning of what is brought together. */
export interface PackedCopy {
  readonly resource: Resource;
  readonly offset: number;
  readonly bytes: number;
}

/** What a step of a plan comes to on the device. */
export interface StepKernels {
  readonly dispatches: readonly Dispatch[];
  /** Bytes of each scratch memory that they share. */
  readonly scratchBytes: readonly number[];
}

/** A buffer or scratch memory with the elements that lie in it. */
export interface Typed {
  readonly resource: Resource;
  readonly dtype: Dtype;
  /** Elements before the first. */
  readonly offset: number;
  /** Halves that are computed with as float32. */
  readonly wide?: boolean;
}

/** What kernels are chosen by. */
export interface DeviceTraits {
  /** Kernels that are made for speed; otherwise the plain ones. */
  readonly tuned: boolean;
  /** A processor that plays a GPU: workgroup barriers are what costs there. */
  readonly software: boolean;
  readonly subgroups: boolean;
  readonly f16: boolean;
  /** Along each axis of a grid. */
  readonly maxGroups: number;
  /** Bindings of a kernel. */
  readonly maxBindings: number;
  readonly maxBindingBytes: number;
  readonly workgroupBytes: number;
  /** Of a workgroup. */
  readonly maxThreads: number;
  /** Picks among the ways to compute something; default: the first. */
  readonly choices?: Choices;
}

/** What is known of the ways to compute something on a device. */
export interface Choices {
  /** The one of `names` to take for a problem. */
  choose(problem: string, names: readonly string[]): number;
}
