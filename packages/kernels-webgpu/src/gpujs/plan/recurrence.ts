import type { RecurrentRoutine } from "@hekla/tensor";
import type { LaunchList, Source } from "./launch-list.js";
import { addForward } from "./recurrence-forward.js";
import { RecurrenceFrame } from "./recurrence-frame.js";
import { addGradient } from "./recurrence-gradient.js";

/** A recurrence in either direction, some kernels a step; gives the register of its result. */
export function addRecurrence(
  list: LaunchList,
  routine: RecurrentRoutine,
  operands: readonly Source[],
): number {
  const frame = new RecurrenceFrame(list, routine, operands);
  return frame.layout.backward ? addGradient(frame) : addForward(frame);
}
