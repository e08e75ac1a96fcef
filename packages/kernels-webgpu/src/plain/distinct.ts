import type { Index, KernelWriter, Value } from "../text/kernel-writer.js";
import { PassList } from "./pass-list.js";
import type { PlainRoutine } from "./plain-routine.js";
import { rowOf } from "./row-index.js";
import { addScan } from "./scan.js";
import { searchFirst } from "./search.js";
import { addSort } from "./sort.js";

/** Up to so many positions are compared with all before them. */
const fewPositions = 1024;

/**
 * The distinct ones of indices. The first position with each index is found by looking through those
 * before, or, where these are many, by bisection: in the stable order it stands in front of its equals.
 * Such positions are counted from the left, and that count is searched for the k-th of them.
 */
export const distinct: PlainRoutine<"distinct"> = ({ axisSize, count, clamps }) => {
  const passes = new PassList(1);
  const dtype = "int32";
  if (count === 0) return [{ size: 1, dtype, write: (kernel) => kernel.zero(dtype) }];
  const key = (kernel: KernelWriter, position: Index): Value =>
    rowOf(kernel, kernel.load(0, position), axisSize, clamps);
  const sorted = {
    rows: 1,
    length: count,
    key: (kernel: KernelWriter, _: Index, at: Index) => key(kernel, at),
  };
  const order = count > fewPositions ? addSort(passes, sorted) : undefined;
  const firsts = passes.add({
    size: count,
    dtype,
    write(kernel, index) {
      const own = key(kernel, index);
      if (order !== undefined) {
        const place = searchFirst(kernel, [kernel.whole(0), kernel.whole(count)], count, (at) =>
          kernel.not(kernel.less(key(kernel, kernel.toIndex(kernel.load(order, at))), own)),
        );
        return kernel.load(order, place);
      }
      const first = kernel.cell(kernel.fromIndex(index));
      kernel.repeat(0, index, (position) =>
        kernel.when(kernel.same(kernel.toIndex(key(kernel, position)), kernel.toIndex(own)), () => {
          kernel.set(first, kernel.fromIndex(position));
          kernel.leave();
        }),
      );
      return kernel.read(first);
    },
  });
  const before = addScan(passes, {
    rows: 1,
    length: count,
    dtype,
    element(kernel, _row, position) {
      const first = kernel.same(kernel.toIndex(kernel.load(firsts, position)), position);
      return kernel.cast(kernel.fromCondition(first), dtype);
    },
  });
  /** Of each position, the first positions up to it. */
  const counts = passes.add({
    size: count,
    dtype,
    write: (kernel, index) => before(kernel, kernel.whole(0), index, true),
  });
  passes.add({
    size: 1 + 3 * count,
    dtype,
    write(kernel, index) {
      const total = kernel.keep(kernel.load(counts, kernel.whole(count - 1)));
      const result = kernel.cell(kernel.zero(dtype));
      const listed = kernel.hold(kernel.minus(index, kernel.whole(1)));
      const within = (list: number): Index => kernel.hold(kernel.minus(listed, kernel.whole(list * count)));
      kernel.when(kernel.same(index, kernel.whole(0)), () => kernel.set(result, total));
      kernel.when(kernel.inside(listed, 2 * count), () => {
        const asKey = kernel.not(kernel.below(listed, kernel.whole(count)));
        const k = kernel.hold(kernel.remainder(listed, count));
        kernel.when(kernel.less(kernel.fromIndex(k), total), () => {
          const ends = [kernel.whole(0), kernel.whole(count)] as const;
          const place = searchFirst(kernel, ends, count, (at) =>
            kernel.less(kernel.fromIndex(k), kernel.load(counts, at)),
          );
          kernel.set(result, kernel.fromIndex(place));
          kernel.when(asKey, () => kernel.set(result, key(kernel, place)));
        });
      });
      const position = within(2);
      kernel.when(kernel.inside(position, count), () => {
        const first = kernel.toIndex(kernel.load(firsts, position));
        const rank = kernel.apply("subtract", [kernel.load(counts, first), kernel.constant(1, dtype)], dtype);
        kernel.set(result, rank);
      });
      return kernel.read(result);
    },
  });
  return passes.passes;
};
