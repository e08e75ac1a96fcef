import type { Routine, RoutineStep } from "@hekla/tensor";
import type { ModuleBuilder } from "./assembler/index.js";
import { emitPlainConvolution } from "./convolution/plain-convolution.js";
import { emitMatmul } from "./gemm/matmul.js";
import { emitPlainMatmul } from "./gemm/plain-matmul.js";
import type { Kernel } from "./kernel.js";

/** The kernel of a routine step: matmul, convolution, pooling or a move, with its epilogue. */
export function emitRoutine(module: ModuleBuilder, step: RoutineStep): Kernel {
  const offsets = step.operands.map(({ view }) => view.offset);
  return emitRaw(module, step.routine, offsets);
}

function emitRaw(module: ModuleBuilder, routine: Routine, offsets: readonly number[]): Kernel {
  const blocked = module.features.tuned && routine.dtype === "float32";
  switch (routine.name) {
    case "matmul": {
      const { batch, m, n, k } = routine;
      const worthwhile = batch * m * n * k > 0;
      return (blocked && worthwhile ? emitMatmul : emitPlainMatmul)(module, routine, offsets);
    }
    case "conv2d":
    case "conv2dInputGradient":
    case "conv2dKernelGradient":
      return emitPlainConvolution(module, routine, offsets);
    default:
      throw new Error(`not yet ${routine.name}`);
  }
}
