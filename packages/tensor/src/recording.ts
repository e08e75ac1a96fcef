import type { Dtype } from "./dtype.js";
import { HeklaError } from "./errors.js";
import { execute } from "./execute.js";
import { type GradientRule, Node, type Operation } from "./node.js";
import { checkDtype } from "./session.js";
import type { Shape } from "./shape.js";
import { Tensor } from "./tensor.js";
import { mapTensors, tensorsIn } from "./tree.js";
import type { Variable } from "./variable.js";

/** A stretch of program whose ops are recorded instead of run; flushed once, at its end. */
export class Recording {
  /** Values that Variables get when the recording is flushed. */
  readonly assignments = new Map<Variable, Node>();
  /** What reads of assigned Variables give where how the value came about does not count any more: see `valueAndGrad`. */
  readonly facts = new Map<Variable, Node>();
  readonly labels: string[] = [];
  ended = false;
  /** `traced` recordings become compiled functions: their values cannot be read while they are made. */
  constructor(readonly traced: boolean) {}
}

/** The recording that ops go to now; the only state of this module. */
const state: { active: Recording | undefined } = { active: undefined };

export const activeRecording = (): Recording | undefined => state.active;

/** Runs `fn` with another recording (or none) as the active one. */
export function withRecording<T>(recording: Recording | undefined, fn: () => T): T {
  const outer = state.active;
  state.active = recording;
  try {
    return fn();
  } finally {
    state.active = outer;
  }
}

/** Runs `fn` as if no recording were active: its results exist at once. */
export const outsideRecording = <T>(fn: () => T): T => withRecording(undefined, fn);

/**
 * Appends a node to the active recording. Only to be called inside one (see `op`). An element type that the backend does
 * not have is refused here, before anything runs.
 * @param sources what the gradient rule differentiates by, where that is not what the node reads
 */
export function record(
  operation: Operation,
  inputs: readonly Tensor[],
  shape: Shape,
  dtype: Dtype,
  gradient?: GradientRule,
  sources?: readonly Tensor[],
): Tensor {
  const recording = state.active;
  if (!recording) throw new HeklaError("record: no recording is active");
  if (dtype === "float16" || dtype === "float64") checkDtype(dtype);
  const label = recording.labels.join("/");
  return new Tensor(
    new Node(
      operation,
      inputs.map((x) => x.node),
      shape,
      dtype,
      recording,
      label,
      gradient,
      sources?.map((x) => x.node),
    ),
  );
}

/**
 * Runs `fn` recording every op, makes one plan of it and runs that once. Tensors inside what `fn` returns (in arrays
 * and plain objects) and assigned Variables survive; everything else never needs memory of its own. Inside another
 * scope or a compiled function it joins that one.
 */
export function scope<T>(fn: () => T): T {
  if (state.active) return fn();
  const recording = new Recording(false);
  try {
    const result = withRecording(recording, fn);
    if (result instanceof Promise) {
      throw new HeklaError("scope: got an async function, expected one that returns without awaiting");
    }
    const nodes = tensorsIn(result).map((tensor) => tensor.node);
    execute(nodes, recording.assignments);
    return mapTensors(result, (tensor) => tensor);
  } finally {
    recording.ended = true;
  }
}

/** Runs `fn` inside a recording with this label in the place of those around it; with none as it is. */
export function labelled<T>(label: string, fn: () => T): T {
  const { active } = state;
  if (!active || label === "") return fn();
  const outer = active.labels.splice(0);
  active.labels.push(label);
  try {
    return fn();
  } finally {
    active.labels.splice(0, active.labels.length, ...outer);
  }
}

/** Groups what `fn` records under a label that plans and dumps show, as one plan when nothing else is recorded. */
export function named<T>(label: string, fn: () => T): T {
  return scope(() => {
    const labels = state.active!.labels;
    labels.push(label);
    try {
      return fn();
    } finally {
      labels.pop();
    }
  });
}
