import {
  abs,
  add,
  clip,
  cumsum,
  DataError,
  divide,
  elu,
  exp,
  gelu,
  greater,
  hardSigmoid,
  leakyRelu,
  less,
  logSoftmax,
  minimum,
  multiply,
  negative,
  range,
  relu,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softsign,
  sort,
  split,
  sqrt,
  square,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  tanh,
  where,
} from "@hekla/tensor";
import { castFloats } from "./cast-floats.js";
import { isThere } from "./masks.js";
import type { NameOf } from "./named-object.js";

/** An elementwise function, or one along the last axis. */
export type ActivationFunction = (x: Tensor) => Tensor;

/** A name such as "relu", or a function. */
export type ActivationLike = NameOf<keyof typeof activations> | ActivationFunction;

const activations = {
  linear: (x) => x,
  relu: (x) => relu(x),
  relu6: (x) => minimum(relu(x), 6),
  leakyRelu: (x) => leakyRelu(x),
  elu: (x) => elu(x),
  selu: (x) => selu(x),
  gelu: (x) => gelu(x),
  silu: (x) => silu(x),
  swish: (x) => silu(x),
  mish: (x) => multiply(x, tanh(softplus(x))),
  sigmoid: (x) => keepLogits(sigmoid(x), "sigmoid", x),
  hardSigmoid: (x) => hardSigmoid(x),
  /** What the name stood for before Keras 3 and stands for in TensorFlow.js: models from there have it. */
  hardSigmoidOfKeras2: (x) => clip(add(multiply(x, 0.2), 0.5), 0, 1),
  tanh: (x) => tanh(x),
  softplus: (x) => softplus(x),
  softsign: (x) => softsign(x),
  exponential: (x) => exp(x),
  softmax: (x) => keepLogits(softmax(x), "softmax", x),
  logSoftmax: (x) => logSoftmax(x),
  celu: (x) => elu(x),
  glu,
  hardShrink: (x) => where(greater(abs(x), 0.5), x, 0),
  hardSilu: (x) => multiply(x, hardSigmoid(x)),
  hardSwish: (x) => multiply(x, hardSigmoid(x)),
  hardTanh: (x) => clip(x, -1, 1),
  logSigmoid: (x) => negative(softplus(negative(x))),
  softShrink: (x) => subtract(x, clip(x, -0.5, 0.5)),
  sparsePlus: (x) => where(less(x, 1), divide(square(relu(add(x, 1))), 4), x),
  sparseSigmoid: (x) => clip(multiply(add(x, 1), 0.5), 0, 1),
  sparsemax,
  squareplus: (x) => multiply(add(x, sqrt(add(square(x), 4))), 0.5),
  tanhShrink: (x) => subtract(x, tanh(x)),
} satisfies Readonly<Record<string, ActivationFunction>>;

/** Ops that stand for the activation of their name when they are given themselves. */
const ops: Readonly<Partial<Record<keyof typeof activations, unknown>>> = {
  elu,
  gelu,
  hardSigmoid,
  leakyRelu,
  logSoftmax,
  relu,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softsign,
  tanh,
};

/** The first half of the last axis times the sigmoid of the second. Source: Dauphin et al. 2017, equation 1. */
function glu(x: Tensor): Tensor {
  const [values, gates] = split(x, 2, { axis: -1 }) as [Tensor, Tensor];
  return multiply(values, sigmoid(gates));
}

/**
 * The probabilities nearest to x, many of them 0: `max(x - threshold, 0)`, by the last axis.
 * Source: Martins and Astudillo 2016, algorithm 1. Keras 3.15 has another threshold, with which they do not sum to 1.
 */
function sparsemax(x: Tensor): Tensor {
  const over = { axes: -1, keepDims: true };
  const sorted = sort(stopGradient(x), { axis: -1, descending: true });
  const places = range(1, x.shape.at(-1)! + 1, 1, { dtype: x.dtype });
  const among = greater(add(multiply(sorted, places), 1), cumsum(sorted, { axis: -1 }));
  const least = divide(subtract(sum(where(among, sorted, 0), over), 1), sum(where(among, 1, 0), over));
  // The same once more with x itself, so that the gradient flows through the threshold.
  const positive = greater(x, least);
  const count = sum(where(positive, 1, 0), over);
  const threshold = divide(subtract(sum(where(positive, x, 0), over), 1), count);
  return where(positive, subtract(x, threshold), 0);
}

/** An activation found by name or given, with the name that configs keep. */
export interface NamedActivation {
  readonly name: string;
  readonly apply: ActivationFunction;
}

/**
 * The activation meant; "linear" where none is given. A function of the user's own has a name in configs that no file can
 * be read with: another function of that name would take its place unnoticed.
 * @throws DataError for an unknown name
 */
export function resolveActivation(like: ActivationLike = "linear"): NamedActivation {
  if (typeof like === "function") {
    const op = Object.entries(ops).find(([, known]) => known === like);
    return op ? resolveActivation(op[0]) : { name: `function ${like.name}`, apply: like };
  }
  const apply = Object.hasOwn(activations, like) ? activations[like as keyof typeof activations] : undefined;
  if (!apply) {
    const known = Object.keys(activations).join(", ");
    throw new DataError(`activation: unknown name, got "${like}", expected one of ${known}`);
  }
  return { name: like, apply };
}

/** The activations that keep what their probabilities were made from. */
export type Squash = "softmax" | "sigmoid";

/** What probabilities were made from. Keras 3 keeps the same mark on outputs of softmax and sigmoid. */
const kept = new WeakMap<Tensor, { readonly squash: Squash; readonly logits: Tensor }>();

function keepLogits(output: Tensor, squash: Squash, logits: Tensor): Tensor {
  kept.set(output, { squash, logits });
  return output;
}

/** An output as losses and metrics take it: halves as float32, and the logits behind them as well. */
export function singleProbabilities(output: Tensor): Tensor {
  const single = castFloats(output, "float32");
  const mark = kept.get(output);
  if (mark && single !== output) keepLogits(single, mark.squash, castFloats(mark.logits, "float32"));
  return single;
}

/**
 * The logits that a softmax or sigmoid activation made these probabilities from, undefined where there are none.
 * Losses use them: `log(softmax(x))` in two steps loses what float32 rounds to 0 or 1.
 */
export function keptLogits(probabilities: Tensor, squash: Squash): Tensor | undefined {
  const mark = kept.get(probabilities);
  if (mark?.squash !== squash) return undefined;
  // Logits recorded in a scope that has ended, of which only the probabilities were returned, are gone.
  return isThere(mark.logits) ? mark.logits : undefined;
}

/** What hangs on an output of softmax or sigmoid, whatever its use: it has to outlive scopes as the output does. */
export const logitsBehind = (output: Tensor): Tensor | undefined => kept.get(output)?.logits;
