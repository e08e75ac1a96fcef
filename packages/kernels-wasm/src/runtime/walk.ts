import type { Plan, Step } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { emitElementwise } from "../elementwise/emit-elementwise.js";
import type { Kernel } from "../kernel.js";
import { emitReduce } from "../reduce/emit-reduce.js";
import { emitRoutine, type RoutineTable } from "../routine.js";
import { type Access, accessOf, mustFollow } from "./dependencies.js";
import type { Runner } from "./runner.js";
import { type Sharing, sharingOf } from "./sharing.js";

/** A kernel with the buffers that its pointers stand for. */
interface Call {
  readonly kernel: Kernel;
  readonly buffers: readonly number[];
  readonly access: Access;
}

/** What a plan's module needs at run time. */
export interface Walk {
  /** Scratch memory that the plan's kernels share, one after the other. */
  readonly scratchBytes: number;
  readonly sharing: Sharing;
}

/**
 * Adds to the module the kernels of a plan and `walk(table, thread, threads)`, which all threads run side by
 * side. The table holds the address of each buffer of the plan and, behind them, that of the scratch memory.
 * Exports `walk` or, if the steps are to be `timed` one by one, `step0`, `step1`, ... in its place.
 */
export function emitWalk(
  module: ModuleBuilder,
  plan: Plan,
  routines: Partial<RoutineTable>,
  { threads, barrier }: Pick<Runner, "threads" | "barrier">,
  timed: boolean,
): Walk {
  const calls = plan.steps.map((step): Call => {
    const kernel = emitStep(module, step, routines);
    const [reads, writes] = [operandBuffers(step), resultBuffers(step)];
    const usesScratch = kernel.scratchBytes + (kernel.scratchBytesPerThread ?? 0) > 0;
    const access = accessOf(plan, reads, writes, usesScratch, kernel.serial ?? false);
    return { kernel, buffers: [...reads, ...writes], access };
  });
  const sync = barrier?.(module);
  const scratchIndex = plan.buffers.length;
  const define = (name: string, some: readonly Call[]) => {
    const index = module.function(name, ["i32", "i32", "i32"], [], (f) =>
      printCalls(f, some, scratchIndex, sync, timed),
    );
    module.export(name, index);
  };
  if (timed) calls.forEach((call, at) => define(`step${at}`, [call]));
  else define("walk", calls);
  return {
    scratchBytes: Math.max(
      0,
      ...calls.map(({ kernel }) => kernel.scratchBytes + (kernel.scratchBytesPerThread ?? 0) * threads),
    ),
    sharing: calls.some(({ kernel }) => !kernel.serial && kernel.phases.length > 0)
      ? sharingOf(plan.steps)
      : "alone",
  };
}

/** One kernel for all steps that do the same on other buffers. */
function emitStep(module: ModuleBuilder, step: Step, routines: Partial<RoutineTable>): Kernel {
  return module.once(kernelKey(step), () => {
    if (step.kind === "elementwise") return emitElementwise(module, step);
    return step.kind === "reduce" ? emitReduce(module, step) : emitRoutine(module, step, routines);
  });
}

/** Everything about a step but its name and which buffers it is for. */
function kernelKey(step: Step): string {
  return JSON.stringify(step, (name, value: unknown) => {
    if (name === "label" || name === "buffer" || name === "output")
      return value === undefined ? undefined : 0;
    if (name === "outputs") return (value as readonly number[]).length;
    return typeof value === "number" && !Number.isFinite(value)
      ? String(value)
      : Object.is(value, -0)
        ? "-0"
        : value;
  });
}

/** Buffers in the order of a kernel's pointers. */
function operandBuffers(step: Step): number[] {
  const epilogue = step.kind === "routine" ? (step.epilogue?.operands ?? []) : [];
  return [...step.operands, ...epilogue].flatMap((operand) => (operand ? [operand.buffer] : []));
}

function resultBuffers(step: Step): number[] {
  if (step.kind !== "routine") return [...step.outputs];
  return [...(step.output === undefined ? [] : [step.output]), ...(step.epilogue?.outputs ?? [])];
}

/**
 * The calls in order, with a barrier between the phases of a call, before a call that touches what an
 * earlier one writes (or writes what it touches), and at the end, so that the main thread sees the work of
 * all.
 */
function printCalls(
  f: FunctionBuilder,
  calls: readonly Call[],
  scratchIndex: number,
  sync: number | undefined,
  timed: boolean,
): void {
  const [table, thread, threads] = f.params as [Local, Local, Local];
  const pointers = ({ buffers }: Call) => {
    for (const buffer of [...buffers, scratchIndex]) f.get(table).load("i32.load", buffer * 4);
  };
  /** What has been called since the last barrier. */
  let open: Access[] = [];
  const meet = () => {
    if (sync !== undefined) f.get(threads).call(sync);
    open = [];
  };
  for (const call of calls) {
    const { phases, serial } = call.kernel;
    if (open.some((earlier) => mustFollow(call.access, earlier))) meet();
    if (serial) {
      f.get(thread)
        .emit("i32.eqz")
        .if(() => {
          for (const phase of phases) {
            pointers(call);
            f.i32(0).i32(1).call(phase);
          }
        });
    } else {
      phases.forEach((phase, at) => {
        if (at > 0) meet();
        pointers(call);
        f.get(thread, threads).call(phase);
      });
    }
    if (phases.length > 0) open.push(call.access);
  }
  // A command that no barrier ends could be overtaken by the next.
  if (timed || open.some(({ alone }) => !alone)) meet();
}
