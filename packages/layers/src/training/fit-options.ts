import { DataError, type HostRandom } from "@hekla/tensor";
import type { Batches } from "./batch-source.js";
import { checkInteger } from "./batches.js";
import type { Callback } from "./callback.js";
import type { ModelData } from "./model-data.js";

/** Samples and their labels, if wanted with a weight for each sample; or batches of them. */
export type ValidationData =
  | readonly [x: ModelData, y: ModelData, sampleWeight?: ModelData]
  | { readonly x: ModelData; readonly y: ModelData; readonly sampleWeight?: ModelData }
  | Batches;

export interface FitOptions {
  /** Samples per step; the last step of an epoch may have fewer. Default 32. */
  readonly batchSize?: number | undefined;
  /** The epoch to stop before, counted from 0. Default 1. */
  readonly epochs?: number | undefined;
  /** Where to go on: shuffling follows the number of the epoch, so training resumes exactly. Default 0. */
  readonly initialEpoch?: number | undefined;
  /** Batches of the first epoch to pass over: what was ended inside an epoch goes on exactly there. Default 0. */
  readonly initialStep?: number | undefined;
  /** Steps of an epoch; with batches from a generator the next epoch goes on behind them. Default: all samples. */
  readonly stepsPerEpoch?: number | undefined;
  /** Share of the samples, taken from the end, that is kept for validation. Default 0. */
  readonly validationSplit?: number | undefined;
  /** Evaluated after epochs; replaces `validationSplit`. */
  readonly validationData?: ValidationData | undefined;
  /** Samples per step of the validation. Default: as in training. */
  readonly validationBatchSize?: number | undefined;
  /** Steps of a validation. Default: all. */
  readonly validationSteps?: number | undefined;
  /** Every how many epochs to validate, or after which (counted from 1). Default 1. */
  readonly validationFreq?: number | readonly number[] | undefined;
  /** Whether each epoch goes through the samples in its own random order. Default true. */
  readonly shuffle?: boolean | undefined;
  /** Of the shuffling and augmentation. Default: the model's seed. */
  readonly seed?: number | undefined;
  /** A weight for each sample. */
  readonly sampleWeight?: ModelData | undefined;
  /** Weight of each class by its number; classes that are not named weigh 1. */
  readonly classWeight?: Readonly<Record<number, number>> | undefined;
  readonly callbacks?: readonly Callback[] | undefined;
  /** 1 prints a line per epoch. Default 0. */
  readonly verbose?: 0 | 1 | undefined;
  /** Ends training after the current step. */
  readonly signal?: AbortSignal | undefined;
  /** Changes a batch of samples in place before it is used for training. */
  readonly augment?:
    | ((batch: Float32Array, shape: readonly number[], random: HostRandom) => void)
    | undefined;
  /** Looks for mistakes: one epoch of one step (or of so many), one of validation; callbacks that write or stop are left out. */
  readonly fastDevRun?: boolean | number | undefined;
  /** Trains on the first so many batches only, in order, and validates on them: a sound model learns them by heart. */
  readonly overfitBatches?: number | undefined;
  /**
   * Checks the loss after every step and, where it is not finite, finds the first layer and op that gave a bad value. The
   * weights are copied before each step, which is slow for large models. Default false.
   */
  readonly nanGuard?: boolean | undefined;
}

/** Options with those of a dev run or of overfitting put in their place. */
export function effectiveOptions(options: FitOptions): FitOptions {
  const { fastDevRun = false, overfitBatches, initialEpoch = 0 } = options;
  if (fastDevRun !== false) {
    const steps = fastDevRun === true ? 1 : fastDevRun;
    checkInteger("fit", "fastDevRun", steps, 1);
    return {
      ...options,
      epochs: initialEpoch + 1,
      stepsPerEpoch: steps,
      validationSteps: steps,
      callbacks: (options.callbacks ?? []).filter(({ skipInDevRun }) => !skipInDevRun),
    };
  }
  if (overfitBatches === undefined) return options;
  checkInteger("fit", "overfitBatches", overfitBatches, 1);
  return { ...options, stepsPerEpoch: overfitBatches, shuffle: false, validationSteps: overfitBatches };
}

/** @throws DataError for numbers out of range */
export function checkOptions(options: FitOptions): void {
  const { batchSize = 32, epochs = 1, initialEpoch = 0, validationSplit = 0, validationFreq = 1 } = options;
  checkInteger("fit", "batchSize", batchSize, 1);
  checkInteger("fit", "epochs", epochs, 0);
  checkInteger("fit", "initialEpoch", initialEpoch, 0);
  checkInteger("fit", "initialStep", options.initialStep ?? 0, 0);
  for (const name of ["stepsPerEpoch", "validationSteps", "validationBatchSize"] as const) {
    const value = options[name];
    if (value !== undefined) checkInteger("fit", name, value, 1);
  }
  if (typeof validationFreq === "number") checkInteger("fit", "validationFreq", validationFreq, 1);
  if (validationSplit >= 0 && validationSplit < 1) return;
  throw new DataError(
    `fit: bad validationSplit, got ${validationSplit}, expected a number from 0 to below 1`,
  );
}
