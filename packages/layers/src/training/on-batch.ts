import type { Model } from "../models/model.js";
import type { LabelledBatch } from "./batch-source.js";
import { prepareBatch } from "./training-data.js";

/** What is behind `trainOnBatch` and `testOnBatch`: one step on one batch, and its figures. */
export async function onBatch(
  caller: "trainOnBatch" | "testOnBatch",
  model: Model,
  given: LabelledBatch,
): Promise<Record<string, number>> {
  const training = model.training(caller);
  const loading = training.load();
  // Without an await where nothing loads, the caller may change its arrays as soon as it has the promise.
  if (loading) await loading;
  const batch = prepareBatch(caller, model, given);
  const kind = caller === "trainOnBatch" ? "train" : "evaluate";
  training.reset(kind);
  training[kind](batch);
  return training.figures(kind);
}
