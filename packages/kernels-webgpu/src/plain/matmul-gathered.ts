import type { Index, KernelWriter, Value } from "../text/kernel-writer.js";
import { PassList } from "./pass-list.js";
import type { PlainRoutine, RoutineOf } from "./plain-routine.js";
import { clampedIndex, placeIn } from "./row-index.js";
import { addRuns, type Runs } from "./runs.js";
import { addLongSums, sum, sumOver, sumRange } from "./sums.js";

/** What stands behind `distinct`, as operand 1. */
const lists = (count: number) => ({
  /** How many distinct indices there are. */
  total: (kernel: KernelWriter): Value => kernel.load(1, kernel.whole(0)),
  /** The k-th of them. */
  index: (kernel: KernelWriter, k: Index): Value => kernel.load(1, kernel.plus(k, kernel.whole(1 + count))),
  /** Which of them a position has. */
  place: (kernel: KernelWriter, position: Index): Value =>
    kernel.load(1, kernel.plus(position, kernel.whole(1 + 2 * count))),
});

type Routine = RoutineOf<"matmulGathered">;

/** A table's row, or the filling, for an index as `distinct` gives it. */
function tableRow(kernel: KernelWriter, { axisSize, inner, beyond, dtype }: Routine, index: Value) {
  const given = kernel.keep(index);
  const filling = kernel.constant(beyond === "nan" ? Number.NaN : 0, dtype);
  if (axisSize === 0) return () => filling;
  const row = kernel.toIndex(clampedIndex(kernel, given, axisSize));
  const start = kernel.hold(kernel.times(row, inner));
  const isOutside = kernel.less(kernel.constant(axisSize - 1, "int32"), given);
  const outside = kernel.keep(kernel.fromCondition(isOutside));
  return (i: Index): Value => {
    const element = kernel.load(0, kernel.plus(start, i));
    return beyond ? kernel.where(outside, filling, element) : element;
  };
}

/** The product of each distinct row once; then every position takes the one that is its own. */
export const matmulGathered: PlainRoutine<"matmulGathered"> = (routine) => {
  const { dtype, count, inner, columns } = routine;
  const passes = new PassList(3);
  const { total, index: indexOf, place } = lists(count);
  const products = passes.add({
    size: count * columns,
    dtype,
    write(kernel, index) {
      const [k, column] = kernel.unravel(index, [count, columns]) as [Index, Index];
      const result = kernel.cell(kernel.zero(dtype));
      kernel.when(kernel.less(kernel.fromIndex(k), total(kernel)), () => {
        const row = tableRow(kernel, routine, indexOf(kernel, k));
        const product = sumOver(kernel, dtype, inner, (i) =>
          kernel.multiply(row(i), kernel.load(2, placeIn(kernel, i, columns, column))),
        );
        kernel.set(result, product);
      });
      return kernel.read(result);
    },
  });
  passes.add({
    size: count * columns,
    dtype,
    write(kernel, index) {
      const [position, column] = kernel.unravel(index, [count, columns]) as [Index, Index];
      const own = kernel.toIndex(place(kernel, position));
      return kernel.load(products, placeIn(kernel, own, columns, column));
    },
  });
  return passes.passes;
};

/** Appends the sum of the rows of `dy`, an operand, of each distinct index: `[count, columns]`, 0 behind the last one. */
function addRowSums(passes: PassList, { count, columns, dtype }: Routine, dy: number, runs: Runs): number {
  return passes.add({
    size: count * columns,
    dtype,
    write(kernel, index) {
      const [k, column] = kernel.unravel(index, [count, columns]) as [Index, Index];
      const [from, to] = runs.runOf(kernel, kernel.whole(0), k);
      return sum(kernel, dtype, (add) =>
        kernel.repeat(from, to, (place) => {
          const position = kernel.hold(runs.positionAt(kernel, kernel.whole(0), place));
          add(kernel.load(dy, placeIn(kernel, position, columns, column)));
        }),
      );
    },
  });
}

/** The positions of each distinct index. */
const addPlaceRuns = (passes: PassList, { count }: Routine): Runs =>
  addRuns(passes, {
    rows: 1,
    length: count,
    range: count,
    key: (kernel, _row, position) => lists(count).place(kernel, position),
  });

/** For each row of the table that an index names, the product of the sum of its rows of `dy` with the kernel. */
export const matmulGatheredTableGradient: PlainRoutine<"matmulGatheredTableGradient"> = (routine) => {
  const { dtype, axisSize, count, inner, columns } = routine;
  const passes = new PassList(3);
  const { total, index: indexOf } = lists(count);
  const rowSums = addRowSums(passes, routine, 0, addPlaceRuns(passes, routine));
  // Behind the last distinct index there are zeros, which must not be taken for row 0.
  const named = addRuns(passes, {
    rows: 1,
    length: count,
    range: axisSize,
    key(kernel, _row, k) {
      const isOne = kernel.fromCondition(kernel.less(kernel.fromIndex(k), total(kernel)));
      return kernel.where(isOne, indexOf(kernel, k), kernel.constant(axisSize, "int32"));
    },
  });
  passes.add({
    size: axisSize * inner,
    dtype,
    write(kernel, index) {
      const [row, i] = kernel.unravel(index, [axisSize, inner]) as [Index, Index];
      const [from, to] = named.runOf(kernel, kernel.whole(0), row);
      const result = kernel.cell(kernel.zero(dtype));
      kernel.when(kernel.below(from, to), () => {
        const k = kernel.hold(named.positionAt(kernel, kernel.whole(0), from));
        const product = sumOver(kernel, dtype, columns, (column) =>
          kernel.multiply(
            kernel.load(rowSums, placeIn(kernel, k, columns, column)),
            kernel.load(2, placeIn(kernel, i, columns, column)),
          ),
        );
        kernel.set(result, product);
      });
      return kernel.read(result);
    },
  });
  return passes.passes;
};

/** A sum over the distinct rows: each times the sum of its rows of `dy`. */
export const matmulGatheredKernelGradient: PlainRoutine<"matmulGatheredKernelGradient"> = (routine) => {
  const { dtype, count, inner, columns } = routine;
  const passes = new PassList(3);
  const { total, index: indexOf } = lists(count);
  const rowSums = addRowSums(passes, routine, 2, addPlaceRuns(passes, routine));
  addLongSums(passes, {
    size: inner * columns,
    dtype,
    terms: count,
    products: 1,
    write(kernel, index, range, atMost) {
      const [i, column] = kernel.unravel(index, [inner, columns]) as [Index, Index];
      const known = kernel.keep(total(kernel));
      return sumRange(kernel, dtype, range, atMost, (k, add) =>
        kernel.when(kernel.less(kernel.fromIndex(k), known), () =>
          add(
            kernel.multiply(
              tableRow(kernel, routine, indexOf(kernel, k))(i),
              kernel.load(rowSums, placeIn(kernel, k, columns, column)),
            ),
          ),
        ),
      );
    },
  });
  return passes.passes;
};
