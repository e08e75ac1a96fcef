import type { Index, KernelWriter, Value } from "../text/kernel-writer.js";
import { addMembers } from "./members.js";
import { PassList } from "./pass-list.js";
import type { PlainRoutine } from "./plain-routine.js";
import { placeIn, rowOf } from "./row-index.js";
import { sum } from "./sums.js";

/** For each element of the result, the sum of the updates with its index, in their order. */
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
  const members = count > 0 && size > 0 ? addMembers(passes, keyed, size) : undefined;
  passes.add({
    size,
    dtype,
    write(kernel, index) {
      if (!members) return kernel.zero(dtype);
      const [o, at, i] = kernel.unravel(index, [outer, axisSize, inner]) as [Index, Index, Index];
      const row = along ? kernel.hold(placeIn(kernel, o, inner, i)) : kernel.whole(0);
      return sum(kernel, dtype, (add) =>
        members.each(kernel, row, at, (j) =>
          add(kernel.load(1, placeIn(kernel, placeIn(kernel, o, count, j), inner, i))),
        ),
      );
    },
  });
  return passes.passes;
};
