import { emitMatmul } from "../gemm/matmul.js";
import { emitPlainMatmul } from "../gemm/plain-matmul.js";
import { emitGather, emitScatterAdd } from "../moves/gather.js";
import { emitConcat, emitPad } from "../moves/place.js";
import type { RoutineEmitter, RoutineTable } from "../routine.js";

const matmul: RoutineEmitter<"matmul"> = (module, routine, offsets, epilogue) => {
  const { batch, m, n, k, dtype } = routine;
  const blocked = module.features.tuned && dtype === "float32" && batch * m * n * k > 0;
  return blocked ? emitMatmul(module, routine, offsets, epilogue) : emitPlainMatmul(module, routine, offsets);
};

/** What dense layers and embeddings, their losses and metrics are made of. */
export const denseRoutines = {
  matmul,
  gather: emitGather,
  gatherAlong: emitGather,
  scatterAdd: emitScatterAdd,
  scatterAddAlong: emitScatterAdd,
  concat: emitConcat,
  pad: emitPad,
} satisfies Partial<RoutineTable>;
