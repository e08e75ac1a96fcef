import { type Compiled, compile, DataError, type HostArray, ShapeError, type Tensor } from "@hekla/tensor";
import { product } from "../batch-shape.js";
import type { Model } from "../models/model.js";
import type { Outputs } from "../symbolic-tensor.js";
import { ArrayBatches, type Batches, isBatches, iterated, type SampleBatch } from "./batch-source.js";
import { checkInteger } from "./batches.js";
import { isHostArray, type ModelData } from "./model-data.js";
import { Pauses } from "./pause.js";
import type { HostBatch } from "./training.js";
import { partsOf, prepareSamples } from "./training-data.js";

export interface BatchOptions {
  /** Samples per step. Default 32. */
  readonly batchSize?: number | undefined;
}

/** The compiled forward pass of a model, over many samples. */
export class Predictor {
  readonly #step: Compiled<[x: readonly Tensor[]], readonly Tensor[]>;

  constructor(private readonly model: Model) {
    this.#step = compile((x: readonly Tensor[]) =>
      model.applyAll(x.length === 1 ? x[0]! : x, { training: false }),
    );
  }

  async predict(
    data: ModelData | Batches<SampleBatch>,
    { batchSize = 32 }: BatchOptions,
  ): Promise<Outputs<HostArray>> {
    checkInteger("predict", "batchSize", batchSize, 1);
    const prepare = (samples: ModelData): HostBatch => ({
      x: prepareSamples("predict", this.model, samples),
      y: [],
      sampleWeight: [],
    });
    const source = isBatches<SampleBatch>(data)
      ? await iterated("predict", data, (batch) => prepare(samplesOf(batch)), undefined)
      : new ArrayBatches(prepare(data), { batchSize });
    const pauses = new Pauses();
    const parts: HostArray[][] = [];
    for await (const { x } of source.epoch(0)) {
      const outputs = this.#step(x);
      const count = x[0]!.shape[0]!;
      for (const [index, output] of outputs.entries()) {
        const { shape } = output;
        if (shape[0] !== count) {
          throw new DataError(`predict: the output is no batch, got [${shape}], expected ${count} samples`);
        }
        parts[index] ??= [];
        parts[index].push({ data: await output.data(), shape });
      }
      if (pauses.due()) await pauses.take();
    }
    const [first, ...others] = parts.map(joined);
    return [first!, ...others];
  }

  dispose(): void {
    this.#step.dispose();
  }
}

/** The samples of a batch, which may come with labels. */
const samplesOf = (batch: SampleBatch): ModelData =>
  isHostArray(batch) ? batch : partsOf("predict", batch)[0];

/** Batches one after the other, as one array. */
function joined(batches: readonly HostArray[]): HostArray {
  if (batches.length === 1 && batches[0]!.data instanceof Float32Array) return batches[0]!;
  const samples = batches.reduce((total, { shape }) => total + shape[0]!, 0);
  const shape = [samples, ...batches[0]!.shape.slice(1)];
  const other = batches.find((batch) => batch.shape.slice(1).join() !== shape.slice(1).join());
  if (other) {
    throw new ShapeError(
      `predict: outputs differ in shape, got [${batches[0]!.shape}] and [${other.shape}], expected the same behind the ` +
        "number of samples; predict them one by one",
    );
  }
  const data = new Float32Array(product(shape));
  let at = 0;
  for (const batch of batches) {
    data.set(batch.data, at);
    at += batch.data.length;
  }
  return { data, shape };
}
