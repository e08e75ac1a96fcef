import { DataError, ShapeError } from "../errors.js";
import { named } from "../recording.js";
import { type RecurrentActivation, recurrentActivations } from "../routine.js";
import { formatShape, type Shape, sameShape } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { cast } from "./cast.js";
import { asTensor, zeros } from "./creation.js";
import { where } from "./elementwise.js";
import type { RecurrentCell, RecurrentInputs } from "./recurrent-composition.js";
import { recordRecurrence } from "./recurrent-gradient.js";
import { cumsum } from "./scans.js";
import { unifyFloats } from "./unify.js";
import { expandDims, slice, squeeze } from "./views.js";

/** Options of `simpleRnn`, which `lstm` and `gru` have too. */
export interface SimpleRnnOptions {
  /** State before the first step, `[batch, units]`. Default zeros. */
  readonly initialHidden?: TensorLike | undefined;
  /** bool `[batch, steps]`; a step that is false keeps the state. Default: all true. */
  readonly mask?: TensorLike | undefined;
  /**
   * Recurrent dropout: multiplies the hidden state before the recurrent product, in every step. `[batch, units]`, or
   * one after the other for each gate, `[batch, gates * units]`, as Keras draws them for LSTM and GRU. Default none.
   */
  readonly recurrentMask?: TensorLike | undefined;
  /** Default "tanh". */
  readonly activation?: RecurrentActivation | undefined;
  /** What `outputs` holds where the mask is false: zeros, or the output before (zeros before the first). Default false. */
  readonly zeroOutputForMask?: boolean | undefined;
}

/** Options of `lstm`. */
export interface LstmOptions extends SimpleRnnOptions {
  /** Cell state before the first step, `[batch, units]`. Default zeros. */
  readonly initialCell?: TensorLike | undefined;
  /** Of the gates. Default "sigmoid". */
  readonly recurrentActivation?: RecurrentActivation | undefined;
}

/** Options of `gru`. */
export interface GruOptions extends SimpleRnnOptions {
  /** Added to the recurrent product, `[3 * units]`; with `resetAfter` only. Default none. */
  readonly recurrentBias?: TensorLike | undefined;
  /** The reset gate multiplies the recurrent product (true), or the hidden state before it. Default true. */
  readonly resetAfter?: boolean | undefined;
  /** Of the gates. Default "sigmoid". */
  readonly recurrentActivation?: RecurrentActivation | undefined;
}

interface Given extends LstmOptions, GruOptions {}

/** The operands of a recurrence, checked and of one float dtype. */
function inputsOf(
  op: string,
  gates: number,
  projected: TensorLike,
  kernel: TensorLike,
  options: Given,
): RecurrentInputs {
  const given = {
    projected: asTensor(projected),
    kernel: asTensor(kernel),
    bias: op === "gru" ? options.recurrentBias : undefined,
    hidden: options.initialHidden,
    cell: op === "lstm" ? options.initialCell : undefined,
    recurrentMask: options.recurrentMask,
  };
  const units = given.kernel.shape[0]!;
  const width = gates * units;
  const [batch, steps] = given.projected.shape as [number, number];
  const expect = (name: string, like: TensorLike | undefined, ...fitting: Shape[]): Tensor | undefined => {
    if (like === undefined) return undefined;
    const x = asTensor(like);
    if (fitting.some((shape) => sameShape(shape, x.shape))) return x;
    throw new ShapeError(
      `${op}: got ${name} ${formatShape(x.shape)}, expected ${fitting.map(formatShape).join(" or ")} ` +
        `(projected ${formatShape(given.projected.shape)}, kernel ${formatShape(given.kernel.shape)})`,
    );
  };
  if (given.kernel.rank !== 2 || given.kernel.shape[1] !== width || units === 0) {
    throw new ShapeError(
      `${op}: got recurrent kernel ${formatShape(given.kernel.shape)}, expected [units, ${gates} * units]`,
    );
  }
  if (given.projected.rank !== 3 || given.projected.shape[2] !== width) {
    throw new ShapeError(
      `${op}: got projected ${formatShape(given.projected.shape)}, expected [batch, steps, ${width}] ` +
        `for ${units} units`,
    );
  }
  const floats: Record<string, Tensor | undefined> = {
    projected: given.projected,
    kernel: given.kernel,
    bias: expect("recurrentBias", given.bias, [width]),
    hidden: expect("initialHidden", given.hidden, [batch, units]),
    cell: expect("initialCell", given.cell, [batch, units]),
    recurrentMask: expect("recurrentMask", given.recurrentMask, [batch, units], [batch, width]),
  };
  const present = Object.entries(floats).filter((entry): entry is [string, Tensor] => entry[1] !== undefined);
  const unified = unifyFloats(present.map(([, x]) => x));
  const mask = expect("mask", options.mask, [batch, steps]);
  return {
    ...(Object.fromEntries(present.map(([name], at) => [name, unified[at]!])) as unknown as RecurrentInputs),
    mask: mask && cast(mask, "bool"),
  };
}

function cellOf(op: RecurrentCell["kind"], options: Given): RecurrentCell {
  const { activation = "tanh", recurrentActivation = "sigmoid", resetAfter = true } = options;
  for (const [option, name] of Object.entries({ activation, recurrentActivation })) {
    if (!recurrentActivations.includes(name)) {
      throw new DataError(`${op}: got ${option} "${name}", expected ${recurrentActivations.join(", ")}`);
    }
  }
  return { kind: op, activation, recurrentActivation, resetAfter };
}

/** The hidden states as a layer shows them, where steps are masked. */
function visible(states: Tensor, { mask, hidden }: RecurrentInputs, zeroOutputForMask: boolean): Tensor {
  // Without a given state the one before the first step that counts is zero: just what is to be shown there.
  if (!mask || (!zeroOutputForMask && !hidden)) return states;
  return where(expandDims(zeroOutputForMask ? mask : cumsum(mask, { axis: 1 }), 2), states, 0);
}

/** Runs a recurrence; the states of all steps, and the last ones. */
function recurrence(
  op: RecurrentCell["kind"],
  gates: number,
  projected: TensorLike,
  kernel: TensorLike,
  options: Given,
): { outputs: Tensor; hidden: Tensor; cell: Tensor } {
  return named(op, () => {
    const of = cellOf(op, options);
    const inputs = inputsOf(op, gates, projected, kernel, options);
    const [batch, steps] = inputs.projected.shape as [number, number];
    const units = inputs.kernel.shape[0]!;
    const { dtype } = inputs.projected;
    if (steps === 0) {
      const nothing = zeros([batch, units], { dtype });
      const outputs = zeros([batch, 0, units], { dtype });
      return { outputs, hidden: inputs.hidden ?? nothing, cell: inputs.cell ?? nothing };
    }
    const { hidden, cell } = recordRecurrence(of, inputs);
    const last = squeeze(slice(hidden, [0, steps - 1, 0], [batch, 1, units]), 1);
    return {
      outputs: visible(hidden, inputs, options.zeroOutputForMask ?? false),
      hidden: last,
      cell: cell ?? last,
    };
  });
}

/**
 * A whole sequence through a long short-term memory cell; gates in the order i, f, c, o.
 * `z = x_t + (h * recurrentMask) recurrentKernel`, `c = s(z_f) * c + s(z_i) * a(z_c)`, `h = s(z_o) * a(c)`.
 * @param projected `[batch, steps, 4 * units]`: the inputs times the kernel, plus the bias
 * @param recurrentKernel `[units, 4 * units]`
 * @returns the hidden states `[batch, steps, units]`, and the last hidden and cell states `[batch, units]`
 * @throws ShapeError when shapes do not fit, DataError for an unknown activation
 * Source: Keras 3, `keras.layers.LSTM`.
 */
export const lstm = (
  projected: TensorLike,
  recurrentKernel: TensorLike,
  options: LstmOptions = {},
): { outputs: Tensor; hidden: Tensor; cell: Tensor } =>
  recurrence("lstm", 4, projected, recurrentKernel, options);

/**
 * A whole sequence through a gated recurrent unit; gates in the order z, r, h.
 * `z, r = s(x_t + h recurrentKernel + recurrentBias)`, `k = a(x_h + r * (h recurrentKernel_h + recurrentBias_h))` or,
 * without `resetAfter`, `k = a(x_h + (r * h) recurrentKernel_h)`; `h = z * h + (1 - z) * k`.
 * @param projected `[batch, steps, 3 * units]`: the inputs times the kernel, plus the input bias
 * @param recurrentKernel `[units, 3 * units]`
 * @returns the hidden states `[batch, steps, units]` and the last one `[batch, units]`
 * @throws ShapeError when shapes do not fit, DataError for an unknown activation or a bias without `resetAfter`
 * Source: Keras 3, `keras.layers.GRU`.
 */
export function gru(
  projected: TensorLike,
  recurrentKernel: TensorLike,
  options: GruOptions = {},
): { outputs: Tensor; hidden: Tensor } {
  if (options.recurrentBias !== undefined && options.resetAfter === false) {
    throw new DataError("gru: got recurrentBias without resetAfter, expected one bias, added to projected");
  }
  const { outputs, hidden } = recurrence("gru", 3, projected, recurrentKernel, options);
  return { outputs, hidden };
}

/**
 * A whole sequence through a simple recurrent cell: `h = a(x_t + (h * recurrentMask) recurrentKernel)`.
 * @param projected `[batch, steps, units]`: the inputs times the kernel, plus the bias
 * @param recurrentKernel `[units, units]`
 * @returns the hidden states `[batch, steps, units]` and the last one `[batch, units]`
 * @throws ShapeError when shapes do not fit, DataError for an unknown activation
 * Source: Keras 3, `keras.layers.SimpleRNN`.
 */
export function simpleRnn(
  projected: TensorLike,
  recurrentKernel: TensorLike,
  options: SimpleRnnOptions = {},
): { outputs: Tensor; hidden: Tensor } {
  const { outputs, hidden } = recurrence("simpleRnn", 1, projected, recurrentKernel, options);
  return { outputs, hidden };
}
