import type { Plan, Step } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { emitElementwise } from "../elementwise/emit-elementwise.js";
import type { Kernel } from "../kernel.js";
import { emitReduce } from "../reduce/emit-reduce.js";
import { emitRoutine } from "../routine.js";
import { barrier } from "./control.js";

/** A kernel with the buffers that its pointers stand for. */
interface Call {
  readonly kernel: Kernel;
  readonly buffers: readonly number[];
}

/** What a plan's module needs at run time. */
export interface Walk {
  /** Scratch memory that the plan's kernels share, one after the other. */
  readonly scratchBytes: number;
  /** False when no kernel is worth sharing: then the main thread walks alone. */
  readonly parallel: boolean;
}

/**
 * Adds to the module the kernels of a plan and `walk(table, thread, threads)`, which all threads run side by side. The
 * table holds the address of each buffer of the plan and, behind them, that of the scratch memory. Exports `walk` and,
 * if the steps are to be `timed` one by one, `step0`, `step1`, ...
 */
export function emitWalk(module: ModuleBuilder, plan: Plan, threads: number, timed: boolean): Walk {
  const calls = plan.steps.map((step) => ({ kernel: emitStep(module, step), buffers: pointerBuffers(step) }));
  const sync = module.memory.shared ? barrier(module) : undefined;
  const scratchIndex = plan.buffers.length;
  const define = (name: string, some: readonly Call[]) => {
    const index = module.function(name, ["i32", "i32", "i32"], [], (f) =>
      printCalls(f, some, scratchIndex, sync),
    );
    module.export(name, index);
  };
  define("walk", calls);
  if (timed) calls.forEach((call, at) => define(`step${at}`, [call]));
  return {
    scratchBytes: Math.max(
      0,
      ...calls.map(({ kernel }) => kernel.scratchBytes + (kernel.scratchBytesPerThread ?? 0) * threads),
    ),
    parallel: calls.some(({ kernel }) => !kernel.serial && kernel.phases.length > 0),
  };
}

/** One kernel for all steps that do the same on other buffers. */
function emitStep(module: ModuleBuilder, step: Step): Kernel {
  return module.once(kernelKey(step), () => {
    if (step.kind === "elementwise") return emitElementwise(module, step);
    return step.kind === "reduce" ? emitReduce(module, step) : emitRoutine(module, step);
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
function pointerBuffers(step: Step): number[] {
  const own = step.operands.map(({ buffer }) => buffer);
  if (step.kind === "elementwise") return [...own, ...step.outputs];
  if (step.kind === "reduce") return [...own, step.output];
  const extra = (step.epilogue?.operands ?? []).flatMap((operand) => (operand ? [operand.buffer] : []));
  const raw = step.output === undefined ? [] : [step.output];
  return [...own, ...extra, ...raw, ...(step.epilogue?.outputs ?? [])];
}

/**
 * The calls in order. Every phase that threads share ends with a barrier; steps in a row that thread 0 does alone
 * share one.
 */
function printCalls(
  f: FunctionBuilder,
  calls: readonly Call[],
  scratchIndex: number,
  sync: number | undefined,
): void {
  const [table, thread, threads] = f.params as [Local, Local, Local];
  const pointers = ({ buffers }: Call) => {
    for (const buffer of [...buffers, scratchIndex]) f.get(table).load("i32.load", buffer * 4);
  };
  const meet = () => {
    if (sync !== undefined) f.get(threads).call(sync);
  };
  let at = 0;
  while (at < calls.length) {
    const call = calls[at]!;
    if (!call.kernel.serial) {
      for (const phase of call.kernel.phases) {
        pointers(call);
        f.get(thread, threads).call(phase);
        meet();
      }
      at++;
      continue;
    }
    const first = at;
    while (calls[at]?.kernel.serial) at++;
    f.get(thread)
      .emit("i32.eqz")
      .if(() => {
        for (const alone of calls.slice(first, at)) {
          for (const phase of alone.kernel.phases) {
            pointers(alone);
            f.i32(0).i32(1).call(phase);
          }
        }
      });
    meet();
  }
}
