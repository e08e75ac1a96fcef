import { DataError, type HostArray, HostRandom } from "@hekla/tensor";
import { BatchReader, inOrder } from "./batches.js";
import type { ModelData } from "./model-data.js";
import type { HostBatch } from "./training.js";

/** One batch as generators and data sets yield it; labels may be missing where the model's own `trainStep` needs none. */
export type LabelledBatch =
  | readonly [x: ModelData, y?: ModelData | null | undefined, sampleWeight?: ModelData | undefined]
  | { readonly x: ModelData; readonly y?: ModelData | null | undefined; readonly sampleWeight?: ModelData };

/** One batch for `predict`: labelled, or one array of samples with its shape. */
export type SampleBatch = LabelledBatch | HostArray;

/**
 * Batches one after the other: something to iterate over (a data set, which gives an epoch each time; a generator, which
 * ends for good), or a function that makes it.
 */
export type Batches<Batch = LabelledBatch> =
  | Iterable<Batch>
  | (AsyncIterable<Batch> & {
      /** The batches of the epoch of this number, so that training resumed goes on with the right order. */
      readonly iterate?: (epoch: number) => AsyncIterable<Batch>;
    })
  | (() => Iterable<Batch> | AsyncIterable<Batch>);

/** Whether these are batches rather than arrays. */
export const isBatches = <Batch = LabelledBatch>(data: unknown): data is Batches<Batch> =>
  typeof data === "function" ||
  (typeof data === "object" &&
    data !== null &&
    !Array.isArray(data) &&
    !ArrayBuffer.isView(data) &&
    (Symbol.iterator in data || Symbol.asyncIterator in data));

/** Where `fit` and `evaluate` get batches from. */
export interface BatchSource {
  /** Batches of an epoch, where it is known. */
  readonly batches: number | undefined;
  /** The batches of one epoch; arrays in them are valid until the next. */
  epoch(epoch: number): AsyncIterable<HostBatch> | Iterable<HostBatch>;
  /** Nothing more is wanted: lets go of files and the like. */
  close?(): Promise<void>;
}

export interface ArrayBatchesOptions {
  readonly batchSize: number;
  /** Batches to stop after. Default: all samples. */
  readonly steps?: number | undefined;
  /** Of the order of samples; undefined leaves them as they come. */
  readonly shuffleSeed?: number | undefined;
  /** Of `augment`. */
  readonly augmentSeed?: number;
  /** Changes a batch of samples in place. */
  readonly augment?:
    | ((batch: Float32Array, shape: readonly number[], random: HostRandom) => void)
    | undefined;
}

/** Samples in arrays, dealt out in batches. */
export class ArrayBatches implements BatchSource {
  readonly batches: number;
  readonly samples: number;
  readonly #batchSize: number;
  readonly #readers: { readonly [Part in keyof HostBatch]: readonly BatchReader[] };

  constructor(
    data: HostBatch,
    private readonly options: ArrayBatchesOptions,
  ) {
    this.samples = data.x[0]!.shape[0]!;
    this.#batchSize = Math.min(options.batchSize, this.samples);
    const reader = (array: HostArray): BatchReader => new BatchReader(array, this.#batchSize);
    this.#readers = {
      x: data.x.map(reader),
      y: data.y.map(reader),
      sampleWeight: data.sampleWeight.map(reader),
    };
    this.batches = Math.min(
      Math.ceil(this.samples / this.#batchSize),
      options.steps ?? Number.POSITIVE_INFINITY,
    );
  }

  *epoch(epoch: number): Iterable<HostBatch> {
    const { shuffleSeed, augmentSeed = 0, augment } = this.options;
    const order =
      shuffleSeed === undefined
        ? augment && inOrder(this.samples)
        : new HostRandom(shuffleSeed, "shuffle", epoch).permutation(this.samples);
    const random = augment && new HostRandom(augmentSeed, "augment", epoch);
    for (let batch = 0; batch < this.batches; batch++) {
      const start = batch * this.#batchSize;
      const count = Math.min(this.#batchSize, this.samples - start);
      const read = (reader: BatchReader): HostArray =>
        order ? reader.read(order, start, count) : reader.range(start, count);
      const { x, y, sampleWeight } = this.#readers;
      const dealt = { x: x.map(read), y: y.map(read), sampleWeight: sampleWeight.map(read) };
      if (augment && random) {
        const { data, shape } = dealt.x[0]!;
        if (!(data instanceof Float32Array)) {
          throw new DataError("fit: augment needs float32 samples, got another type, expected Float32Array");
        }
        augment(data, shape, random);
      }
      yield dealt;
    }
  }
}

/** `IteratedBatches` of these arguments: batches that somebody else makes. What deals them out loads with the first. */
export async function iterated<Batch = LabelledBatch>(
  owner: string,
  source: Batches<Batch>,
  prepare: (batch: Batch) => HostBatch,
  batches: number | undefined,
  same?: boolean,
): Promise<BatchSource> {
  const { IteratedBatches } = await import("./iterated-batches.js");
  return new IteratedBatches(owner, source, prepare, batches, same);
}
