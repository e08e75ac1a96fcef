import type { Model } from "../models/model.js";
import type { DivergedError } from "./diverged-error.js";

/** Figures by name: loss, metrics, and those of the validation data with "val_" before. */
export type Logs = Readonly<Record<string, number>>;

/**
 * What `onBatchEnd` is told. Loss and metrics are running means over the epoch; they are read from the device now and
 * then, not after each step, so they may be some steps old.
 */
export interface BatchLogs {
  readonly [name: string]: number;
  /** Number of the batch, from 0. */
  readonly batch: number;
  /** Batches of the epoch; NaN where that is not known before its end. */
  readonly batches: number;
  /** Samples seen in this epoch. */
  readonly samples: number;
  /** Mean so far in this epoch, evaluation not counted. */
  readonly secondsPerStep: number;
}

/** Plain object whose functions `fit` calls; those that return a promise are awaited. */
export interface Callback {
  /** Left out of a `fastDevRun`: what writes files or ends training. */
  readonly skipInDevRun?: boolean;
  setModel?(model: Model): void;
  onTrainBegin?(): void | Promise<void>;
  onTrainEnd?(history: History): void | Promise<void>;
  onEpochBegin?(epoch: number): void | Promise<void>;
  /** `logs` has the figures of the validation data, too, in epochs that have them; what is added to it is recorded. */
  onEpochEnd?(epoch: number, logs: Record<string, number>): void | Promise<void>;
  onBatchBegin?(batch: number): void | Promise<void>;
  onBatchEnd?(batch: number, logs: BatchLogs): void | Promise<void>;
  /** The loss became NaN or infinite; true ends training instead of throwing the error. */
  onDiverged?(error: DivergedError): boolean;
  /** Around each evaluation, that of validation data included. */
  onTestBegin?(): void | Promise<void>;
  onTestEnd?(logs: Logs): void | Promise<void>;
}

/** What `fit` returns. */
export class History {
  /** One value per finished epoch under each name: "loss", "accuracy", "val_loss", ... */
  readonly history: Record<string, number[]> = {};
  /** Numbers of the finished epochs, from `initialEpoch`. */
  readonly epoch: number[] = [];
  /** Seconds each finished epoch took, validation included. */
  readonly seconds: number[] = [];
  /** True when a signal or `model.stopTraining` ended training early. */
  stopped = false;

  /** Internal: adds one epoch. */
  record(epoch: number, logs: Logs, seconds: number): void {
    this.epoch.push(epoch);
    this.seconds.push(seconds);
    for (const [name, value] of Object.entries(logs)) {
      this.history[name] ??= [];
      this.history[name].push(value);
    }
  }
}
