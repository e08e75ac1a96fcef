import { DataError, type HostArray, type HostData, ShapeError } from "@hekla/tensor";
import { product } from "../batch-shape.js";

type BatchArray = Float32Array | Float64Array | Int32Array;

/** Pixels (bytes) become float32; the other types stay as they are. */
function batchArray(data: HostData, length: number): BatchArray {
  if (data instanceof Int32Array) return new Int32Array(length);
  return data instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
}

/** Up to so many values are copied one by one faster than as a piece. */
const fewValues = 64;

/** Deals samples out in batches, copied into one array that is used again for each. */
export class BatchReader {
  readonly #source: HostArray;
  readonly #batchSize: number;
  readonly #sampleSize: number;
  #buffer: BatchArray | undefined;
  #batch: HostArray | undefined;

  constructor(source: HostArray, batchSize: number) {
    this.#source = source;
    this.#batchSize = batchSize;
    this.#sampleSize = product(source.shape.slice(1));
  }

  /** Samples from `start` on where they lie: not to be changed. */
  range(start: number, count: number): HostArray {
    return sampleRange(this.#source, start, start + count);
  }

  /** The samples `order[start .. start + count)`, valid until the next call. */
  read(order: Int32Array, start: number, count: number): HostArray {
    const size = this.#sampleSize;
    const { data, shape } = this.#source;
    this.#buffer ??= batchArray(data, this.#batchSize * size);
    const buffer = this.#buffer;
    if (this.#batch?.shape[0] !== count) {
      this.#batch = { data: buffer.subarray(0, count * size), shape: [count, ...shape.slice(1)] };
    }
    for (let k = 0; k < count; k++) {
      const from = order[start + k]! * size;
      if (size > fewValues) buffer.set(data.subarray(from, from + size), k * size);
      else for (let j = 0; j < size; j++) buffer[k * size + j] = data[from + j]!;
    }
    return this.#batch;
  }
}

/** 0, 1, 2, ...: samples as they come. */
export const inOrder = (count: number): Int32Array => Int32Array.from({ length: count }, (_, index) => index);

/** Samples `from` to `to` of an array, without a copy. */
export function sampleRange({ data, shape }: HostArray, from: number, to: number): HostArray {
  const size = product(shape.slice(1));
  return { data: data.subarray(from * size, to * size), shape: [to - from, ...shape.slice(1)] };
}

/**
 * @throws ShapeError when values and shape do not fit
 * @throws DataError when there is no sample, or a value is NaN
 */
export function checkSamples(owner: string, name: string, { data, shape }: HostArray): void {
  if (shape.length === 0 || data.length !== product(shape)) {
    throw new ShapeError(
      `${owner}: ${name} does not fit its shape, got ${data.length} values and [${shape}], ` +
        `expected [samples, ...] with ${product(shape)} values`,
    );
  }
  if (shape[0] === 0) throw new DataError(`${owner}: ${name} is empty, got [${shape}], expected samples`);
  if (data instanceof Int32Array || data instanceof Uint8Array) return;
  const bad = firstNaN(data);
  if (bad >= 0) {
    const size = product(shape.slice(1));
    const sample = Math.floor(bad / size);
    throw new DataError(
      `${owner}: ${name} has NaN in sample ${sample}, got NaN as its value ` +
        `${bad - sample * size}, expected numbers`,
    );
  }
}

/**
 * Plain loops: this is done for every step of `trainOnBatch`. NaN spoils the sum of all values times 0; there are four
 * sums, as each addition waits for the one before.
 */
function firstNaN(data: HostData): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const end = data.length - (data.length % 4);
  for (let index = 0; index < end; index += 4) {
    a += data[index]! * 0;
    b += data[index + 1]! * 0;
    c += data[index + 2]! * 0;
    d += data[index + 3]! * 0;
  }
  // Infinity spoils it, too, so the values are looked at one by one then.
  const clean = a + b + c + d === 0;
  for (let index = clean ? end : 0; index < data.length; index++) {
    if (Number.isNaN(data[index])) return index;
  }
  return -1;
}

/** @throws DataError unless it is an integer of at least `least` */
export function checkInteger(owner: string, name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new DataError(`${owner}: bad ${name}, got ${value}, expected an integer of at least ${least}`);
  }
}
