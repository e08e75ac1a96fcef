import { DataError } from "@hekla/tensor";
import type { Batches, BatchSource, LabelledBatch } from "./batch-source.js";
import type { HostBatch } from "./training.js";

/** Batches that somebody else makes: generators, async iterables, pipelines. */
export class IteratedBatches<Batch = LabelledBatch> implements BatchSource {
  #iterator: Iterator<Batch> | AsyncIterator<Batch> | undefined;

  /**
   * @param prepare checks a batch and makes arrays of it
   * @param batches steps of an epoch; without it an epoch is all there is. With it the next epoch goes on where the last
   *   one stopped, and begins anew where nothing is left
   * @param same whether every epoch has the same batches: it begins at the first
   */
  constructor(
    private readonly owner: string,
    private readonly source: Batches<Batch>,
    private readonly prepare: (batch: Batch) => HostBatch,
    readonly batches: number | undefined,
    private readonly same = false,
  ) {}

  async close(): Promise<void> {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    // A generator that the user made and keeps is not ended: the next fit goes on with it.
    if ((iterator as unknown) !== this.source) await iterator?.return?.();
  }

  #open(epoch: number): Iterator<Batch> | AsyncIterator<Batch> {
    const { source } = this;
    if ("iterate" in source && source.iterate) return source.iterate(epoch)[Symbol.asyncIterator]();
    const iterable = typeof source === "function" ? source() : source;
    return Symbol.asyncIterator in iterable ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
  }

  async *epoch(number: number): AsyncIterable<HostBatch> {
    const epoch = this.same ? 0 : number;
    if (this.same) await this.close();
    let fresh = this.#iterator === undefined;
    this.#iterator ??= this.#open(epoch);
    for (let batch = 0; batch < (this.batches ?? Number.POSITIVE_INFINITY); ) {
      const next = await this.#iterator.next();
      if (!next.done) {
        fresh = false;
        batch++;
        yield this.prepare(next.value);
        continue;
      }
      if (this.batches === undefined && batch > 0) break;
      // A generator that has ended gives nothing any more; a data set begins its next epoch.
      if (fresh) {
        throw new DataError(
          `${this.owner}: the batches ran out, got none in this epoch, expected ${this.batches ?? "at least one"}; ` +
            "give a function that makes a new generator, or a data set",
        );
      }
      this.#iterator = this.#open(epoch);
      fresh = true;
    }
    if (this.batches === undefined) this.#iterator = undefined;
  }
}
