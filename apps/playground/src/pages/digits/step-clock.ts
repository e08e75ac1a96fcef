import type { Callback } from "@hekla/layers";

/**
 * What a training step takes once everything is compiled: from the end of an epoch's first step, when `fit`
 * has waited for the device, to the end of its last, when it waits again. The fastest epoch counts; the
 * first one is slowed down by compiling.
 */
export class StepClock implements Callback {
  /** NaN until an epoch of two steps has ended. */
  milliseconds = Number.NaN;
  #began = 0;
  #steps = 0;

  onBatchEnd(batch: number): void {
    if (batch === 0) this.#began = performance.now();
    this.#steps = batch;
  }

  /** Validation begins: the steps are over. */
  onTestBegin(): void {
    this.#take();
  }

  onEpochEnd(): void {
    this.#take();
  }

  #take(): void {
    if (this.#steps === 0) return;
    const mean = (performance.now() - this.#began) / this.#steps;
    this.milliseconds = Number.isNaN(this.milliseconds) ? mean : Math.min(this.milliseconds, mean);
    this.#steps = 0;
  }
}
