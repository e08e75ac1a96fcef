import type { HostArray } from "@hekla/tensor";
import type { Model } from "../models/model.js";
import type { Callback } from "../training/callback.js";
import { Monitor, type MonitorOptions } from "./monitor.js";

export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs without a better figure to wait for. Default 0. */
  readonly patience?: number;
  /** Figure that has to be beaten for an epoch to count as better. Default none. */
  readonly baseline?: number;
  /** Whether the weights of the best epoch are put back at the end. Default false. */
  readonly restoreBestWeights?: boolean;
  /** Epochs before this one, counted from 0, are not watched. Default 0. */
  readonly startFromEpoch?: number;
}

/** Ends training when a figure stops getting better. Source: Keras 3 `EarlyStopping`. */
export class EarlyStopping implements Callback {
  readonly skipInDevRun = true;
  /** The epoch that ended training, from 0; undefined where none did. */
  stoppedEpoch: number | undefined;
  /** The best epoch, from 0, and its figure. */
  bestEpoch = 0;
  best: number | undefined;
  readonly #monitor: Monitor;
  #wait = 0;
  #weights: HostArray[] | undefined;
  #model: Model | undefined;

  constructor(private readonly options: EarlyStoppingOptions = {}) {
    this.#monitor = new Monitor("earlyStopping", options);
  }

  setModel(model: Model): void {
    this.#model = model;
  }

  onTrainBegin(): void {
    this.#wait = 0;
    this.stoppedEpoch = undefined;
    this.best = undefined;
    this.bestEpoch = 0;
    this.#weights = undefined;
  }

  async onEpochEnd(epoch: number, logs: Record<string, number>): Promise<void> {
    const { patience = 0, baseline, restoreBestWeights = false, startFromEpoch = 0 } = this.options;
    const value = this.#monitor.value(logs);
    if (value === undefined || epoch < startFromEpoch) return;
    const better = this.#monitor.isBetter(value, this.best);
    if (restoreBestWeights && (better || !this.#weights)) {
      this.#weights = await this.#model!.getWeights();
      this.bestEpoch = epoch;
    }
    this.#wait++;
    if (better) {
      this.best = value;
      this.bestEpoch = epoch;
      if (baseline === undefined || this.#monitor.isBetter(value, baseline)) this.#wait = 0;
      return;
    }
    if (this.#wait >= patience && epoch > 0) {
      this.stoppedEpoch = epoch;
      this.#model!.stopTraining = true;
    }
  }

  onTrainEnd(): void {
    if (this.#weights) this.#model!.setWeights(this.#weights);
  }
}
