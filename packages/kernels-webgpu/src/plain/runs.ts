import type { Index, KernelWriter, Value } from "../text/kernel-writer.js";
import type { PassList } from "./pass-list.js";
import { placeIn } from "./row-index.js";
import { searchFirst } from "./search.js";
import { addSort } from "./sort.js";

/** Rows of whole numbers in `[0, range)`. */
export interface KeyedRows {
  readonly rows: number;
  readonly length: number;
  readonly range: number;
  key(kernel: KernelWriter, row: Index, position: Index): Value;
}

/** Where equal numbers stand. */
export interface Runs {
  /** The positions with a number, in their order, as a part of the row's list of positions. */
  runOf(kernel: KernelWriter, row: Index, number: Index): readonly [from: Index, to: Index];
  /** The position that stands at a place of that list. */
  positionAt(kernel: KernelWriter, row: Index, place: Index): Index;
}

/** Appends passes that sort the positions of each row by their numbers and find where each number begins. */
export function addRuns(passes: PassList, keyed: KeyedRows): Runs {
  const { rows, length, range } = keyed;
  const order = addSort(passes, keyed);
  const positionAt: Runs["positionAt"] = (kernel, row, place) =>
    kernel.toIndex(kernel.load(order, placeIn(kernel, row, length, place)));
  const starts = passes.add({
    size: rows * (range + 1),
    dtype: "int32",
    write(kernel, index) {
      const [row, number] = kernel.unravel(index, [rows, range + 1]) as [Index, Index];
      const wanted = kernel.keep(kernel.fromIndex(number));
      const ends = [kernel.whole(0), kernel.whole(length)] as const;
      const first = searchFirst(kernel, ends, length, (place) => {
        const position = kernel.hold(positionAt(kernel, row, place));
        return kernel.not(kernel.less(keyed.key(kernel, row, position), wanted));
      });
      return kernel.fromIndex(first);
    },
  });
  return {
    runOf(kernel, row, number) {
      const at = kernel.hold(placeIn(kernel, row, range + 1, number));
      const start = (place: Index): Index => kernel.hold(kernel.toIndex(kernel.load(starts, place)));
      return [start(at), start(kernel.plus(at, kernel.whole(1)))];
    },
    positionAt,
  };
}
