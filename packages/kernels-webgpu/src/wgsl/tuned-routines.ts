import type { RoutineStep } from "@hekla/tensor";
import type { StepBuilder } from "./step-builder.js";

/** Writes the kernels of a routine that has some of its own, made for speed; false where it has none. */
export function tunedRoutines(_builder: StepBuilder, _step: RoutineStep): boolean {
  return false;
}
