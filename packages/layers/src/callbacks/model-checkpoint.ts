import { DataError } from "@hekla/tensor";
import { makeFolderOf, removeFile } from "../files/files.js";
import type { Model } from "../models/model.js";
import type { BatchLogs, Callback } from "../training/callback.js";
import { Monitor, type MonitorOptions } from "./monitor.js";

export interface ModelCheckpointOptions extends MonitorOptions {
  /** Whether only epochs with a better figure than all before are saved. Default false. */
  readonly saveBestOnly?: boolean;
  /** Whether the file holds weights only (`.weights.h5`) instead of the whole model. Default false. */
  readonly saveWeightsOnly?: boolean;
  /** "epoch", or every how many steps. Default "epoch". */
  readonly saveFreq?: "epoch" | number;
  /** Figure that has to be beaten for the first file under `saveBestOnly`. Default none. */
  readonly initialValueThreshold?: number;
  /** How many of the files written stay; older ones are deleted, under `saveBestOnly` worse ones. Default: all. */
  readonly keep?: number;
}

/**
 * Saves the model while it trains. The path may hold `{epoch}`, `{epoch:02d}`, `{val_loss:.2f}`, `{batch}`: epochs and
 * batches count from 1. Files are written whole or not at all. Node only.
 * Source: Keras 3 `ModelCheckpoint`; `keep` as in Lightning's `save_top_k`.
 */
export class ModelCheckpoint implements Callback {
  readonly skipInDevRun = true;
  /** The file of the best epoch, under `saveBestOnly`, else the one written last. */
  latestPath: string | undefined;
  best: number | undefined;
  readonly #monitor: Monitor | undefined;
  readonly #written: string[] = [];
  #model: Model | undefined;
  #epoch = 0;
  #steps = 0;

  /** @throws DataError for an empty path, or numbers out of range */
  constructor(
    readonly path: string,
    private readonly options: ModelCheckpointOptions = {},
  ) {
    const { saveBestOnly = false, saveFreq = "epoch", keep, saveWeightsOnly = false } = options;
    if (saveWeightsOnly && !path.endsWith(".weights.h5")) {
      throw new DataError(
        `modelCheckpoint: got ${path} for weights only, expected a name that ends in .weights.h5`,
      );
    }
    for (const [name, value] of Object.entries({ saveFreq, keep })) {
      if (value === undefined || value === "epoch" || (Number.isInteger(value) && Number(value) >= 1))
        continue;
      throw new DataError(
        `modelCheckpoint: bad ${name}, got ${value}, expected a whole number of at least 1`,
      );
    }
    this.best = options.initialValueThreshold;
    this.#monitor = saveBestOnly ? new Monitor("modelCheckpoint", options) : undefined;
  }

  setModel(model: Model): void {
    this.#model = model;
  }

  onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  async onBatchEnd(batch: number, { batch: _batch, batches: _batches, ...logs }: BatchLogs): Promise<void> {
    const { saveFreq = "epoch" } = this.options;
    if (saveFreq === "epoch" || ++this.#steps % saveFreq !== 0) return;
    await this.#save({ ...logs, epoch: this.#epoch + 1, batch: batch + 1 }, logs);
  }

  async onEpochEnd(epoch: number, logs: Record<string, number>): Promise<void> {
    if ((this.options.saveFreq ?? "epoch") === "epoch") await this.#save({ ...logs, epoch: epoch + 1 }, logs);
  }

  async #save(
    fields: Readonly<Record<string, number>>,
    logs: Readonly<Record<string, number>>,
  ): Promise<void> {
    if (this.#monitor) {
      const value = this.#monitor.value(logs);
      if (value === undefined || !this.#monitor.isBetter(value, this.best)) return;
      this.best = value;
    }
    const path = formatPath(this.path, fields);
    await makeFolderOf("modelCheckpoint", path);
    const model = this.#model!;
    await (this.options.saveWeightsOnly ? model.saveWeights(path) : model.save(path));
    this.latestPath = path;
    const { keep } = this.options;
    const known = this.#written.indexOf(path);
    if (known >= 0) this.#written.splice(known, 1);
    this.#written.push(path);
    while (keep !== undefined && this.#written.length > keep) {
      await removeFile("modelCheckpoint", this.#written.shift()!);
    }
  }
}

/** Fills in `{name}` and Python's formats `{name:02d}`, `{name:.3f}`. */
export function formatPath(path: string, fields: Readonly<Record<string, number>>): string {
  return path.replace(
    /\{(\w+)(?::(0?)(\d*)(?:\.(\d+))?([dfeg]?))?\}/g,
    (_, name: string, zero, width, digits, kind) => {
      const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (value === undefined) {
        throw new DataError(
          `modelCheckpoint: ${path} asks for {${name}}, got ${Object.keys(fields).join(", ")}, expected one of these`,
        );
      }
      const text = numberText(value, kind as string, digits as string | undefined);
      return text.padStart(Number(width ?? 0), zero === "0" ? "0" : " ");
    },
  );
}

function numberText(value: number, kind: string, digits: string | undefined): string {
  if (kind === "f" || (kind === "" && digits !== undefined)) return value.toFixed(Number(digits ?? 6));
  if (kind === "e") return value.toExponential(Number(digits ?? 6));
  return String(value);
}
