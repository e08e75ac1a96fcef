import { HeklaError, type Variable } from "@hekla/tensor";
import type { Model } from "../model.js";

/** The optimizer's learning rate, to read and to set. */
export function learningRateOf(owner: string, model: Model | undefined): Variable {
  const rate = model?.optimizer?.learningRate;
  if (rate) return rate;
  throw new HeklaError(
    `${owner}: the optimizer has no learning rate to set, got none, expected one of @hekla/optim`,
  );
}
