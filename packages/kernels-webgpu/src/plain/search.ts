import type { Condition, Index, KernelWriter } from "../text/kernel-writer.js";

/**
 * The first index of `[from, to)`, at most `atMost` of them, for which `isPast` holds, or `to`; it holds
 * for all behind the first one.
 */
export function searchFirst(
  kernel: KernelWriter,
  [from, to]: readonly [Index, Index],
  atMost: number,
  isPast: (index: Index) => Condition,
): Index {
  const low = kernel.cell(kernel.fromIndex(from));
  const high = kernel.cell(kernel.fromIndex(to));
  const turns = atMost < 1 ? 0 : Math.floor(Math.log2(atMost)) + 1;
  kernel.repeat(0, turns, () =>
    kernel.when(kernel.less(kernel.read(low), kernel.read(high)), () => {
      const ends = [kernel.toIndex(kernel.read(low)), kernel.toIndex(kernel.read(high))];
      const middle = kernel.hold(kernel.quotient(kernel.plus(...ends), 2));
      const past = kernel.cell(kernel.fromCondition(isPast(middle)));
      kernel.when(kernel.toCondition(kernel.read(past)), () => kernel.set(high, kernel.fromIndex(middle)));
      kernel.when(kernel.not(kernel.toCondition(kernel.read(past))), () =>
        kernel.set(low, kernel.fromIndex(kernel.plus(middle, kernel.whole(1)))),
      );
    }),
  );
  return kernel.hold(kernel.toIndex(kernel.read(low)));
}
