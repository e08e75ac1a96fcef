import type { Index } from "../text/kernel-writer.js";
import { PassList } from "./pass-list.js";
import type { PlainRoutine } from "./plain-routine.js";
import { addLongSums, sumRange } from "./sums.js";

/** A product of matrices, one sum for each element; few long sums are cut into parts. */
export const matmul: PlainRoutine<"matmul"> = (routine) => {
  const { dtype, batch, m, n, k, transposeA, transposeB, batchedA, batchedB } = routine;
  const passes = new PassList(2);
  addLongSums(passes, {
    size: batch * m * n,
    dtype,
    terms: k,
    products: 1,
    write(kernel, index, range, atMost) {
      const [i, y, x] = kernel.unravel(index, [batch, m, n]) as [Index, Index, Index];
      const [alongA, alongB] = [transposeA ? m : 1, transposeB ? 1 : n];
      const startA = kernel.affine(0, [
        [i, batchedA ? m * k : 0],
        [y, transposeA ? 1 : k],
      ]);
      const startB = kernel.affine(0, [
        [i, batchedB ? k * n : 0],
        [x, transposeB ? k : 1],
      ]);
      const [a, b] = [kernel.hold(startA), kernel.hold(startB)];
      return sumRange(kernel, dtype, range, atMost, (p, add) =>
        add(
          kernel.multiply(
            kernel.load(0, kernel.plus(a, kernel.times(p, alongA))),
            kernel.load(1, kernel.plus(b, kernel.times(p, alongB))),
          ),
        ),
      );
    },
  });
  return passes.passes;
};
