import { type Compiled, compile, DataError, type HostArray, type Tensor } from "@hekla/tensor";
import { ArrayBatches } from "./batch-source.js";
import { checkInteger } from "./batches.js";
import type { Model } from "./model.js";
import type { ModelData } from "./model-data.js";
import { Pauses } from "./pause.js";
import type { Outputs } from "./symbolic-tensor.js";
import { prepareSamples } from "./training-data.js";

export interface BatchOptions {
  /** Samples per step. Default 32. */
  readonly batchSize?: number;
}

/** The compiled forward pass of a model, over many samples. */
export class Predictor {
  readonly #step: Compiled<[x: readonly Tensor[]], readonly Tensor[]>;

  constructor(private readonly model: Model) {
    this.#step = compile((x: readonly Tensor[]) =>
      model.applyAll(x.length === 1 ? x[0]! : x, { training: false }),
    );
  }

  async predict(data: ModelData, { batchSize = 32 }: BatchOptions): Promise<Outputs<HostArray>> {
    checkInteger("predict", "batchSize", batchSize, 1);
    const x = prepareSamples("predict", this.model, data);
    const source = new ArrayBatches({ x, y: [], sampleWeight: [] }, { batchSize });
    const pauses = new Pauses();
    let results: { data: Float32Array; shape: number[] }[] | undefined;
    let done = 0;
    for (const batch of source.epoch(0)) {
      const outputs = this.#step(batch.x);
      const count = batch.x[0]!.shape[0]!;
      results ??= outputs.map(({ shape, size }) => {
        if (shape[0] !== count) {
          throw new DataError(`predict: the output is no batch, got [${shape}], expected ${count} samples`);
        }
        return {
          data: new Float32Array((size / count) * source.samples),
          shape: [source.samples, ...shape.slice(1)],
        };
      });
      for (const [index, output] of outputs.entries()) {
        results[index]!.data.set(await output.data(), done * (output.size / count));
      }
      done += count;
      if (pauses.due()) await pauses.take();
    }
    const [first, ...others] = results!;
    return [first!, ...others];
  }

  dispose(): void {
    this.#step.dispose();
  }
}
