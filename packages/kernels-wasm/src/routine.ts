import { DeviceError, type Epilogue, type Routine, type RoutineName, type RoutineStep } from "@hekla/tensor";
import type { ModuleBuilder } from "./assembler/index.js";
import { withEpilogue } from "./epilogue.js";
import type { Kernel } from "./kernel.js";

/**
 * Makes the kernel of one routine; `offsets` are the first elements of its operands. It may run the epilogue, and then
 * says that it has `finished`.
 */
export type RoutineEmitter<Name extends RoutineName = RoutineName> = (
  module: ModuleBuilder,
  routine: Extract<Routine, { readonly name: Name }>,
  offsets: readonly number[],
  epilogue?: Epilogue,
) => Kernel;

/** An emitter for each of the named routines; one that is missing does not compile. */
export type RoutineTable<Name extends RoutineName = RoutineName> = {
  readonly [Each in Name]: RoutineEmitter<Each>;
};

/** The kernel of a routine step: matmul, convolution, pooling or a move, with its epilogue. */
export function emitRoutine(module: ModuleBuilder, step: RoutineStep, table: Partial<RoutineTable>): Kernel {
  const { name } = step.routine;
  const emit = table[name] as RoutineEmitter | undefined; // cast: the table has each emitter under its own name
  if (!emit) {
    throw new DeviceError(
      `wasm: this backend was made without ${name}, expected wasm() from @hekla/kernels-wasm instead of ` +
        "@hekla/kernels-wasm/dense",
    );
  }
  const raw = emit(
    module,
    step.routine,
    step.operands.map(({ view }) => view.offset),
    step.epilogue,
  );
  return step.epilogue && !raw.finished
    ? withEpilogue(module, raw, step.operands.length, step.epilogue)
    : raw;
}
