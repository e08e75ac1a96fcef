import { grad } from "../gradient.js";
import { record } from "../recording.js";
import { type RecurrentOperand, recurrentLayout } from "../recurrent-layout.js";
import { recurrentGradient, recurrentSequence } from "../reference/recurrent.js";
import type { RecurrentRoutine } from "../routine.js";
import { type Shape, sizeOf } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { copy, zeros } from "./creation.js";
import { add, multiply } from "./elementwise.js";
import { maskedMatmulGradients } from "./masked-matmul.js";
import { matmul } from "./matmul.js";
import { concat, pad } from "./moves.js";
import {
  composeRecurrence,
  type RecurrentCell,
  type RecurrentInputs,
  type RecurrentStates,
  recurrentFunctions,
} from "./recurrent-composition.js";
import { sum } from "./reductions.js";
import { broadcastTo, expandDims, flatten, reshape, slice } from "./views.js";

/** Inputs that gradients go to, in the order of the sources of the recorded nodes. */
const differentiable = ["projected", "kernel", "bias", "hidden", "cell", "recurrentMask"] as const;
type Differentiable = (typeof differentiable)[number];

/** The part of a flat tensor from `start` on, under a shape. */
const piece = (flat: Tensor, start: number, shape: Shape): Tensor =>
  reshape(slice(flat, [start], [sizeOf(shape)]), shape);

/** Gates `[from, to)` of `[batch, steps, gates * units]`. */
const gatesOf = (x: Tensor, units: number, from: number, to: number): Tensor =>
  slice(x, [0, 0, from * units], [x.shape[0]!, x.shape[1]!, (to - from) * units]);

/** The same, as something that gradients reach: views of constants are constants. */
const followed = (x: Tensor): Tensor => copy(x);

/** A recurrence of given inputs: its routines, and the rules of their gradients. */
class Recurrence {
  readonly batch: number;
  readonly steps: number;
  readonly units: number;
  readonly names: readonly Differentiable[];

  constructor(
    readonly of: RecurrentCell,
    readonly inputs: RecurrentInputs,
  ) {
    const [batch, steps] = inputs.projected.shape as [number, number];
    [this.batch, this.steps, this.units] = [batch, steps, inputs.kernel.shape[0]!];
    this.names = differentiable.filter((name) => inputs[name] !== undefined);
  }

  routine(suffix: "Sequence" | "SequenceGradient", keep = true) {
    const { of, inputs, batch, steps, units } = this;
    const { kind, ...functions } = of;
    return {
      name: `${kind}${suffix}`,
      dtype: inputs.projected.dtype,
      batch,
      steps,
      units,
      ...functions,
      bias: inputs.bias !== undefined,
      hidden: inputs.hidden !== undefined,
      cell: inputs.cell !== undefined,
      mask: inputs.mask !== undefined,
      keep,
      recurrentMasks: (inputs.recurrentMask?.shape[1] ?? 0) / units,
    } satisfies RecurrentRoutine & { dtype: string };
  }

  /** Records a routine; `given` holds the operands that are no inputs. */
  #record(
    routine: ReturnType<Recurrence["routine"]>,
    given: Partial<Record<RecurrentOperand, Tensor>>,
    ...rest: [rule?: Parameters<typeof record>[4], sources?: readonly Tensor[]]
  ): Tensor {
    const layout = recurrentLayout(routine);
    const operands = { ...this.inputs, ...given };
    const reference = routine.name.endsWith("Gradient") ? recurrentGradient : recurrentSequence;
    return record(
      { kind: "routine", routine, reference },
      layout.operands.map((name) => operands[name]!),
      [layout.size],
      routine.dtype,
      ...rest,
    );
  }

  #sources(): Tensor[] {
    return this.names.map((name) => this.inputs[name]!);
  }

  /**
   * The states, flat. Only they can be differentiated, by the inputs; what the routine keeps beside them is
   * a means of its gradient.
   */
  states(): Tensor {
    const [bare, sequence] = [false, true].map((keep) =>
      this.#record(this.routine("Sequence", keep), {}),
    ) as [Tensor, Tensor];
    return record(
      { kind: "slice", start: [0], step: [1] },
      [bare],
      [recurrentLayout(this.routine("Sequence")).states],
      bare.dtype,
      (gradient, _, output) => {
        // Nothing has run yet: where there is a gradient, the routine that keeps what it wants runs in place of the other.
        output.node.inputs = [sequence.node];
        const gradients = this.#gradients(sequence, output, gradient);
        return this.names.map((name) => gradients[name]);
      },
      this.#sources(),
    );
  }

  /** Gradients of the inputs from that of the states. */
  #gradients(
    sequence: Tensor,
    states: Tensor,
    upper: Tensor,
  ): Readonly<Record<Differentiable, Tensor | undefined>> {
    const { batch, units, inputs } = this;
    const routine = this.routine("SequenceGradient");
    const layout = recurrentLayout(routine);
    const flat = this.#record(
      routine,
      { sequence, gradient: upper },
      (gradient) => this.#second(upper, gradient),
      [...this.#sources(), upper],
    );
    const projected = piece(flat, 0, inputs.projected.shape);
    const product = layout.ownProduct ? piece(flat, projected.size, projected.shape) : projected;
    return {
      projected,
      bias: sum(product, { axes: [0, 1] }),
      hidden: inputs.hidden && piece(flat, layout.hiddenGradient, [batch, units]),
      cell: inputs.cell && piece(flat, layout.cellGradient, [batch, units]),
      ...this.#ofProduct(states, product),
    };
  }

  /** The gradients of what the recurrent product is made of, all steps in one matmul. */
  #ofProduct(states: Tensor, product: Tensor): { kernel: Tensor; recurrentMask: Tensor | undefined } {
    const { batch, steps, units, inputs } = this;
    const rows = batch * steps;
    const { kernel, recurrentMask } = inputs;
    const perGate = recurrentMask !== undefined && recurrentMask.shape[1] !== units;
    const parts = this.#operandsOfProducts(states).map(({ state, from, to }) => {
      const gradient = gatesOf(product, units, from, to);
      if (!recurrentMask) {
        const [left, right] = [state, gradient].map((x) => reshape(x, [rows, x.shape[2]!])) as [
          Tensor,
          Tensor,
        ];
        return { kernel: matmul(left, right, { transposeA: true }), masks: [] };
      }
      const own = slice(kernel, [0, from * units], [units, (to - from) * units]);
      const mask = perGate
        ? slice(recurrentMask, [0, from * units], [batch, (to - from) * units])
        : recurrentMask;
      const gradients = maskedMatmulGradients(state, mask, own, gradient);
      return { kernel: gradients.kernel, masks: [gradients.masks] };
    });
    const masks = parts.flatMap((part) => part.masks);
    return {
      kernel: concat(
        parts.map((part) => part.kernel),
        { axis: 1 },
      ),
      recurrentMask:
        recurrentMask && (perGate ? concat(masks, { axis: 1 }) : masks.reduce((a, b) => add(a, b))),
    };
  }

  /** The recurrent mask of a gate, over the steps. */
  #maskOf(gate: number): Tensor {
    const { batch, units } = this;
    const all = this.inputs.recurrentMask!;
    const own = all.shape[1] === units ? all : slice(all, [0, gate * units], [batch, units]);
    return expandDims(own, 1);
  }

  /** What multiplies the kernel of gates `[from, to)` in each step: the state before, reset or not. */
  #operandsOfProducts(states: Tensor): { state: Tensor; from: number; to: number }[] {
    const { batch, steps, units, inputs, of } = this;
    const all = piece(states, 0, [batch, steps, units]);
    const before = slice(all, [0, 0, 0], [batch, steps - 1, units]);
    const previous = inputs.hidden
      ? concat([expandDims(inputs.hidden, 1), before], { axis: 1 })
      : pad(before, [
          [0, 0],
          [1, 0],
          [0, 0],
        ]);
    const resetBefore = of.kind === "gru" && !of.resetAfter;
    const gates = inputs.kernel.shape[1]! / units;
    const edges = resetBefore ? [0, 2, 3] : [0, gates];
    return edges.slice(1).map((to, at) => ({
      state: resetBefore && to === gates ? multiply(previous, this.#reset(previous)) : previous,
      from: edges[at]!,
      to,
    }));
  }

  /** The reset gates of all steps, from the states before: the routine's own cannot be differentiated. */
  #reset(previous: Tensor): Tensor {
    const { units, inputs, of } = this;
    const kernel = slice(inputs.kernel, [0, units], [units, units]);
    const masked = inputs.recurrentMask ? multiply(previous, this.#maskOf(1)) : previous;
    return recurrentFunctions[of.recurrentActivation](
      add(gatesOf(inputs.projected, units, 1, 2), matmul(masked, kernel)),
    );
  }

  /** Gradients of what the gradient routine gives, in the inputs and the upper gradient: those of the composition. */
  #second(upper: Tensor, gradient: Tensor): Tensor[] {
    const { names } = this;
    const projection = (...sources: Tensor[]): Tensor => {
      const inputs = { ...this.inputs, ...Object.fromEntries(names.map((name, at) => [name, sources[at]!])) };
      return sum(multiply(new Recurrence(this.of, inputs).#composedGradient(sources.at(-1)!), gradient));
    };
    const sources = [...this.#sources(), upper].map(followed);
    return grad(
      projection,
      sources.map((_, at) => at),
    )(...sources);
  }

  /** What the gradient routine gives, by differentiating the composition. */
  #composedGradient(upper: Tensor): Tensor {
    const { inputs, of } = this;
    const { projected } = inputs;
    const { ownProduct } = recurrentLayout(this.routine("SequenceGradient"));
    // The gradient of the product is that of something added to it; a constant would not be followed.
    const added = inputs.bias
      ? broadcastTo(inputs.bias, projected.shape)
      : copy(zeros(projected.shape, projected));
    const by: [keyof RecurrentInputs, Tensor | undefined][] = [
      ["projected", projected],
      ["bias", ownProduct ? added : undefined],
      ["hidden", inputs.hidden],
      ["cell", inputs.cell],
    ];
    const present = by.filter((entry): entry is [keyof RecurrentInputs, Tensor] => entry[1] !== undefined);
    const projection = (...values: Tensor[]): Tensor => {
      const own = { ...inputs, ...Object.fromEntries(present.map(([name], at) => [name, values[at]!])) };
      const { hidden, cell } = composeRecurrence(of, own);
      return sum(multiply(concat([hidden, ...(cell ? [cell] : [])].map((x) => flatten(x))), upper));
    };
    const gradients = grad(
      projection,
      present.map((_, at) => at),
    )(...present.map(([, x]) => followed(x)));
    return concat(gradients.map((x) => flatten(x)));
  }
}

/** A recurrence as one routine; its gradient is another, and second derivatives are those of the composition. */
export function recordRecurrence(of: RecurrentCell, inputs: RecurrentInputs): RecurrentStates {
  const recurrence = new Recurrence(of, inputs);
  const { batch, steps, units } = recurrence;
  const states = recurrence.states();
  const hidden = piece(states, 0, [batch, steps, units]);
  return of.kind === "lstm" ? { hidden, cell: piece(states, hidden.size, [batch, units]) } : { hidden };
}
