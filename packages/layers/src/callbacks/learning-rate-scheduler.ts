import { DataError } from "@hekla/tensor";
import type { Model } from "../models/model.js";
import type { Callback } from "../training/callback.js";
import { settableLearningRate } from "./learning-rate.js";

/**
 * Sets the learning rate before each epoch to what a function of the epoch, from 0, and the rate so far gives; the rate
 * is in the logs as "learningRate". Source: Keras 3 `LearningRateScheduler`.
 */
export class LearningRateScheduler implements Callback {
  #model: Model | undefined;

  constructor(private readonly schedule: (epoch: number, learningRate: number) => number) {}

  setModel(model: Model): void {
    this.#model = model;
  }

  async onEpochBegin(epoch: number): Promise<void> {
    const rate = settableLearningRate("learningRateScheduler", this.#model);
    const next = this.schedule(epoch, (await rate.data())[0]!);
    if (typeof next !== "number" || !(next >= 0) || !Number.isFinite(next)) {
      throw new DataError(
        `learningRateScheduler: bad learning rate for epoch ${epoch}, got ${next}, expected a finite number of at least 0`,
      );
    }
    rate.write([next]);
  }

  async onEpochEnd(_epoch: number, logs: Record<string, number>): Promise<void> {
    logs.learningRate = (await settableLearningRate("learningRateScheduler", this.#model).data())[0]!;
  }
}
