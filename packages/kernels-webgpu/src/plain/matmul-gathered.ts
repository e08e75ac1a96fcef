import type { Index, KernelWriter, Value } from "../text/kernel-writer.js";
import { addMembers, type Members } from "./members.js";
import { PassList } from "./pass-list.js";
import type { PlainRoutine, RoutineOf } from "./plain-routine.js";
import { clampedIndex, placeIn } from "./row-index.js";
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

/**
 * The positions with each index, and, appended, the sum of their rows of `dy`: `[count, columns]`, 0 behind
 * the last one.
 */
function addRowSums(passes: PassList, routine: Routine, dy: number): { members: Members; rowSums: number } {
  const { axisSize, count, columns, dtype } = routine;
  const { total, index: indexOf, place } = lists(count);
  const keyed = {
    rows: 1,
    length: count,
    range: axisSize + 1,
    key: (kernel: KernelWriter, _row: Index, position: Index): Value =>
      indexOf(kernel, kernel.toIndex(place(kernel, position))),
  };
  const members = addMembers(passes, keyed, count * columns);
  const rowSums = passes.add({
    size: count * columns,
    dtype,
    write(kernel, index) {
      const [k, column] = kernel.unravel(index, [count, columns]) as [Index, Index];
      return sum(kernel, dtype, (add) =>
        kernel.when(kernel.less(kernel.fromIndex(k), total(kernel)), () => {
          const own = kernel.hold(kernel.toIndex(indexOf(kernel, k)));
          members.each(kernel, kernel.whole(0), own, (position) =>
            add(kernel.load(dy, placeIn(kernel, position, columns, column))),
          );
        }),
      );
    },
  });
  return { members, rowSums };
}

/**
 * For each row of the table that an index names, the product of the sum of its rows of `dy` with the
 * kernel.
 */
export const matmulGatheredTableGradient: PlainRoutine<"matmulGatheredTableGradient"> = (routine) => {
  const { dtype, axisSize, count, inner, columns } = routine;
  const passes = new PassList(3);
  const { members, rowSums } = addRowSums(passes, routine, 0);
  /** Of each row, its number among the distinct ones, or -1. */
  const numbers = passes.add({
    size: axisSize,
    dtype: "int32",
    write(kernel, row) {
      const found = kernel.cell(kernel.constant(-1, "int32"));
      members.each(kernel, kernel.whole(0), row, (position) => {
        kernel.set(found, lists(count).place(kernel, position));
        kernel.leave();
      });
      return kernel.read(found);
    },
  });
  passes.add({
    size: axisSize * inner,
    dtype,
    write(kernel, index) {
      const [row, i] = kernel.unravel(index, [axisSize, inner]) as [Index, Index];
      const number = kernel.keep(kernel.load(numbers, row));
      const result = kernel.cell(kernel.zero(dtype));
      kernel.when(kernel.not(kernel.less(number, kernel.zero("int32"))), () => {
        const k = kernel.hold(kernel.toIndex(number));
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
  const { rowSums } = addRowSums(passes, routine, 2);
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
