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

/** Which positions have which number. */
export interface Members {
  /** Visits the positions of a row that have a number, in their order. */
  each(kernel: KernelWriter, row: Index, number: Index, visit: (position: Index) => void): void;
}

/** Up to so many positions may be looked through for each number, so many in all. */
const fewPositions = 1024;
const fewComparisons = 2 ** 24;

/**
 * Finds the positions with a number, of which `uses` are asked for: by looking through all, or, where these
 * are many, by passes that sort the positions by their numbers and find where each number begins.
 */
export function addMembers(passes: PassList, keyed: KeyedRows, uses: number): Members {
  const { rows, length, range } = keyed;
  if (length <= fewPositions && length * uses <= fewComparisons) {
    return {
      each(kernel, row, number, visit) {
        kernel.repeat(0, length, (position) =>
          kernel.when(kernel.same(kernel.toIndex(keyed.key(kernel, row, position)), number), () =>
            visit(position),
          ),
        );
      },
    };
  }
  const order = addSort(passes, keyed);
  const positionAt = (kernel: KernelWriter, row: Index, place: Index): Index =>
    kernel.hold(kernel.toIndex(kernel.load(order, placeIn(kernel, row, length, place))));
  const starts = passes.add({
    size: rows * (range + 1),
    dtype: "int32",
    write(kernel, index) {
      const [row, number] = kernel.unravel(index, [rows, range + 1]) as [Index, Index];
      const wanted = kernel.keep(kernel.fromIndex(number));
      const ends = [kernel.whole(0), kernel.whole(length)] as const;
      const first = searchFirst(kernel, ends, length, (place) =>
        kernel.not(kernel.less(keyed.key(kernel, row, positionAt(kernel, row, place)), wanted)),
      );
      return kernel.fromIndex(first);
    },
  });
  return {
    each(kernel, row, number, visit) {
      const at = kernel.hold(placeIn(kernel, row, range + 1, number));
      const startAt = (place: Index): Index => kernel.hold(kernel.toIndex(kernel.load(starts, place)));
      kernel.repeat(startAt(at), startAt(kernel.plus(at, kernel.whole(1))), (place) =>
        visit(positionAt(kernel, row, place)),
      );
    },
  };
}
