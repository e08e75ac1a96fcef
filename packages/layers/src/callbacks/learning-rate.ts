import { HeklaError, type Variable } from "@hekla/tensor";
import type { Model } from "../models/model.js";

/** The optimizer's learning rate, to read. */
export function learningRateOf(owner: string, model: Model | undefined): Variable {
  const rate = model?.optimizer.learningRate;
  if (rate) return rate;
  throw new HeklaError(
    `${owner}: the optimizer has no learning rate to set, got none, expected one of @hekla/optim`,
  );
}

/** The optimizer's learning rate, to set; under a schedule it would be overwritten by the next step. */
export function settableLearningRate(owner: string, model: Model | undefined): Variable {
  const rate = learningRateOf(owner, model);
  if (typeof model?.optimizer.getConfig().learningRate === "number") return rate;
  throw new HeklaError(
    `${owner}: the optimizer's learning rate follows a schedule, got one that cannot be set, expected a number`,
  );
}
