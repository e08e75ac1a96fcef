import type { Dtype, Routine, RoutineName } from "@hekla/tensor";
import type { Index, KernelWriter, Value } from "../text/kernel-writer.js";

/**
 * A kernel that computes each of `size` elements by itself. `write` gives the element at `index`; operands
 * are those of the routine (each read from its first element on: `load` knows where that lies), then the
 * results of earlier passes.
 */
export interface Pass {
  readonly size: number;
  readonly dtype: Dtype;
  write(kernel: KernelWriter, index: Index): Value;
}

/** The routines that go by a name, or by one of several. */
export type RoutineOf<Name extends RoutineName> = Routine extends infer R
  ? R extends { readonly name: infer Own }
    ? [Name & Own] extends [never]
      ? never
      : R
    : never
  : never;

/**
 * One way to compute a routine, written once for all languages: passes, of which the last gives the result.
 */
export type PassesOf<R extends Routine> = (routine: R) => readonly Pass[];

/** The passes of the routine with a name. */
export type PlainRoutine<Name extends RoutineName = RoutineName> = PassesOf<RoutineOf<Name>>;
