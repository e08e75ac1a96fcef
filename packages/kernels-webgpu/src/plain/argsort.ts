import { PassList } from "./pass-list.js";
import type { PlainRoutine } from "./plain-routine.js";
import { addSort } from "./sort.js";

/** The stable order of each row; see `addSort`. */
export const argsort: PlainRoutine<"argsort"> = ({ outer, axisSize, count, descending }) => {
  const passes = new PassList(1);
  addSort(
    passes,
    {
      rows: outer,
      length: axisSize,
      descending,
      key: (kernel, row, position) => kernel.load(0, kernel.plus(kernel.times(row, axisSize), position)),
    },
    count,
  );
  return passes.passes;
};
