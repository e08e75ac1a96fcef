import { DataError } from "@hekla/tensor/errors";
import { itemRandom } from "./counter-random.js";
import { arraysIn, type Batch, sampleAt, stackSamples } from "./sample-tree.js";

type Items<T> = Iterable<T> | AsyncIterable<T>;

export interface ShuffleOptions {
  /** Default 0. */
  readonly seed?: number;
  /** Whether every epoch has an order of its own. Default true. */
  readonly reshuffleEachEpoch?: boolean;
}

export interface MapOptions {
  /** How many calls of an asynchronous function may run side by side; the order stays. Default 1. */
  readonly parallel?: number;
}

export interface WindowOptions {
  /** Distance between the beginnings of two windows. Default: the size, so that they do not overlap. */
  readonly shift?: number;
  /** Distance between the elements of a window. Default 1. */
  readonly stride?: number;
  /** Whether windows at the end that are not full are left out. Default true, unlike `tf.data`. */
  readonly dropRemainder?: boolean;
}

/** The random stream of shuffling, "shuf". */
const STREAM = 0x73687566;

/**
 * A series of elements, made anew for every epoch: `map`, `shuffle`, `batch` and the like make new data sets that draw on
 * it and hold nothing themselves. `fit`, `evaluate` and `for await` take it; each loop is an epoch, counted from 0.
 * Source: TensorFlow `tf.data.Dataset`.
 */
export class Dataset<T> implements AsyncIterable<T> {
  #epoch = 0;

  private constructor(
    private readonly make: (epoch: number) => Items<T>,
    /** How many elements there are, where it is known. */
    readonly size: number | undefined,
  ) {}

  /**
   * The samples of arrays that hold many, in any structure: `{ x, y }` gives `{ x, y }` of one sample each.
   * @throws DataError where there are none, the numbers of samples differ, or values are not as many as their shape says
   */
  static from<T>(arrays: T): Dataset<T> {
    const all = arraysIn(arrays);
    const count = all[0]?.shape[0];
    if (count === undefined || all.some(({ shape }) => shape[0] !== count)) {
      const got = all.map(({ shape }) => `[${shape}]`).join(", ") || "no arrays";
      throw new DataError(`dataset: got ${got}, expected arrays with as many samples each`);
    }
    return new Dataset(function* () {
      for (let index = 0; index < count; index++) yield sampleAt(arrays, index) as T;
    }, count);
  }

  /** What a generator function gives; it is called for each epoch. */
  static generate<T>(make: (epoch: number) => Iterable<T> | AsyncIterable<T>, size?: number): Dataset<T> {
    return new Dataset(make, size);
  }

  /** The elements of one epoch. */
  iterate(epoch: number): AsyncIterable<T> {
    const { make } = this;
    return (async function* () {
      yield* make(epoch);
    })();
  }

  /** The next epoch. */
  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this.iterate(this.#epoch++)[Symbol.asyncIterator]();
  }

  #then<U>(size: number | undefined, make: (items: AsyncIterable<T>, epoch: number) => Items<U>): Dataset<U> {
    return new Dataset((epoch) => make(this.iterate(epoch), epoch), size);
  }

  /** Each element through a function, which may be asynchronous. */
  map<U>(fn: (element: T, index: number) => U | Promise<U>, { parallel = 1 }: MapOptions = {}): Dataset<U> {
    checkCount("map", "parallel", parallel);
    return this.#then(this.size, async function* (items) {
      const waiting: Promise<U>[] = [];
      let index = 0;
      for await (const item of items) {
        const result = Promise.resolve(fn(item, index++));
        // It is awaited later; until then nobody else is told of a failure.
        result.catch(() => {});
        waiting.push(result);
        if (waiting.length >= parallel) yield await waiting.shift()!;
      }
      while (waiting.length > 0) yield await waiting.shift()!;
    });
  }

  /** The elements for which a function gives true. */
  filter(fn: (element: T, index: number) => boolean): Dataset<T> {
    return this.#then<T>(undefined, async function* (items) {
      let index = 0;
      for await (const item of items) if (fn(item, index++)) yield item;
    });
  }

  /**
   * The elements in random order: each is drawn from the next `bufferSize` ones. Only with a buffer for all of them is every
   * order as likely. The order follows from the seed and the number of the epoch.
   */
  shuffle(bufferSize: number, { seed = 0, reshuffleEachEpoch = true }: ShuffleOptions = {}): Dataset<T> {
    checkCount("shuffle", "bufferSize", bufferSize);
    return this.#then(this.size, async function* (items, epoch) {
      const random = itemRandom(seed, STREAM);
      random.seek(reshuffleEachEpoch ? epoch : 0);
      const buffer: T[] = [];
      const draw = (): T => {
        const at = Math.floor(random.uniform() * buffer.length);
        const drawn = buffer[at]!;
        buffer[at] = buffer[buffer.length - 1]!;
        buffer.pop();
        return drawn;
      };
      for await (const item of items) {
        buffer.push(item);
        if (buffer.length === bufferSize) yield draw();
      }
      while (buffer.length > 0) yield draw();
    });
  }

  /**
   * So many elements stacked to one, with an axis for them in front.
   * @throws DataError where structures, shapes or types of elements differ
   */
  batch(
    batchSize: number,
    { dropRemainder = false }: { readonly dropRemainder?: boolean } = {},
  ): Dataset<Batch<T>> {
    checkCount("batch", "batchSize", batchSize);
    return this.window(batchSize, { dropRemainder }).map((elements) => stackSamples("batch", elements));
  }

  /** Lists of so many elements that follow each other. */
  window(
    size: number,
    { shift = size, stride = 1, dropRemainder = true }: WindowOptions = {},
  ): Dataset<readonly T[]> {
    for (const [name, value] of Object.entries({ size, shift, stride })) checkCount("window", name, value);
    const span = (size - 1) * stride + 1;
    const known = this.size;
    const windows =
      known === undefined
        ? undefined
        : dropRemainder
          ? Math.max(0, Math.floor((known - span) / shift) + 1)
          : Math.ceil(known / shift);
    return this.#then<readonly T[]>(windows, async function* (items) {
      let buffer: T[] = [];
      /** Elements to pass over, where windows lie apart. */
      let gap = 0;
      const next = (): readonly T[] => {
        const taken = buffer.filter((_, index) => index < span && index % stride === 0);
        gap = Math.max(0, shift - buffer.length);
        buffer = buffer.slice(shift);
        return taken;
      };
      for await (const item of items) {
        if (gap > 0) {
          gap--;
          continue;
        }
        buffer.push(item);
        if (buffer.length === span) yield next();
      }
      while (!dropRemainder && buffer.length > 0) yield next();
    });
  }

  /** Makes up to so many elements ahead of time, while others wait for a device or a file. */
  prefetch(count: number): Dataset<T> {
    checkCount("prefetch", "count", count);
    return this.#then<T>(this.size, async function* (items) {
      const iterator = items[Symbol.asyncIterator]();
      const waiting: Promise<IteratorResult<T>>[] = [];
      const ask = (): void => {
        const next = iterator.next();
        next.catch(() => {});
        waiting.push(next);
      };
      try {
        while (waiting.length < count) ask();
        for (;;) {
          const next = await waiting.shift()!;
          if (next.done) return;
          ask();
          yield next.value;
        }
      } finally {
        await iterator.return?.();
      }
    });
  }

  /** The first so many elements. */
  take(count: number): Dataset<T> {
    checkCount("take", "count", count, 0);
    const size = this.size === undefined ? undefined : Math.min(count, this.size);
    return this.#then<T>(size, async function* (items) {
      if (count === 0) return;
      let taken = 0;
      for await (const item of items) {
        yield item;
        if (++taken >= count) return;
      }
    });
  }

  /** All but the first so many elements. */
  skip(count: number): Dataset<T> {
    checkCount("skip", "count", count, 0);
    const size = this.size === undefined ? undefined : Math.max(0, this.size - count);
    return this.#then<T>(size, async function* (items) {
      let passed = 0;
      for await (const item of items) if (passed++ >= count) yield item;
    });
  }

  /** The elements so many times over, without end by default; `fit` then needs `stepsPerEpoch`. */
  repeat(times = Number.POSITIVE_INFINITY): Dataset<T> {
    const endless = times === Number.POSITIVE_INFINITY;
    if (!endless) checkCount("repeat", "times", times);
    const size = this.size !== undefined && !endless ? this.size * times : undefined;
    const iterate = (epoch: number): AsyncIterable<T> => this.iterate(epoch);
    return new Dataset<T>(async function* (epoch) {
      // Repetitions are epochs of their own to what is before: shuffled orders differ.
      const first = endless ? epoch : epoch * times;
      for (let time = 0; time < times; time++) {
        let empty = true;
        for await (const item of iterate(first + time)) {
          empty = false;
          yield item;
        }
        // Nothing without end would be a loop that nobody can leave.
        if (empty && endless) return;
      }
    }, size);
  }

  /** All elements of an epoch in a list. */
  async toArray(epoch = 0): Promise<T[]> {
    const found: T[] = [];
    for await (const item of this.iterate(epoch)) found.push(item);
    return found;
  }
}

function checkCount(owner: string, name: string, value: number, least = 1): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new DataError(`${owner}: bad ${name}, got ${value}, expected a whole number of at least ${least}`);
}
