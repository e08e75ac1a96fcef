import type { Dtype } from "./dtype.js";
import type { Program } from "./program.js";
import type { ReferenceRoutine, Routine } from "./routine.js";
import type { Shape } from "./shape.js";
import type { View } from "./view.js";

/**
 * - `input`: bound at each run (a caller's array, a captured constant, a Variable); never written, unless it is
 *   the target of an assignment
 * - `output`: handed to the caller after the run; lies in the arena until then
 * - `temporary`: lives in the arena from its first write to its last read
 */
export interface PlanBuffer {
  readonly kind: "input" | "output" | "temporary";
  readonly dtype: Dtype;
  /** Elements, row-major without gaps. */
  readonly size: number;
  /** Byte offset in the arena, a multiple of `arenaAlignment`; -1 for inputs. */
  readonly arenaOffset: number;
}

/** A buffer as a step reads it. */
export interface Operand {
  readonly buffer: number;
  readonly view: View;
}

/** A program evaluated on every element of `shape`; each result is written whole, row-major, to its buffer. */
export interface ElementwiseStep {
  readonly kind: "elementwise";
  readonly label: string;
  readonly shape: Shape;
  /** Views have exactly `shape`. A step may write in place: an output buffer (or its arena bytes) may be that
   * of an operand only where that operand's view is the whole buffer in row-major order. */
  readonly operands: readonly Operand[];
  readonly program: Program;
  readonly outputs: readonly number[];
}

/** What a reduction makes of the elements. */
export type Reduction = "sum" | "product" | "max" | "min" | "argMax" | "argMin";

/**
 * A program evaluated on every element of `shape`, each of its results reduced over `axes` into an output of its own
 * (kept axes stay in order; the output has the product of their sizes as its size), with the bits it would have alone.
 * `argMax`/`argMin` reduce exactly one result over one axis and give int32, the first index where several are equal; NaN wins over every number in max, min, argMax and argMin.
 * Over no elements: sum 0, product 1, max -Infinity, min +Infinity (int32: its limits).
 * The order of additions must not depend on the number of threads.
 */
export interface ReduceStep {
  readonly kind: "reduce";
  readonly label: string;
  readonly reduction: Reduction;
  readonly shape: Shape;
  readonly axes: readonly number[];
  readonly operands: readonly Operand[];
  readonly program: Program;
  readonly outputs: readonly number[];
}

/**
 * A program run over a routine's result while it is at hand (bias, activation, accumulation). Operand 0 stands for
 * the raw result (`operands[0]` is undefined); the others have the shape of the result.
 */
export interface Epilogue {
  readonly shape: Shape;
  readonly operands: readonly (Operand | undefined)[];
  readonly program: Program;
  readonly outputs: readonly number[];
}

/** A contraction or another op that is not elementwise. Its operands are row-major without gaps (`offset` may be set). */
export interface RoutineStep {
  readonly kind: "routine";
  readonly label: string;
  readonly routine: Routine;
  /** What the reference backend computes. */
  readonly reference: ReferenceRoutine;
  readonly operands: readonly Operand[];
  /** Where the raw result goes; undefined when only the epilogue's outputs are wanted. */
  readonly output: number | undefined;
  readonly epilogue?: Epilogue;
}

/** One step of a plan. */
export type Step = ElementwiseStep | ReduceStep | RoutineStep;

/** A part of a step function that is ready to run: steps in order, every buffer placed. */
export interface Plan {
  /** Equal keys mean equal plans (structure, shapes, dtypes, attributes). */
  readonly key: string;
  readonly buffers: readonly PlanBuffer[];
  /** Buffers bound at each run, in this order. */
  readonly inputs: readonly number[];
  /** Inputs that the plan writes (assigned Variables): positions in `inputs`. The slot bound there is persistent. */
  readonly assigned: readonly number[];
  /** Inputs bound to memory that outlives the plan (Variables, captured tensors): positions in `inputs`. */
  readonly persistent: readonly number[];
  /** Buffers handed to the caller, in this order. */
  readonly outputs: readonly number[];
  readonly steps: readonly Step[];
  readonly arenaBytes: number;
}

/** Arena offsets are multiples of this many bytes: a cache line and WebGPU's largest usual offset alignment. */
export const arenaAlignment = 256;
