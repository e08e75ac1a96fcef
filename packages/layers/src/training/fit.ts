import type { Model } from "../models/model.js";
import { type Batches, isBatches } from "./batch-source.js";
import { type BatchLogs, type Callback, History, type Logs } from "./callback.js";
import { DivergedError } from "./diverged-error.js";
import { evaluateSource } from "./evaluate.js";
import { checkOptions, effectiveOptions, type FitOptions } from "./fit-options.js";
import { type FitSources, fitSources } from "./fit-sources.js";
import type { ModelData } from "./model-data.js";
import type { NanGuard } from "./nan-guard.js";
import { Pauses } from "./pause.js";
import { progressLine } from "./progress-line.js";
import type { HostBatch, Training } from "./training.js";

export type { FitOptions } from "./fit-options.js";

/** The training loop behind `model.fit`. */
export async function fit(
  model: Model,
  training: Training,
  x: ModelData | Batches,
  second: ModelData | FitOptions | null | undefined,
  last: FitOptions,
): Promise<History> {
  const [y, given] = isBatches(x) ? [undefined, (second ?? {}) as FitOptions] : [second as ModelData, last];
  const options = effectiveOptions(given);
  checkOptions(options);
  const sources = await fitSources(model, x, y, options);
  return new FitRun(model, training, sources, options).run();
}

class FitRun {
  readonly #history = new History();
  readonly #callbacks: readonly Callback[];
  #guard: NanGuard | undefined;

  constructor(
    private readonly model: Model,
    private readonly training: Training,
    private readonly sources: FitSources,
    private readonly options: FitOptions,
  ) {
    this.#callbacks = options.callbacks ?? [];
  }

  get #stopped(): boolean {
    return this.options.signal?.aborted === true || this.model.stopTraining;
  }

  async run(): Promise<History> {
    const { epochs = 1, initialEpoch = 0 } = this.options;
    this.model.stopTraining = false;
    if (this.options.nanGuard) {
      const { NanGuard } = await import("./nan-guard.js");
      this.#guard = new NanGuard(this.model, this.training);
    }
    for (const callback of this.#callbacks) callback.setModel?.(this.model);
    for (const callback of this.#callbacks) await callback.onTrainBegin?.();
    try {
      for (let epoch = initialEpoch; epoch < epochs && !this.#stopped; epoch++) {
        await this.#epoch(epoch, epochs);
      }
    } catch (error) {
      if (!(error instanceof DivergedError) || !this.#handled(error)) throw error;
      this.model.stopTraining = true;
    } finally {
      await this.sources.train.close?.();
      await this.sources.validation?.close?.();
    }
    this.training.optimizer.finalizeVariableValues?.(this.model.trainableWeights);
    this.#history.stopped = this.#stopped;
    for (const callback of this.#callbacks) await callback.onTrainEnd?.(this.#history);
    return this.#history;
  }

  /** Whether a callback takes it upon itself that training diverged; all are told. */
  #handled(error: DivergedError): boolean {
    return this.#callbacks.map((callback) => callback.onDiverged?.(error) ?? false).includes(true);
  }

  async #epoch(epoch: number, epochs: number): Promise<void> {
    const start = performance.now();
    for (const callback of this.#callbacks) await callback.onEpochBegin?.(epoch);
    if (!(await this.#steps(epoch))) return;
    const logs: Record<string, number> = await this.#figures(epoch);
    const { validation } = this.sources;
    if (validation && this.#validates(epoch)) {
      const validated = await evaluateSource(this.training, validation, this.#callbacks);
      for (const [name, value] of Object.entries(validated)) logs[`val_${name}`] = value;
    }
    const seconds = (performance.now() - start) / 1000;
    for (const callback of this.#callbacks) await callback.onEpochEnd?.(epoch, logs);
    this.#history.record(epoch, logs, seconds);
    if (this.options.verbose) console.log(progressLine(epoch, epochs, seconds, logs));
  }

  #validates(epoch: number): boolean {
    const { validationFreq = 1 } = this.options;
    return typeof validationFreq === "number"
      ? (epoch + 1) % validationFreq === 0
      : validationFreq.includes(epoch + 1);
  }

  /** One pass over the samples; false when it was ended early. */
  async #steps(epoch: number): Promise<boolean> {
    const { train } = this.sources;
    const { initialEpoch = 0, initialStep = 0 } = this.options;
    const first = epoch === initialEpoch ? initialStep : 0;
    this.training.reset("train");
    const began = performance.now();
    const pauses = new Pauses(true);
    let figures: Logs = {};
    let batch = 0;
    let samples = 0;
    for await (const data of train.epoch(epoch)) {
      if (batch < first) {
        batch++;
        continue;
      }
      // Told between two steps only: a stop after the last step lets the epoch end as it should.
      if (batch > first && this.#stopped) return false;
      for (const callback of this.#callbacks) {
        const promise = callback.onBatchBegin?.(batch);
        if (promise) await promise;
      }
      await this.#step(data, epoch, batch);
      samples += data.x[0]!.shape[0]!;
      if (pauses.due()) {
        figures = await this.#figures(epoch);
        await pauses.take();
      }
      if (this.#callbacks.length > 0) {
        const secondsPerStep = (performance.now() - began) / 1000 / (batch + 1 - first);
        const batches = train.batches ?? Number.NaN;
        await this.#batchEnd(batch, { ...figures, batch, batches, samples, secondsPerStep });
      }
      batch++;
    }
    return true;
  }

  async #step(data: HostBatch, epoch: number, batch: number): Promise<void> {
    if (!this.#guard) {
      this.training.train(data);
      return;
    }
    const place = await this.#guard.step(data);
    if (place) throw new DivergedError(epoch, Number.NaN, this.#history, { batch, ...place });
  }

  async #figures(epoch: number): Promise<Record<string, number>> {
    const figures = await this.training.figures("train");
    const { loss } = figures;
    if (loss !== undefined && !Number.isFinite(loss)) throw new DivergedError(epoch, loss, this.#history);
    return figures;
  }

  async #batchEnd(batch: number, logs: BatchLogs): Promise<void> {
    for (const callback of this.#callbacks) {
      const promise = callback.onBatchEnd?.(batch, logs);
      if (promise) await promise;
    }
  }
}
