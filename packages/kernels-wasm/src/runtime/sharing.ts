import { type Routine, type Step, sizeOf } from "@hekla/tensor";
import { workOf } from "../elementwise/work.js";

/**
 * Who runs a plan: the calling thread alone; others too, if they are `awake`, since waking one takes as long as all of the
 * work; or `all` threads.
 */
export type Sharing = "alone" | "awake" | "all";

/** Program lines times elements, or multiply-adds, that one thread does in some 50 us. */
const wakingWork = 10 << 16;

/** How to share a plan whose kernels can be shared. */
export const sharingOf = (steps: readonly Step[]): Sharing =>
  steps.reduce((total, step) => total + stepWork(step), 0) < wakingWork ? "awake" : "all";

function stepWork(step: Step): number {
  if (step.kind !== "routine") return workOf(sizeOf(step.shape), step.program);
  const { routine, epilogue } = step;
  return routineWork(routine) + (epilogue ? workOf(sizeOf(epilogue.shape), epilogue.program) : 0);
}

function routineWork(routine: Routine): number {
  switch (routine.name) {
    case "matmul":
      return routine.batch * routine.m * routine.n * routine.k;
    case "conv2d":
    case "conv2dInputGradient":
    case "conv2dKernelGradient": {
      const { batch, channels, outputSize, windowSize } = routine.window;
      return batch * channels * routine.filters * sizeOf([...outputSize, ...windowSize]);
    }
    case "gather":
    case "gatherAlong":
    case "scatterAdd":
    case "scatterAddAlong":
      return routine.outer * (routine.axisSize + routine.count) * routine.inner;
    default:
      return Number.POSITIVE_INFINITY;
  }
}
