import { findNonFinite, type HostData, tensor, type Variable } from "@hekla/tensor";
import type { Model } from "../models/model.js";
import type { BadPlace } from "./diverged-error.js";
import type { HostBatch, Training } from "./training.js";

/** Runs training steps such that the first bad value can be traced to its layer and op. */
export class NanGuard {
  constructor(
    private readonly model: Model,
    private readonly training: Training,
  ) {}

  /** One training step; where its loss is not finite, the weights are put back and the place is told. */
  async step(batch: HostBatch): Promise<BadPlace | undefined> {
    const { model, training } = this;
    training.optimizer.build(model.trainableWeights);
    const variables = [...new Set([...model.weights, ...model.states, ...training.optimizer.variables])];
    const before = await Promise.all(
      variables.map(
        async (variable): Promise<[Variable, HostData]> => [variable, (await variable.data()).slice()],
      ),
    );
    training.train(batch);
    const { loss } = await training.figures("train");
    const fine = loss === undefined || Number.isFinite(loss);
    // The loss is that from before the update, which may have gone wrong alone.
    if (fine && (await allFinite(model.trainableWeights))) return undefined;
    for (const [variable, values] of before) variable.write(values);
    training.reset("train");
    const found = await findNonFinite(() => {
      const [x, y, sampleWeight] = [batch.x, batch.y, batch.sampleWeight].map((arrays) =>
        arrays.map((array) => tensor(array)),
      );
      training.trainStep({ x: x!, y: y!, sampleWeight: sampleWeight! });
    });
    if (!found) return { op: "loss", layer: "", value: "NaN", shape: [] };
    const { label, ...rest } = found;
    return { ...rest, layer: label };
  }
}

async function allFinite(variables: readonly Variable[]): Promise<boolean> {
  for (const variable of variables) {
    for (const value of await variable.data()) if (!Number.isFinite(value)) return false;
  }
  return true;
}
