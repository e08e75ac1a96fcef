import type { RoutineStep } from "@hekla/tensor";
import type { StepBuilder } from "../wgsl/step-builder.js";
import { emitSequenceGradient } from "./gradient-by-groups.js";
import { RecurrentFrame } from "./recurrent-frame.js";
import { emitSequence } from "./sequence-by-groups.js";

/** Writes the kernels of a recurrence over all its steps; false where the routine is none. */
export function emitRecurrent(builder: StepBuilder, step: RoutineStep): boolean {
  if (!("recurrentActivation" in step.routine)) return false;
  const frame = new RecurrentFrame(builder, step, step.routine);
  if (frame.layout.backward) emitSequenceGradient(frame);
  else emitSequence(frame);
  frame.epilogue();
  return true;
}
