import { DataError, type HostArray } from "@hekla/tensor";
import type { Model } from "../models/model.js";
import { ArrayBatches, type Batches, type BatchSource, isBatches, iterated } from "./batch-source.js";
import { sampleRange } from "./batches.js";
import { evaluationSource } from "./evaluate.js";
import type { FitOptions } from "./fit-options.js";
import type { ModelData } from "./model-data.js";
import type { HostBatch } from "./training.js";
import { prepareBatch } from "./training-data.js";

/** Where training gets its batches from, and validation if there is one. */
export interface FitSources {
  readonly train: BatchSource;
  readonly validation: BatchSource | undefined;
}

/** Checks everything that can be checked before anything runs, and splits off the validation data. */
export async function fitSources(
  model: Model,
  x: ModelData | Batches,
  y: ModelData | null | undefined,
  options: FitOptions,
): Promise<FitSources> {
  const { batchSize = 32, validationBatchSize = batchSize, validationSteps, validationData } = options;
  const { stepsPerEpoch, classWeight, sampleWeight, validationSplit = 0 } = options;
  const weights = { classWeight };
  const validation =
    validationData &&
    (await evaluationSource("fit (validationData)", model, validationData, {
      batchSize: validationBatchSize,
      steps: validationSteps,
    }));
  if (isBatches(x)) {
    if (validationSplit > 0) {
      throw new DataError("fit: validationSplit needs arrays, got batches, expected validationData");
    }
    if (options.augment) throw new DataError("fit: augment needs arrays, got batches, expected arrays");
    const prepare = (batch: Parameters<typeof prepareBatch>[2]): HostBatch =>
      prepareBatch("fit", model, batch, weights);
    const source = () => iterated("fit", x, prepare, stepsPerEpoch, options.overfitBatches !== undefined);
    return {
      train: await source(),
      validation: options.overfitBatches === undefined ? validation : await source(),
    };
  }
  const all = prepareBatch(
    "fit",
    model,
    { x, y, ...(sampleWeight !== undefined && { sampleWeight }) },
    weights,
  );
  const seed = options.seed ?? model.seed;
  const batches = (data: HostBatch): ArrayBatches =>
    new ArrayBatches(data, {
      batchSize,
      steps: stepsPerEpoch,
      shuffleSeed: options.shuffle === false ? undefined : seed,
      augmentSeed: seed,
      augment: options.augment,
    });
  const plain = { batchSize: validationBatchSize, steps: validationSteps };
  if (options.overfitBatches !== undefined)
    return { train: batches(all), validation: new ArrayBatches(all, plain) };
  if (validation || validationSplit === 0) return { train: batches(all), validation };
  const count = all.x[0]!.shape[0]!;
  const at = Math.floor(count * (1 - validationSplit));
  if (at === 0 || at === count) {
    throw new DataError(
      `fit: validationSplit leaves a part empty, got ${validationSplit} of ${count} samples, ` +
        "expected samples on both sides",
    );
  }
  const part = (from: number, to: number): HostBatch => {
    const range = (array: HostArray): HostArray => sampleRange(array, from, to);
    return { x: all.x.map(range), y: all.y.map(range), sampleWeight: all.sampleWeight.map(range) };
  };
  return { train: batches(part(0, at)), validation: new ArrayBatches(part(at, count), plain) };
}
