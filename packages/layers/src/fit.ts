import { DataError, type HostArray, HostRandom } from "@hekla/tensor";
import { BatchReader, checkCounts, checkInteger, checkSamples, inOrder, sampleRange } from "./batches.js";
import { type BatchLogs, type Callback, History, type Logs } from "./callback.js";
import { DivergedError } from "./diverged-error.js";
import type { Model } from "./model.js";
import { pause } from "./pause.js";
import { progressLine } from "./progress-line.js";
import type { Training } from "./training.js";

/** Samples and their labels. */
export type LabelledData = readonly [x: HostArray, y: HostArray];

export interface FitOptions {
  /** Samples per step; the last step of an epoch may have fewer. Default 32. */
  readonly batchSize?: number;
  /** The epoch to stop before, counted from 0. Default 1. */
  readonly epochs?: number;
  /** Where to go on: shuffling follows the number of the epoch, so training resumes exactly. Default 0. */
  readonly initialEpoch?: number;
  /** Share of the samples, taken from the end, that is kept for validation. Default 0. */
  readonly validationSplit?: number;
  /** Evaluated after each epoch; replaces `validationSplit`. */
  readonly validationData?: LabelledData;
  /** Whether each epoch goes through the samples in its own random order. Default true. */
  readonly shuffle?: boolean;
  /** Of the shuffling and augmentation. Default: the model's seed. */
  readonly seed?: number;
  readonly callbacks?: readonly Callback[];
  /** 1 prints a line per epoch. Default 0. */
  readonly verbose?: 0 | 1;
  /** Ends training after the current step. */
  readonly signal?: AbortSignal;
  /** Changes a batch of samples in place before it is used for training. */
  readonly augment?: (batch: Float32Array, shape: readonly number[], random: HostRandom) => void;
}

/** How long steps may follow each other before loss and metrics are read and the event loop gets its turn. */
const pauseMilliseconds = 50;

/** The training loop behind `model.fit`. */
export async function fit(
  model: Model,
  training: Training,
  x: HostArray,
  y: HostArray,
  options: FitOptions,
): Promise<History> {
  const { train, validation } = splitData(x, y, options);
  const run = new FitRun(model, training, train, validation, options);
  return run.run();
}

/** Checks everything that can be checked before anything runs, and splits off the validation data. */
function splitData(
  x: HostArray,
  y: HostArray,
  options: FitOptions,
): { train: LabelledData; validation: LabelledData | undefined } {
  const { batchSize = 32, epochs = 1, initialEpoch = 0, validationSplit = 0, validationData } = options;
  checkInteger("fit", "batchSize", batchSize, 1);
  checkInteger("fit", "epochs", epochs, 0);
  checkInteger("fit", "initialEpoch", initialEpoch, 0);
  if (!(validationSplit >= 0 && validationSplit < 1)) {
    throw new DataError(
      `fit: bad validationSplit, got ${validationSplit}, expected a number from 0 to below 1`,
    );
  }
  checkLabelled("fit", x, y);
  if (validationData) {
    checkLabelled("fit (validationData)", ...validationData);
    return { train: [x, y], validation: validationData };
  }
  if (validationSplit === 0) return { train: [x, y], validation: undefined };
  const count = x.shape[0]!;
  const at = Math.floor(count * (1 - validationSplit));
  if (at === 0 || at === count) {
    throw new DataError(
      `fit: validationSplit leaves a part empty, got ${validationSplit} of ${count} samples, ` +
        "expected samples on both sides",
    );
  }
  return {
    train: [sampleRange(x, 0, at), sampleRange(y, 0, at)],
    validation: [sampleRange(x, at, count), sampleRange(y, at, count)],
  };
}

/** Samples and labels that can be used, as many of one as of the other. */
export function checkLabelled(owner: string, x: HostArray, y: HostArray): void {
  checkCounts(owner, x, y);
  checkSamples(owner, "x", x);
  checkSamples(owner, "y", y);
}

class FitRun {
  readonly #history = new History();
  readonly #batchSize: number;
  readonly #callbacks: readonly Callback[];
  readonly #seed: number;
  readonly #x: BatchReader;
  readonly #y: BatchReader;
  readonly #samples: number;

  constructor(
    private readonly model: Model,
    private readonly training: Training,
    train: LabelledData,
    private readonly validation: LabelledData | undefined,
    private readonly options: FitOptions,
  ) {
    const [x, y] = train;
    this.#samples = x.shape[0]!;
    this.#batchSize = Math.min(options.batchSize ?? 32, this.#samples);
    this.#callbacks = options.callbacks ?? [];
    this.#seed = options.seed ?? model.seed;
    this.#x = new BatchReader(x, this.#batchSize);
    this.#y = new BatchReader(y, this.#batchSize);
  }

  get #stopped(): boolean {
    return this.options.signal?.aborted === true || this.model.stopTraining;
  }

  async run(): Promise<History> {
    const { epochs = 1, initialEpoch = 0 } = this.options;
    this.model.stopTraining = false;
    for (const callback of this.#callbacks) callback.setModel?.(this.model);
    for (const callback of this.#callbacks) await callback.onTrainBegin?.();
    for (let epoch = initialEpoch; epoch < epochs && !this.#stopped; epoch++)
      await this.#epoch(epoch, epochs);
    this.#history.stopped = this.#stopped;
    for (const callback of this.#callbacks) await callback.onTrainEnd?.(this.#history);
    return this.#history;
  }

  async #epoch(epoch: number, epochs: number): Promise<void> {
    const start = performance.now();
    for (const callback of this.#callbacks) await callback.onEpochBegin?.(epoch);
    if (!(await this.#steps(epoch))) return;
    const logs: Record<string, number> = await this.#figures(epoch);
    if (this.validation) {
      const batchSize = this.#batchSize;
      const validated = await this.model.evaluate(...this.validation, { batchSize, checked: true });
      for (const [name, value] of Object.entries(validated)) logs[`val_${name}`] = value;
    }
    const seconds = (performance.now() - start) / 1000;
    this.#history.record(epoch, logs, seconds);
    if (this.options.verbose) console.log(progressLine(epoch, epochs, seconds, logs));
    for (const callback of this.#callbacks) await callback.onEpochEnd?.(epoch, logs);
  }

  /** One pass over the samples; false when it was ended early. */
  async #steps(epoch: number): Promise<boolean> {
    const order =
      this.options.shuffle === false
        ? inOrder(this.#samples)
        : new HostRandom(this.#seed, "shuffle", epoch).permutation(this.#samples);
    const random = new HostRandom(this.#seed, "augment", epoch);
    const batches = Math.ceil(this.#samples / this.#batchSize);
    this.training.reset();
    const began = performance.now();
    let paused = Number.NEGATIVE_INFINITY;
    let figures: Logs = {};
    for (let batch = 0; batch < batches; batch++) {
      this.#step(order, batch * this.#batchSize, random);
      const now = performance.now();
      if (now - paused >= pauseMilliseconds) {
        figures = await this.#figures(epoch);
        await pause();
        paused = performance.now();
      }
      if (this.#callbacks.length > 0) {
        const samples = Math.min((batch + 1) * this.#batchSize, this.#samples);
        const secondsPerStep = (now - began) / 1000 / (batch + 1);
        await this.#batchEnd(batch, { ...figures, batch, batches, samples, secondsPerStep });
      }
      if (this.#stopped && batch + 1 < batches) return false;
    }
    return true;
  }

  #step(order: Int32Array, start: number, random: HostRandom): void {
    const count = Math.min(this.#batchSize, this.#samples - start);
    const x = this.#x.read(order, start, count);
    const { augment } = this.options;
    if (augment) {
      if (!(x.data instanceof Float32Array)) {
        throw new DataError("fit: augment needs float32 samples, got another type, expected Float32Array");
      }
      augment(x.data, x.shape, random);
    }
    this.training.train(x, this.#y.read(order, start, count));
  }

  async #figures(epoch: number): Promise<Record<string, number>> {
    const figures = await this.training.figures();
    const loss = figures.loss!;
    if (!Number.isFinite(loss)) throw new DivergedError(epoch, loss, this.#history);
    return figures;
  }

  async #batchEnd(batch: number, logs: BatchLogs): Promise<void> {
    for (const callback of this.#callbacks) {
      const promise = callback.onBatchEnd?.(batch, logs);
      if (promise) await promise;
    }
  }
}
