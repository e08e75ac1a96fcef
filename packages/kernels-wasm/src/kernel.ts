import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler/index.js";

/**
 * The code of one step. Every phase is a function
 * `(operand pointers..., output pointers..., scratch pointer, thread, threads)`, all i32, that each thread
 * calls with its own number; a barrier stands between phases, and before other
 * kernels that touch the same memory. A kernel depends on shapes
 * and attributes only, never on addresses. Operand pointers are the start of the buffer: the view's offset
 * is the kernel's business.
 *
 * Order of pointers for a routine: `step.operands`, then the epilogue's operands that are not undefined;
 * then `step.output` if there is one, then the epilogue's outputs.
 *
 * The same bits for any number of threads: work is split over outputs, or into chunks that do not depend on
 * `threads`.
 */
export interface Kernel {
  /** Function indices, in order. */
  readonly phases: readonly number[];
  /**
   * Bytes of scratch memory, shared by all threads and all phases (aligned to 64 bytes; contents are
   * arbitrary).
   */
  readonly scratchBytes: number;
  /** Scratch bytes added for each thread, where threads need memory of their own; default 0. */
  readonly scratchBytesPerThread?: number;
  /**
   * True where the work is too small to share: thread 0 does it alone (as if `threads` were 1), with no
   * barrier.
   */
  readonly serial?: boolean;
  /** True where a routine's kernel runs the step's epilogue itself. */
  readonly finished?: boolean;
}

/** The parameters of a phase, by name. */
export interface KernelParams {
  readonly operands: readonly Local[];
  readonly outputs: readonly Local[];
  readonly scratch: Local;
  readonly thread: Local;
  readonly threads: Local;
}

/** Defines one phase of a kernel and returns its function index. */
export function kernelFunction(
  module: ModuleBuilder,
  name: string,
  operandCount: number,
  outputCount: number,
  body: (f: FunctionBuilder, params: KernelParams) => void,
): number {
  const count = operandCount + outputCount + 3;
  return module.function(name, Array<"i32">(count).fill("i32"), [], (f) => {
    const [scratch, thread, threads] = f.params.slice(-3) as [Local, Local, Local];
    const operands = f.params.slice(0, operandCount);
    body(f, { operands, outputs: f.params.slice(operandCount, -3), scratch, thread, threads });
  });
}

/**
 * Sets `start` and `end` to this thread's share of `count` units: whole multiples of `grain` units, as even
 * as can be. Use it where the result of a unit does not depend on which thread computes it.
 */
export function splitRange(
  f: FunctionBuilder,
  { thread, threads }: Pick<KernelParams, "thread" | "threads">,
  count: number,
  grain: number,
  start: Local,
  end: Local,
): void {
  const grains = Math.ceil(count / grain);
  // floor(thread * grains / threads) in 64 bits: counts reach 2^28 and there are up to 16 threads.
  const bound = (push: () => void, to: Local) => {
    push();
    f.emit("i64.extend_i32_u").i64(BigInt(grains)).emit("i64.mul");
    f.get(threads).emit("i64.extend_i32_u", "i64.div_u", "i32.wrap_i64").i32(grain).emit("i32.mul").set(to);
  };
  bound(() => f.get(thread), start);
  bound(() => f.get(thread).i32(1).emit("i32.add"), end);
  if (grains * grain !== count) {
    f.get(end).i32(count).get(end).i32(count).emit("i32.lt_s", "select").set(end);
    f.get(start).i32(count).get(start).i32(count).emit("i32.lt_s", "select").set(start);
  }
}
