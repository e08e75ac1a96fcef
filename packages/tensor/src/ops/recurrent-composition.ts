import type { RecurrentActivation } from "../routine.js";
import type { Tensor } from "../tensor.js";
import { hardSigmoid } from "./activations.js";
import { zeros } from "./creation.js";
import { add, multiply, relu, sigmoid, subtract, tanh, where } from "./elementwise.js";
import { matmul } from "./matmul.js";
import { concat, stack } from "./moves.js";
import { expandDims, slice, split, squeeze } from "./views.js";

/** Which recurrence, and its functions. */
export interface RecurrentCell {
  readonly kind: "lstm" | "gru" | "simpleRnn";
  readonly activation: RecurrentActivation;
  readonly recurrentActivation: RecurrentActivation;
  /** GRU only: the reset gate multiplies the recurrent product, not the state before it. */
  readonly resetAfter: boolean;
}

/** What a recurrence is computed from: floats of one dtype, the mask bool. */
export interface RecurrentInputs {
  /** `[batch, steps, gates * units]` */
  readonly projected: Tensor;
  /** `[units, gates * units]` */
  readonly kernel: Tensor;
  /** Added to the recurrent product: `[gates * units]`, or `[batch, steps, gates * units]` in the composition. */
  readonly bias?: Tensor | undefined;
  /** `[batch, units]`, as `cell`; default zeros. */
  readonly hidden?: Tensor | undefined;
  readonly cell?: Tensor | undefined;
  /** `[batch, steps]` */
  readonly mask?: Tensor | undefined;
  /** `[batch, units]`, or one for each gate: `[batch, gates * units]`. */
  readonly recurrentMask?: Tensor | undefined;
}

/** The hidden state after every step `[batch, steps, units]`, and the last cell state `[batch, units]` of an LSTM. */
export interface RecurrentStates {
  readonly hidden: Tensor;
  readonly cell?: Tensor;
}

export const recurrentFunctions: Readonly<Record<RecurrentActivation, (x: Tensor) => Tensor>> = {
  tanh,
  sigmoid,
  hardSigmoid,
  relu,
  linear: (x) => x,
};

/** Columns `[from, to)` of a matrix. */
const columns = (x: Tensor, from: number, to: number): Tensor =>
  slice(x, [0, from], [x.shape[0]!, to - from]);

/** What a step adds: `[batch, features]` of `[batch, steps, features]`. */
const stepOf = (x: Tensor, at: number): Tensor =>
  squeeze(slice(x, [0, at, 0], [x.shape[0]!, 1, x.shape[2]!]), 1);

/** One state to the next, by the equations of the cell. */
class Stepper {
  readonly units: number;
  readonly #activation: (x: Tensor) => Tensor;
  readonly #gate: (x: Tensor) => Tensor;
  #bias: Tensor | undefined;

  constructor(
    readonly of: RecurrentCell,
    readonly inputs: RecurrentInputs,
  ) {
    this.units = inputs.kernel.shape[0]!;
    this.#activation = recurrentFunctions[of.activation];
    this.#gate = recurrentFunctions[of.recurrentActivation];
  }

  step(at: number, hidden: Tensor, cell: Tensor): { hidden: Tensor; cell: Tensor } {
    const { projected, bias } = this.inputs;
    const x = stepOf(projected, at);
    this.#bias = bias && (bias.rank === 1 ? expandDims(bias, 0) : stepOf(bias, at));
    if (this.of.kind === "lstm") {
      const [i, f, g, o] = split(add(x, this.#product(hidden, 0, 4)), 4, { axis: 1 }) as Four;
      const next = add(multiply(this.#gate(f), cell), multiply(this.#gate(i), this.#activation(g)));
      return { hidden: multiply(this.#gate(o), this.#activation(next)), cell: next };
    }
    if (this.of.kind === "gru") return { hidden: this.#gru(x, hidden), cell };
    return { hidden: this.#activation(add(x, this.#product(hidden, 0, 1))), cell };
  }

  #gru(x: Tensor, hidden: Tensor): Tensor {
    const { units } = this;
    const { resetAfter } = this.of;
    const product = this.#product(hidden, 0, resetAfter ? 3 : 2);
    const sum = add(columns(x, 0, 2 * units), columns(product, 0, 2 * units));
    const [update, reset] = split(this.#gate(sum), 2, { axis: 1 }) as [Tensor, Tensor];
    const recurrent = resetAfter
      ? multiply(reset, columns(product, 2 * units, 3 * units))
      : this.#product(multiply(reset, hidden), 2, 3);
    const candidate = this.#activation(add(columns(x, 2 * units, 3 * units), recurrent));
    return add(multiply(update, hidden), multiply(subtract(1, update), candidate));
  }

  /** The recurrent product of gates `[from, to)`, with its dropout and bias. */
  #product(state: Tensor, from: number, to: number): Tensor {
    const { kernel, recurrentMask } = this.inputs;
    const { units } = this;
    const bias = this.#bias;
    const perGate = recurrentMask !== undefined && recurrentMask.shape[1] !== units;
    const group = perGate ? 1 : to - from;
    const parts: Tensor[] = [];
    for (let gate = from; gate < to; gate += group) {
      const dropped = perGate ? columns(recurrentMask, gate * units, (gate + 1) * units) : recurrentMask;
      const masked = dropped ? multiply(state, dropped) : state;
      parts.push(matmul(masked, columns(kernel, gate * units, (gate + group) * units)));
    }
    const product = concat(parts, { axis: 1 });
    return bias ? add(product, columns(bias, from * units, to * units)) : product;
  }
}

type Four = [Tensor, Tensor, Tensor, Tensor];

/**
 * A recurrence as ops, one step after the other. A masked step keeps the state. Slow, but differentiable as often as
 * wanted. Source: Keras 3.12, `LSTMCell.call`, `GRUCell.call`, `SimpleRNNCell.call` and `backend.rnn`.
 */
export function composeRecurrence(of: RecurrentCell, inputs: RecurrentInputs): RecurrentStates {
  const { projected, kernel, mask } = inputs;
  const [batch, steps] = projected.shape as [number, number];
  const nothing = zeros([batch, kernel.shape[0]!], { dtype: projected.dtype });
  let hidden = inputs.hidden ?? nothing;
  let cell = inputs.cell ?? nothing;
  const stepper = new Stepper(of, inputs);
  const states: Tensor[] = [];
  for (let at = 0; at < steps; at++) {
    const next = stepper.step(at, hidden, cell);
    const live = mask && slice(mask, [0, at], [batch, 1]);
    hidden = live ? where(live, next.hidden, hidden) : next.hidden;
    cell = live ? where(live, next.cell, cell) : next.cell;
    states.push(hidden);
  }
  return of.kind === "lstm"
    ? { hidden: stack(states, { axis: 1 }), cell }
    : { hidden: stack(states, { axis: 1 }) };
}
