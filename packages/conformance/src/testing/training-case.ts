import type { CompileOptions, FitOptions, Model } from "@hekla/layers";

/** A model of `scripts/golden/training_*.py` as a user of Hekla writes it. */
export interface TrainingCase {
  readonly model: () => Model;
  readonly compile: () => CompileOptions;
  /** Default: batches of 8, three epochs. */
  readonly fit?: () => FitOptions;
}

/** Cases by the names that the goldens have. */
export type TrainingCases = Readonly<Record<string, TrainingCase>>;
