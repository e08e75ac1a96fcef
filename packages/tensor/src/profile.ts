/** What a step of a plan is and stands for, however often it runs. */
export interface ProfiledStep {
  /** What it computes: `matmul then add+relu`, `sum 0 of multiply`. */
  readonly name: string;
  /** Where it comes from: the layers and ops that were recorded. */
  readonly label: string;
  /** `elementwise`, `reduce`, or the name of the routine. */
  readonly kind: string;
  /** Shapes of operands and results: `[128,784] [784,100] -> [128,100]`. */
  readonly shape: string;
  /** Bytes that have to be read and written at least once, and floating-point operations, as `stepCost` counts them. */
  readonly bytes: number;
  readonly flops: number;
}

/** A step as it ran once. Times are in microseconds from the beginning of the profile. */
export interface Dispatch {
  readonly step: ProfiledStep;
  readonly start: number;
  readonly duration: number;
}

/** A run of a plan as the host saw it: with WebGPU until it was submitted, else until it was done. */
export interface PlanRun {
  readonly steps: number;
  readonly start: number;
  readonly duration: number;
}

/** What has run, in order. */
export interface Profile {
  /** What computed, for people: `wasm, 2 threads`. */
  readonly device: string;
  /** Kernels, one after the other on the device. */
  readonly dispatches: readonly Dispatch[];
  readonly runs: readonly PlanRun[];
  /** When the profile began, on the clock of `performance.now()`, in milliseconds. */
  readonly origin: number;
}

/** A profile in the making. Steps run one by one meanwhile, with the same results. */
export interface Profiler {
  /** Ends it; waits for what is still under way on the device. */
  stop(): Promise<Profile>;
}
