import type { ConfigValue } from "@hekla/zoo";

/** What the page asks of the worker. */
export type Request =
  | { readonly kind: "train"; readonly config: Readonly<Record<string, ConfigValue>> }
  | { readonly kind: "stop" }
  | { readonly kind: "read"; readonly picture: Float32Array };

/** What the worker tells the page. */
export type Report =
  | { readonly kind: "ready"; readonly backend: string; readonly threads: number }
  | {
      readonly kind: "begin";
      readonly epochs: number;
      readonly batches: number;
      readonly trainSamples: number;
    }
  | StepReport
  | { readonly kind: "epoch"; readonly epoch: number; readonly figures: Figures }
  | DigitsReport
  | { readonly kind: "end"; readonly test: Figures; readonly seconds: number; readonly stopped: boolean }
  | { readonly kind: "reading"; readonly probabilities: ArrayLike<number> }
  | { readonly kind: "failure"; readonly message: string };

export type Figures = Readonly<Record<string, number>>;

export interface StepReport {
  readonly kind: "step";
  readonly epoch: number;
  readonly batch: number;
  readonly secondsPerStep: number;
  /** Loss and accuracy, mean over the epoch so far. */
  readonly figures: Figures;
}

/** Some test digits as the network reads them now. */
export interface DigitsReport {
  readonly kind: "digits";
  /** `[count, 28, 28]`, 0 to 1. */
  readonly pictures: Float32Array;
  readonly truths: readonly number[];
  /** `[count, 10]`. */
  readonly probabilities: Float32Array;
}
