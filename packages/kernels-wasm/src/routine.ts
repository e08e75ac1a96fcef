import type { Conv2DRoutine, Routine, RoutineStep } from "@hekla/tensor";
import type { ModuleBuilder } from "./assembler/index.js";
import { emitDirectConvolution } from "./convolution/direct.js";
import { emitKernelGradient } from "./convolution/kernel-gradient.js";
import { emitPlainConvolution } from "./convolution/plain-convolution.js";
import { emitWinograd, winogradFits } from "./convolution/winograd.js";
import { emitWinogradKernelGradient } from "./convolution/winograd-kernel-gradient.js";
import { withEpilogue } from "./epilogue.js";
import { emitMatmul } from "./gemm/matmul.js";
import { emitPlainMatmul } from "./gemm/plain-matmul.js";
import { emitVectorMatrix, isVectorMatrix } from "./gemm/vector-matrix.js";
import type { Kernel } from "./kernel.js";
import { emitGather, emitScatterAdd } from "./moves/gather.js";
import { emitConcat, emitPad } from "./moves/place.js";
import { emitArgsort, emitCumsum } from "./moves/scan.js";
import { emitPool } from "./pooling/pool.js";

/** The kernel of a routine step: matmul, convolution, pooling or a move, with its epilogue. */
export function emitRoutine(module: ModuleBuilder, step: RoutineStep): Kernel {
  const offsets = step.operands.map(({ view }) => view.offset);
  const raw = emitRaw(module, step.routine, offsets);
  return step.epilogue ? withEpilogue(module, raw, step.operands.length, step.epilogue) : raw;
}

function emitRaw(module: ModuleBuilder, routine: Routine, offsets: readonly number[]): Kernel {
  const blocked = module.features.tuned && routine.dtype === "float32";
  switch (routine.name) {
    case "matmul": {
      const { batch, m, n, k } = routine;
      if (!blocked || batch * m * n * k === 0) return emitPlainMatmul(module, routine, offsets);
      return (isVectorMatrix(routine) ? emitVectorMatrix : emitMatmul)(module, routine, offsets);
    }
    case "conv2d":
    case "conv2dInputGradient":
      if (blocked && winogradFits(routine)) return emitWinograd(module, routine, offsets);
      return (blocked && hasTerms(routine) ? emitDirectConvolution : emitPlainConvolution)(
        module,
        routine,
        offsets,
      );
    case "conv2dKernelGradient":
      if (blocked && winogradFits(routine)) return emitWinogradKernelGradient(module, routine, offsets);
      return (blocked && hasTerms(routine) ? emitKernelGradient : emitPlainConvolution)(
        module,
        routine,
        offsets,
      );
    case "maxPool2d":
    case "maxPool2dGradient":
    case "maxPool2dGather":
    case "averagePool2d":
    case "averagePool2dGradient":
      return emitPool(module, routine, offsets);
    case "gather":
    case "gatherAlong":
      return emitGather(module, routine, offsets);
    case "scatterAdd":
    case "scatterAddAlong":
      return emitScatterAdd(module, routine, offsets);
    case "concat":
      return emitConcat(module, routine, offsets);
    case "pad":
      return emitPad(module, routine, offsets);
    case "cumsum":
      return emitCumsum(module, routine, offsets);
    case "argsort":
      return emitArgsort(module, routine, offsets);
  }
}

/** The blocked kernels take at least one product. */
const hasTerms = ({ window, filters }: Conv2DRoutine): boolean =>
  [
    window.batch,
    window.channels,
    filters,
    ...window.inputSize,
    ...window.outputSize,
    ...window.windowSize,
  ].every((size) => size > 0);
