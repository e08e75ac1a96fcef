import type { Backend, Slot } from "./backend.js";
import type { Dtype } from "./dtype.js";
import { ReleasedError } from "./errors.js";
import type { Reduction } from "./plan.js";
import type { ScalarOp } from "./program.js";
import type { Recording } from "./recording.js";
import type { GatherRoutine, ReferenceRoutine, Routine } from "./routine.js";
import { formatShape, type Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";
import type { Variable } from "./variable.js";

/** Another way to walk the elements of the input, without moving them. */
export type ViewOperation =
  | { readonly kind: "reshape" }
  | { readonly kind: "transpose"; readonly permutation: readonly number[] }
  | { readonly kind: "slice"; readonly start: readonly number[]; readonly step: readonly number[] }
  | { readonly kind: "broadcast" };

/** What a node computes from its inputs. */
export type Operation =
  | { readonly kind: "leaf" }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "coordinate"; readonly axis: number }
  | { readonly kind: "scalar"; readonly op: ScalarOp }
  | { readonly kind: "copy" }
  | { readonly kind: "reduce"; readonly reduction: Reduction; readonly axes: readonly number[] }
  | {
      readonly kind: "routine";
      readonly routine: Routine;
      readonly reference: ReferenceRoutine;
      /** How the rows of the result are best added up in a table, where that is no `scatterAdd` of them. */
      readonly scattered?: (indices: Tensor, routine: GatherRoutine) => Computation;
    }
  | ViewOperation;

/** What a node computes, and from what. */
export type Computation = readonly [operation: Operation, inputs: readonly Tensor[]];

/**
 * The gradient of a node: from the gradient of its output to those of its sources, undefined where none flows.
 * It calls ops, so that it is recorded like anything else and can be differentiated again.
 */
export type GradientRule = (
  gradient: Tensor,
  sources: readonly Tensor[],
  output: Tensor,
) => readonly (Tensor | undefined)[];

/** Where a leaf's values come from when a plan runs. */
export type LeafSource =
  | { readonly kind: "slot"; readonly slot: Slot; readonly owner: Backend }
  | { readonly kind: "variable"; readonly variable: Variable }
  | { readonly kind: "placeholder"; readonly position: number };

let nextId = 0;

/** One recorded op. Ids grow in the order of recording, so inputs always have smaller ids. */
export class Node {
  readonly id = nextId++;
  /** Set when the values exist (or will be bound at run time); such a node is a leaf whatever it was before. */
  source: LeafSource | undefined;
  released = false;

  constructor(
    public operation: Operation,
    public inputs: readonly Node[],
    readonly shape: Shape,
    readonly dtype: Dtype,
    public recording: Recording | undefined,
    readonly label: string,
    public gradient?: GradientRule,
    /** What the gradient goes to; the inputs, unless what they were computed from stands in for them. */
    public sources: readonly Node[] = inputs,
  ) {}

  /** Binds the computed values and forgets how they came about. */
  settle(slot: Slot, owner: Backend): void {
    this.source = { kind: "slot", slot, owner };
    this.operation = { kind: "leaf" };
    this.inputs = [];
    this.sources = [];
    this.gradient = undefined;
    this.recording = undefined;
  }
}

/** Throws when the values of a node can no longer be had. */
export function checkAlive(node: Node): void {
  if (node.released) throw new ReleasedError("tensor: it was disposed, got a use after that");
  if (!node.source && (!node.recording || node.recording.ended)) {
    throw new ReleasedError(
      `tensor ${formatShape(node.shape)}: its scope has ended, expected it to be returned from the scope`,
    );
  }
}
