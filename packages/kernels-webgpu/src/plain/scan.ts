import type { Dtype } from "@hekla/tensor";
import type { Index, KernelWriter, Value } from "../text/kernel-writer.js";
import { PassList } from "./pass-list.js";
import type { PlainRoutine } from "./plain-routine.js";
import { placeIn } from "./row-index.js";
import { sum } from "./sums.js";

/** Elements that one thread adds up in a row. */
const blockLength = 128;

/** Rows of elements that are summed from the left. */
export interface ScannedRows {
  readonly rows: number;
  readonly length: number;
  readonly dtype: Dtype;
  element(kernel: KernelWriter, row: Index, position: Index): Value;
}

/** Gives the sum of what comes before a position, or up to it with `inclusive`. */
export type SumBefore = (kernel: KernelWriter, row: Index, position: Index, inclusive: boolean) => Value;

/**
 * Appends passes with the sums of blocks, of blocks of these blocks and so on, so that any sum from the
 * left is one of a few numbers for each power of the block's length.
 */
export function addScan(passes: PassList, scanned: ScannedRows): SumBefore {
  const { rows, dtype } = scanned;
  const levels = [{ length: scanned.length, at: scanned.element }];
  for (let last = levels[0]!; last.length > blockLength; last = levels.at(-1)!) {
    const { length, at } = last;
    const blocks = Math.ceil(length / blockLength);
    const operand = passes.add({
      size: rows * blocks,
      dtype,
      write(kernel, index) {
        const [row, block] = kernel.unravel(index, [rows, blocks]) as [Index, Index];
        const start = kernel.hold(kernel.times(block, blockLength));
        const end = kernel.plus(start, kernel.whole(blockLength));
        const to = length % blockLength === 0 ? end : kernel.smaller(end, kernel.whole(length));
        return sum(kernel, dtype, (add) =>
          kernel.repeat(start, kernel.hold(to), (position) => add(at(kernel, row, position))),
        );
      },
    });
    levels.push({
      length: blocks,
      at: (kernel, row, block) => kernel.load(operand, placeIn(kernel, row, blocks, block)),
    });
  }
  return (kernel, row, position, inclusive) => {
    let end = kernel.hold(inclusive ? kernel.plus(position, kernel.whole(1)) : position);
    return sum(kernel, dtype, (add) =>
      levels.forEach(({ at }, level) => {
        const block =
          level === levels.length - 1 ? undefined : kernel.hold(kernel.quotient(end, blockLength));
        const start = block === undefined ? kernel.whole(0) : kernel.times(block, blockLength);
        const part = sum(kernel, dtype, (addPart) =>
          kernel.repeat(start, end, (before) => addPart(at(kernel, row, before))),
        );
        add(part);
        if (block !== undefined) end = block;
      }),
    );
  };
}

/** Sums from the left; see `addScan`. From the right, the axis is read backwards. */
export const cumsum: PlainRoutine<"cumsum"> = ({ dtype, outer, axisSize, inner, reverse, exclusive }) => {
  const passes = new PassList(1);
  const positionOf = (kernel: KernelWriter, step: Index): Index =>
    reverse ? kernel.minus(kernel.whole(axisSize - 1), step) : step;
  const before = addScan(passes, {
    rows: outer * inner,
    length: axisSize,
    dtype,
    element(kernel, row, step) {
      const [o, i] = kernel.unravel(row, [outer, inner]) as [Index, Index];
      const at = positionOf(kernel, step);
      return kernel.load(0, placeIn(kernel, placeIn(kernel, o, axisSize, at), inner, i));
    },
  });
  passes.add({
    size: outer * axisSize * inner,
    dtype,
    write(kernel, index) {
      const [o, at, i] = kernel.unravel(index, [outer, axisSize, inner]) as [Index, Index, Index];
      const row = kernel.hold(placeIn(kernel, o, inner, i));
      return before(kernel, row, kernel.hold(positionOf(kernel, at)), !exclusive);
    },
  });
  return passes.passes;
};
