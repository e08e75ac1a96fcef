import type { Index, KernelWriter, Value } from "../text/kernel-writer.js";
import { PassList } from "./pass-list.js";
import type { PlainRoutine } from "./plain-routine.js";
import { placeIn, rowOf } from "./row-index.js";
import { addRuns } from "./runs.js";
import { sum } from "./sums.js";

/** Up to so many updates each element looks through all of them. */
const fewUpdates = 64;

/**
 * For each element of the result, the sum of the updates with its index, in their order. Of many updates, those with one index
 * are found by sorting.
 */
export const scatterAdd: PlainRoutine<"scatterAdd"> = (routine) => {
  const { name, dtype, outer, axisSize, inner, count, beyond } = routine;
  const along = name === "scatterAddAlong";
  const passes = new PassList(2);
  const key = (kernel: KernelWriter, row: Index, j: Index): Value => {
    const [o, i] = kernel.unravel(row, [outer, inner]) as [Index, Index];
    const place = along ? placeIn(kernel, placeIn(kernel, o, count, j), inner, i) : j;
    return rowOf(kernel, kernel.load(0, place), axisSize, !beyond);
  };
  const rows = along ? outer * inner : 1;
  const size = outer * axisSize * inner;
  const keyed = { rows, length: count, range: axisSize, key };
  const runs = count > fewUpdates && size > 0 ? addRuns(passes, keyed) : undefined;
  passes.add({
    size,
    dtype,
    write(kernel, index) {
      if (count === 0) return kernel.zero(dtype);
      const [o, at, i] = kernel.unravel(index, [outer, axisSize, inner]) as [Index, Index, Index];
      const row = along ? kernel.hold(placeIn(kernel, o, inner, i)) : kernel.whole(0);
      const update = (j: Index): Value =>
        kernel.load(1, placeIn(kernel, placeIn(kernel, o, count, j), inner, i));
      if (!runs) {
        return sum(kernel, dtype, (add) =>
          kernel.repeat(0, count, (j) =>
            kernel.when(kernel.same(kernel.toIndex(key(kernel, row, j)), at), () => add(update(j))),
          ),
        );
      }
      const [from, to] = runs.runOf(kernel, row, at);
      return sum(kernel, dtype, (add) =>
        kernel.repeat(from, to, (place) => add(update(kernel.hold(runs.positionAt(kernel, row, place))))),
      );
    },
  });
  return passes.passes;
};
