import type { Dtype, MatmulRoutine } from "@hekla/tensor";
import type { Local, ModuleBuilder } from "../assembler/index.js";
import type { Kernel } from "../kernel.js";
import { pushAddress } from "./address.js";
import { emitPlainSum } from "./plain-sum.js";

export function emitPlainMatmul(
  module: ModuleBuilder,
  routine: MatmulRoutine & { readonly dtype: Dtype },
  offsets: readonly number[],
): Kernel {
  const { batch, m, n, k, dtype } = routine;
  return emitPlainSum(module, {
    name: "matmul",
    dtype,
    result: [batch, m, n],
    sum: [k],
    term: (f, [a, b], [matrix, row, column], [step], add) => {
      const place = (
        pointer: Local,
        offset: number,
        batched: boolean,
        at: Local,
        size: number,
        innermost: boolean,
      ) =>
        pushAddress(
          f,
          pointer,
          [1, offset * 4],
          [matrix!, batched ? size * k * 4 : 0],
          [at, innermost ? 4 : k * 4],
          [step!, innermost ? size * 4 : 4],
        );
      add(
        () => place(a!, offsets[0]!, routine.batchedA, row!, m, routine.transposeA),
        () => place(b!, offsets[1]!, routine.batchedB, column!, n, !routine.transposeB),
      );
    },
  });
}
