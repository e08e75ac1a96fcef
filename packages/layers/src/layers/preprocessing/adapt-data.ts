/** What layers adapt to: batches one after the other, from memory or from elsewhere. */
export type AdaptBatches<T> = Iterable<T> | AsyncIterable<T>;

/** Visits all batches, then `done`; at once, unless the batches themselves are awaited. */
export function forEachBatch<T>(
  batches: AdaptBatches<T>,
  visit: (batch: T) => void,
  done: () => void,
): void | Promise<void> {
  if (Symbol.asyncIterator in batches) {
    return (async () => {
      for await (const batch of batches) visit(batch);
      done();
    })();
  }
  for (const batch of batches) visit(batch);
  done();
}
