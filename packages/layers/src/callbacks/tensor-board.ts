import type { HostArray } from "@hekla/tensor";
import type { Model } from "../models/model.js";
import { EventFile } from "../tensorboard/event-file.js";
import type { BatchLogs, Callback, Logs } from "../training/callback.js";
import { learningRateOf } from "./learning-rate.js";

export interface TensorBoardOptions {
  /** Every how many epochs histograms of all weights are written; 0 for never. Default 0. */
  readonly histogramFreq?: number;
  /** Whether weights are written as pictures beside their histograms. Default false. */
  readonly writeImages?: boolean;
  /** Figures after each epoch only, or also every so many steps (1 for "batch"). Default "epoch". */
  readonly updateFreq?: "epoch" | "batch" | number;
}

/**
 * Writes figures, and if wanted weights, to event files under `logDir`, for TensorBoard: "train" and "validation" are
 * runs of their own, with the tags `epoch_loss`, `batch_loss`, `dense_1/kernel/histogram`. Node only.
 * Source: Keras 3 `TensorBoard`.
 */
export class TensorBoard implements Callback {
  readonly skipInDevRun = true;
  #train: EventFile | undefined;
  #validation: EventFile | undefined;
  #model: Model | undefined;
  #steps = 0;

  constructor(
    /** Default "logs". */
    readonly logDir = "logs",
    private readonly options: TensorBoardOptions = {},
  ) {}

  setModel(model: Model): void {
    this.#model = model;
  }

  onTrainBegin(): void {
    this.#train = new EventFile(`${this.logDir}/train`);
    this.#validation = undefined;
    this.#steps = 0;
  }

  async onBatchEnd(
    _batch: number,
    { batch, batches, samples, secondsPerStep, ...figures }: BatchLogs,
  ): Promise<void> {
    const { updateFreq = "epoch" } = this.options;
    this.#steps++;
    const every = updateFreq === "batch" ? 1 : updateFreq;
    if (every === "epoch" || this.#steps % every !== 0) return;
    const all = { ...figures, steps_per_second: 1 / secondsPerStep };
    await this.#train!.scalars(this.#steps, renamed(all, "batch_"));
  }

  async onEpochEnd(epoch: number, logs: Record<string, number>): Promise<void> {
    const own = Object.entries(logs).filter(([name]) => !name.startsWith("val_"));
    const validated = Object.entries(logs).filter(([name]) => name.startsWith("val_"));
    const figures: Record<string, number> = Object.fromEntries(own);
    if (this.#model?.optimizer.learningRate && !("learningRate" in figures)) {
      figures.learningRate = (await learningRateOf("tensorBoard", this.#model).data())[0]!;
    }
    await this.#train!.scalars(epoch, renamed(figures, "epoch_"));
    if (validated.length > 0) {
      this.#validation ??= new EventFile(`${this.logDir}/validation`);
      const plain = validated.map(([name, value]): [string, number] => [name.slice("val_".length), value]);
      await this.#validation.scalars(epoch, renamed(Object.fromEntries(plain), "epoch_"));
    }
    const { histogramFreq = 0, writeImages = false } = this.options;
    if (histogramFreq === 0 || epoch % histogramFreq !== 0) return;
    for (const [name, weight] of this.#model!.namedWeights()) {
      const data = await weight.data();
      await this.#train!.histogram(epoch, `${name}/histogram`, data);
      if (writeImages) {
        const picture = weightPicture({ data, shape: weight.shape });
        if (picture) await this.#train!.image(epoch, `${name}/image`, picture);
      }
    }
  }
}

const renamed = (logs: Logs, prefix: string): Record<string, number> =>
  Object.fromEntries(Object.entries(logs).map(([name, value]) => [prefix + name, value]));

/** A weight's values from the least, black, to the largest, white: a line for each but the last axis. */
function weightPicture({ data, shape }: HostArray): HostArray | undefined {
  if (data.length === 0) return undefined;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = high > low ? 1 / (high - low) : 0;
  const width = shape.at(-1) ?? 1;
  const pixels = Float32Array.from(data, (value) => (value - low) * scale);
  return { data: pixels, shape: [data.length / width, width, 1] };
}
