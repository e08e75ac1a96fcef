import { DataError } from "@hekla/tensor";
import type { Model } from "../models/model.js";
import type { Callback } from "../training/callback.js";
import { settableLearningRate } from "./learning-rate.js";
import { Monitor, type MonitorOptions } from "./monitor.js";

export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** What the rate is multiplied by, below 1. Default 0.1. */
  readonly factor?: number;
  /** Epochs without a better figure before the rate goes down. Default 10. */
  readonly patience?: number;
  /** Default 0.0001. */
  readonly minDelta?: number;
  /** Epochs after a reduction in which nothing counts. Default 0. */
  readonly cooldown?: number;
  /** Lowest rate. Default 0. */
  readonly minLearningRate?: number;
}

/**
 * Lowers the learning rate when a figure stops getting better; the rate is in the logs as "learningRate".
 * Source: Keras 3 `ReduceLROnPlateau`.
 */
export class ReduceLROnPlateau implements Callback {
  readonly #monitor: Monitor;
  readonly #options: Required<
    Pick<ReduceLROnPlateauOptions, "factor" | "patience" | "cooldown" | "minLearningRate">
  >;
  #model: Model | undefined;
  #best: number | undefined;
  #wait = 0;
  #cooling = 0;

  /** @throws DataError unless `factor` is below 1 */
  constructor(options: ReduceLROnPlateauOptions = {}) {
    const { factor = 0.1, patience = 10, cooldown = 0, minLearningRate = 0, minDelta = 1e-4 } = options;
    if (!(factor < 1 && factor >= 0)) {
      throw new DataError(
        `reduceLROnPlateau: bad factor, got ${factor}, expected a number from 0 to below 1`,
      );
    }
    this.#options = { factor, patience, cooldown, minLearningRate };
    this.#monitor = new Monitor("reduceLROnPlateau", { ...options, minDelta });
  }

  setModel(model: Model): void {
    this.#model = model;
  }

  onTrainBegin(): void {
    this.#best = undefined;
    this.#wait = 0;
    this.#cooling = 0;
  }

  async onEpochEnd(_epoch: number, logs: Record<string, number>): Promise<void> {
    const rate = settableLearningRate("reduceLROnPlateau", this.#model);
    const current = (await rate.data())[0]!;
    logs.learningRate = current;
    const value = this.#monitor.value(logs);
    if (value === undefined) return;
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#wait = 0;
    }
    if (this.#monitor.isBetter(value, this.#best)) {
      this.#best = value;
      this.#wait = 0;
      return;
    }
    const { factor, patience, cooldown, minLearningRate } = this.#options;
    if (this.#cooling > 0 || ++this.#wait < patience || current <= Math.fround(minLearningRate)) return;
    rate.write([Math.max(current * factor, minLearningRate)]);
    this.#cooling = cooldown;
    this.#wait = 0;
  }
}
