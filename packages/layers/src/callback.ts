import type { Model } from "./model.js";

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
  /** Batches of the epoch. */
  readonly batches: number;
  /** Samples seen in this epoch. */
  readonly samples: number;
  /** Mean so far in this epoch, evaluation not counted. */
  readonly secondsPerStep: number;
}

/** Plain object whose functions `fit` calls; those that return a promise are awaited. */
export interface Callback {
  setModel?(model: Model): void;
  onTrainBegin?(): void | Promise<void>;
  onTrainEnd?(history: History): void | Promise<void>;
  onEpochBegin?(epoch: number): void | Promise<void>;
  onEpochEnd?(epoch: number, logs: Logs): void | Promise<void>;
  onBatchEnd?(batch: number, logs: BatchLogs): void | Promise<void>;
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
