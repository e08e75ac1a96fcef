import { type Dtype, isFloat } from "@hekla/tensor";
import type { Index, KernelWriter, Value } from "../text/kernel-writer.js";
import type { PassList } from "./pass-list.js";

/** A single float32 sum of more terms than this would lose digits. */
const longestChunk = 512;
/** Threads that fill a large GPU. */
const enoughThreads = 65536;
/** A thread that makes fewer products than this does not pay for the pass that joins its sum to others. */
const fewestProducts = 256;

/** What `body` adds up, in its order. */
export function sum(kernel: KernelWriter, dtype: Dtype, body: (add: (value: Value) => void) => void): Value {
  const total = kernel.cell(kernel.zero(dtype));
  body((value) => kernel.accumulate(total, value));
  return kernel.read(total);
}

/** Limits of a loop: `from <= i < to`. */
export type Range = readonly [from: Index | number, to: Index | number];

/**
 * The sum of what `visit` adds for each `i` of a range of at most `atMost`. Long sums of floats are sums of
 * sums over chunks, about as many as a chunk has terms: so rounding errors grow with the root of their
 * number at worst.
 */
export function sumRange(
  kernel: KernelWriter,
  dtype: Dtype,
  [from, to]: Range,
  atMost: number,
  visit: (i: Index, add: (value: Value) => void) => void,
): Value {
  if (atMost <= 0) return kernel.zero(dtype);
  const plain = (...range: Range): Value =>
    sum(kernel, dtype, (add) => kernel.repeat(...range, (i) => visit(i, add)));
  if (!isFloat(dtype) || atMost <= longestChunk) return plain(from, to);
  const chunk = 2 ** Math.round(Math.log2(atMost) / 2);
  const indexOf = (bound: Index | number): Index => (typeof bound === "number" ? kernel.whole(bound) : bound);
  return sum(kernel, dtype, (add) =>
    kernel.repeat(0, Math.ceil(atMost / chunk), (turn) => {
      const start = kernel.hold(kernel.plus(indexOf(from), kernel.times(turn, chunk)));
      const end = kernel.plus(start, kernel.whole(chunk));
      add(plain(start, kernel.hold(kernel.smaller(end, indexOf(to)))));
    }),
  );
}

/** The sum of `term(i)` for `0 <= i < count`; see `sumRange`. */
export const sumOver = (
  kernel: KernelWriter,
  dtype: Dtype,
  count: number,
  term: (i: Index) => Value,
): Value => sumRange(kernel, dtype, [0, count], count, (i, add) => add(term(i)));

/** Sums of many terms for each element of a result. */
export interface LongSums {
  readonly size: number;
  readonly dtype: Dtype;
  /** Of each sum. */
  readonly terms: number;
  /** Products in each term. */
  readonly products: number;
  /** The sum of at most `atMost` terms `range[0] <= i < range[1]` of the element at `index`. */
  write(kernel: KernelWriter, index: Index, range: Range, atMost: number): Value;
}

/**
 * Appends the passes for sums of which there are too few to fill a GPU, but of many terms: each is cut into
 * parts of equal length, which a second pass joins in their order. Where there are enough sums, it is one
 * pass.
 */
export function addLongSums(passes: PassList, { size, dtype, terms, products, write }: LongSums): number {
  const wanted = Math.floor(enoughThreads / Math.max(size, 1));
  const most = Math.floor((terms * products) / fewestProducts);
  const length = Math.ceil(terms / Math.max(1, Math.min(wanted, most, terms)));
  const parts = Math.ceil(terms / Math.max(length, 1));
  if (parts <= 1) {
    return passes.add({
      size,
      dtype,
      write: (kernel, index) =>
        terms * products === 0 ? kernel.zero(dtype) : write(kernel, index, [0, terms], terms),
    });
  }
  const partial = passes.add({
    size: parts * size,
    dtype,
    write(kernel, index) {
      const [part, element] = kernel.unravel(index, [parts, size]) as [Index, Index];
      const start = kernel.hold(kernel.times(part, length));
      const end = kernel.plus(start, kernel.whole(length));
      const whole = terms % length === 0;
      return write(
        kernel,
        element,
        [start, kernel.hold(whole ? end : kernel.smaller(end, kernel.whole(terms)))],
        length,
      );
    },
  });
  return passes.add({
    size,
    dtype,
    write: (kernel, index) =>
      sumOver(kernel, dtype, parts, (part) =>
        kernel.load(partial, kernel.plus(kernel.times(part, size), index)),
      ),
  });
}
