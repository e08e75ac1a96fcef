import { reshape, stack, type Tensor, type TensorLike, where } from "@hekla/tensor";
import { atStep } from "./at-step.js";
import { KernelCell, type SequenceOptions } from "./kernel-cell.js";
import { ProjectingCell } from "./projecting-cell.js";
import type { RNNCell } from "./rnn-cell.js";
import { StackedRNNCells } from "./stacked-rnn-cells.js";

/** How a cell is run over a sequence. */
export interface RunOptions extends SequenceOptions {
  /** Record every step's ops, though there may be one op for all of them. */
  readonly unroll: boolean;
  /** All outputs rather than the last. */
  readonly returnSequences: boolean;
}

/**
 * A cell over the steps of `[batch, steps, ...]`: the outputs, `[batch, steps, ...]` or the last, and the
 * last states. A step where the mask is false keeps the states, and shows the output before it (zeros before
 * the first).
 * @param states those before the first step; default the cell's own
 * Source: Keras 3 `backend.rnn`.
 */
export function runSequence(
  cell: RNNCell,
  sequences: Tensor,
  states: readonly Tensor[] | undefined,
  options: RunOptions,
): readonly [output: Tensor, ...states: Tensor[]] {
  // A cell's penalty is on the outputs of each step, so that its steps have to be apart.
  if (!options.unroll && !cell.activityRegularizer) {
    if (cell instanceof KernelCell && cell.hasSequenceOp) return runOp(cell, sequences, states, options);
    if (isStack(cell)) return runStack(cell, sequences, states, options);
  }
  return runSteps(cell, sequences, states, options);
}

function runOp(
  cell: KernelCell,
  sequences: Tensor,
  given: readonly Tensor[] | undefined,
  options: RunOptions,
): readonly [Tensor, ...Tensor[]] {
  const { outputs, states } = cell.runSequence(sequences, given, options);
  if (options.returnSequences) return [outputs, ...states];
  // Without a mask the last output is the hidden state.
  return [options.mask ? atStep(outputs, sequences.shape[1]! - 1) : states[0]!, ...states];
}

const isStack = (cell: RNNCell): cell is StackedRNNCells =>
  cell instanceof StackedRNNCells && cell.call === StackedRNNCells.prototype.call;

/** One cell of a stack after the other over all steps. */
function runStack(
  stack: StackedRNNCells,
  sequences: Tensor,
  given: readonly Tensor[] | undefined,
  options: RunOptions,
): readonly [Tensor, ...Tensor[]] {
  const states = given ?? stack.getInitialState(sequences.shape[0]!);
  const top = stack.cells.at(-1);
  const results = stack.through(sequences, states, (cell, x, own) =>
    runSequence(cell, x, own, cell === top ? options : { ...options, returnSequences: true }),
  );
  return results as readonly Tensor[] as readonly [Tensor, ...Tensor[]];
}

/** Step after step. */
function runSteps(
  cell: RNNCell,
  sequences: Tensor,
  given: readonly Tensor[] | undefined,
  options: RunOptions,
): readonly [Tensor, ...Tensor[]] {
  const { mask, zeroOutputForMask, returnSequences } = options;
  const next = stepper(cell, sequences, options.training);
  const outputs: Tensor[] = [];
  let states = given ?? cell.getInitialState(sequences.shape[0]!);
  for (let step = 0; step < sequences.shape[1]!; step++) {
    const [output, ...after] = next(step, states);
    const live = mask && atStep(mask, step);
    const before = zeroOutputForMask ? undefined : outputs.at(-1);
    outputs.push(live ? select(live, output!, before ?? 0) : output!);
    states = live ? after.map((state, at) => select(live, state, states[at]!)) : after;
  }
  return [returnSequences ? stack(outputs, { axis: 1 }) : outputs.at(-1)!, ...states];
}

type Step = (step: number, states: readonly Tensor[]) => readonly Tensor[];

/** A step of the cell; what needs no state is done for all steps at once. */
function stepper(cell: RNNCell, sequences: Tensor, training: boolean): Step {
  const isOwn = cell instanceof ProjectingCell && cell.call === ProjectingCell.prototype.call;
  if (!isOwn || cell.activityRegularizer) {
    return (step, states) => cell.applyAll([atStep(sequences, step), ...states], { training });
  }
  const projected = cell.project(sequences, training);
  return (step, states) => cell.step(atStep(projected, step), states, training);
}

/** `a` for samples that count at this step, else `b`. */
const select = (live: Tensor, a: Tensor, b: TensorLike): Tensor =>
  where(reshape(live, [live.size, ...a.shape.slice(1).map(() => 1)]), a, b);
