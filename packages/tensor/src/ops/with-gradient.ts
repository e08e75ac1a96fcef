import { record } from "../recording.js";
import type { Tensor } from "../tensor.js";

/**
 * A recorded value with a gradient rule of its own: from the gradient of `value` to those of `inputs`, in place of
 * what its ops would give. Right only where the rule says the same as the ops do.
 */
export const withGradient = (
  value: Tensor,
  inputs: readonly Tensor[],
  rule: (gradient: Tensor, inputs: readonly Tensor[]) => readonly (Tensor | undefined)[],
): Tensor =>
  // A copy costs nothing where the planner fuses.
  record({ kind: "copy" }, [value], value.shape, value.dtype, rule, inputs);
