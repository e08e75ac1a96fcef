import type { Dtype, Routine, RoutineName } from "@hekla/tensor";
import type { Index, KernelWriter, Value } from "../text/kernel-writer.js";

/**
 * A kernel that computes each of `size` elements by itself. `write` gives the element at `index`; operands are those of
 * the routine (each read from its first element on: `load` knows where that lies), then the results of earlier passes.
 */
export interface Pass {
  readonly size: number;
  readonly dtype: Dtype;
  write(kernel: KernelWriter, index: Index): Value;
}

/** One way to compute a routine, written once for all languages: passes, of which the last gives the result. */
export type PlainRoutine<Name extends RoutineName = RoutineName> = (
  routine: Extract<Routine, { readonly name: Name }>,
) => readonly Pass[];
