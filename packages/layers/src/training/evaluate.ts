import type { Model } from "../models/model.js";
import type { ArrayBatchesOptions, Batches, BatchSource, LabelledBatch } from "./batch-source.js";
import { ArrayBatches, isBatches, iterated } from "./batch-source.js";
import { checkInteger } from "./batches.js";
import type { Callback } from "./callback.js";
import type { ModelData } from "./model-data.js";
import { Pauses } from "./pause.js";
import type { Training } from "./training.js";
import { prepareBatch } from "./training-data.js";

export interface EvaluateOptions {
  /** Samples per step. Default 32. */
  readonly batchSize?: number | undefined;
  /** A weight for each sample. */
  readonly sampleWeight?: ModelData | undefined;
  /** Batches to stop after. Default: all. */
  readonly steps?: number | undefined;
  readonly callbacks?: readonly Callback[] | undefined;
}

/** The two forms of calls, `(x, y, options)` and `(batches, options)`, as one. */
export function evaluateOptions(
  x: ModelData | Batches,
  y: ModelData | EvaluateOptions,
  options: EvaluateOptions,
): [data: LabelledBatch | Batches, options: EvaluateOptions] {
  if (isBatches(x)) return [x, y as EvaluateOptions];
  const { sampleWeight } = options;
  return [{ x, y: y as ModelData, ...(sampleWeight !== undefined && { sampleWeight }) }, options];
}

/** Data to evaluate on, the same each time, checked as far as they can be before. */
export async function evaluationSource(
  owner: string,
  model: Model,
  data: LabelledBatch | Batches,
  { batchSize = 32, steps }: Pick<ArrayBatchesOptions, "steps"> & { readonly batchSize?: number | undefined },
): Promise<BatchSource> {
  checkInteger(owner, "batchSize", batchSize, 1);
  if (steps !== undefined) checkInteger(owner, "steps", steps, 1);
  if (isBatches(data)) {
    return iterated(owner, data, (batch) => prepareBatch(owner, model, batch), steps, true);
  }
  return new ArrayBatches(prepareBatch(owner, model, data), { batchSize, steps });
}

/** The loop behind `model.evaluate`. */
export async function evaluate(
  model: Model,
  training: Training,
  data: LabelledBatch | Batches,
  options: EvaluateOptions,
): Promise<Record<string, number>> {
  const source = await evaluationSource("evaluate", model, data, options);
  try {
    return await evaluateSource(training, source, options.callbacks ?? []);
  } finally {
    await source.close?.();
  }
}

/** Loss and metrics over the batches of a source. */
export async function evaluateSource(
  training: Training,
  source: BatchSource,
  callbacks: readonly Callback[],
): Promise<Record<string, number>> {
  for (const callback of callbacks) await callback.onTestBegin?.();
  training.reset("evaluate");
  const pauses = new Pauses();
  for await (const batch of source.epoch(0)) {
    training.evaluate(batch);
    if (pauses.due()) {
      await training.figures("evaluate");
      await pauses.take();
    }
  }
  const logs = await training.figures("evaluate");
  for (const callback of callbacks) await callback.onTestEnd?.(logs);
  return logs;
}
