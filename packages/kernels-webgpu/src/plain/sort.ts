import { isFloat } from "@hekla/tensor";
import type { Condition, Index, KernelWriter, Value } from "../text/kernel-writer.js";
import type { PassList } from "./pass-list.js";
import { searchFirst } from "./search.js";

/** Rows of keys that are put in order, each by itself. */
export interface SortedRows {
  readonly rows: number;
  readonly length: number;
  readonly descending?: boolean;
  key(kernel: KernelWriter, row: Index, position: Index): Value;
}

/** Positions that are ordered by counting; longer rows are merged from such blocks. */
const blockLength = 256;

/** Whether a key has to stand before another one that came earlier. NaN stands behind all numbers. */
function standsBefore(kernel: KernelWriter, key: Value, other: Value, descending: boolean): Condition {
  const isBefore = descending ? kernel.less(other, key) : kernel.less(key, other);
  if (!isFloat(key.dtype)) return isBefore;
  return kernel.all(kernel.not(kernel.isNaN(key)), kernel.any(kernel.isNaN(other), isBefore));
}

/**
 * Appends passes that give the stable order of each row, positions as int32 `[rows, count]` cut to the
 * first `count`. In blocks the rank of each element is counted, and then found; then sorted runs are merged
 * two by two, each element of the result finding by bisection how many elements before it came from the
 * left run.
 */
export function addSort(passes: PassList, sorted: SortedRows, count: number = sorted.length): number {
  const { rows, length, descending = false } = sorted;
  const blocks = Math.ceil(length / blockLength);
  /** The ends of the block that a position is in. */
  const blockOf = (kernel: KernelWriter, position: Index): [Index, Index] => {
    if (blocks <= 1) return [kernel.whole(0), kernel.whole(length)];
    const start = kernel.hold(kernel.times(kernel.quotient(position, blockLength), blockLength));
    const end = kernel.smaller(kernel.plus(start, kernel.whole(blockLength)), kernel.whole(length));
    return [start, kernel.hold(end)];
  };
  const ranks = passes.add({
    size: rows * length,
    dtype: "int32",
    write(kernel, index) {
      const [row, position] = kernel.unravel(index, [rows, length]) as [Index, Index];
      const [start, end] = blockOf(kernel, position);
      const own = kernel.keep(sorted.key(kernel, row, position));
      const rank = kernel.cell(kernel.zero("int32"));
      const one = kernel.constant(1, "int32");
      const keyAt = (other: Index): Value => kernel.keep(sorted.key(kernel, row, other));
      kernel.repeat(start, position, (other) =>
        kernel.when(kernel.not(standsBefore(kernel, own, keyAt(other), descending)), () =>
          kernel.accumulate(rank, one),
        ),
      );
      kernel.repeat(kernel.plus(position, kernel.whole(1)), end, (other) =>
        kernel.when(standsBefore(kernel, keyAt(other), own, descending), () => kernel.accumulate(rank, one)),
      );
      return kernel.read(rank);
    },
  });
  const kept = blocks <= 1 ? count : length;
  let order = passes.add({
    size: rows * kept,
    dtype: "int32",
    write(kernel, index) {
      const [row, place] = kernel.unravel(index, [rows, kept]) as [Index, Index];
      const [start, end] = blockOf(kernel, place);
      const rank = kernel.keep(kernel.fromIndex(kernel.minus(place, start)));
      const first = kernel.hold(kernel.times(row, length));
      const found = kernel.cell(kernel.zero("int32"));
      kernel.repeat(start, end, (position) => {
        const candidate = kernel.load(ranks, kernel.plus(first, position));
        kernel.when(kernel.toCondition(kernel.apply("equal", [candidate, rank], "bool")), () => {
          kernel.set(found, kernel.fromIndex(position));
          kernel.leave();
        });
      });
      return kernel.read(found);
    },
  });
  for (let run = blockLength; run < length; run *= 2) {
    order = addMerge(passes, sorted, order, run, 2 * run >= length ? count : length);
  }
  return order;
}

/** Merges runs of `run` elements two by two. */
function addMerge(
  passes: PassList,
  { rows, length, key, descending = false }: SortedRows,
  order: number,
  run: number,
  count: number,
): number {
  return passes.add({
    size: rows * count,
    dtype: "int32",
    write(kernel, index) {
      const [row, place] = kernel.unravel(index, [rows, count]) as [Index, Index];
      const both = 2 * run;
      const start =
        both >= length ? kernel.whole(0) : kernel.hold(kernel.times(kernel.quotient(place, both), both));
      const taken = kernel.hold(kernel.minus(place, start));
      const left = kernel.hold(kernel.plus(kernel.times(row, length), start));
      const right = kernel.hold(kernel.plus(left, kernel.whole(run)));
      const rest = kernel.hold(kernel.minus(kernel.whole(length), start));
      const sizeOf = (available: Index): Index =>
        kernel.hold(kernel.smaller(kernel.larger(available, kernel.whole(0)), kernel.whole(run)));
      const leftSize = sizeOf(rest);
      const rightSize = sizeOf(kernel.minus(rest, kernel.whole(run)));
      const at = (place: Index): Value => kernel.load(order, place);
      const keyOf = (position: Value): Value => kernel.keep(key(kernel, row, kernel.toIndex(position)));
      const goesRight = (inLeft: Index, inRight: Index): Condition => {
        const other = keyOf(at(kernel.plus(left, inLeft)));
        return standsBefore(kernel, keyOf(at(kernel.plus(right, inRight))), other, descending);
      };
      const from = kernel.hold(kernel.larger(kernel.minus(taken, rightSize), kernel.whole(0)));
      const to = kernel.hold(kernel.smaller(taken, leftSize));
      // Of the elements before this one, those from the left run.
      const fromLeft = searchFirst(kernel, [from, to], run, (candidate) =>
        goesRight(candidate, kernel.minus(kernel.minus(taken, kernel.whole(1)), candidate)),
      );
      const fromRight = kernel.hold(kernel.minus(taken, fromLeft));
      const result = kernel.cell(kernel.zero("int32"));
      const [leftHasMore, rightHasMore] = [
        kernel.below(fromLeft, leftSize),
        kernel.below(fromRight, rightSize),
      ];
      kernel.when(leftHasMore, () => kernel.set(result, at(kernel.plus(left, fromLeft))));
      kernel.when(rightHasMore, () => {
        const candidate = kernel.keep(at(kernel.plus(right, fromRight)));
        kernel.when(kernel.not(leftHasMore), () => kernel.set(result, candidate));
        kernel.when(leftHasMore, () =>
          kernel.when(goesRight(fromLeft, fromRight), () => kernel.set(result, candidate)),
        );
      });
      return kernel.read(result);
    },
  });
}
