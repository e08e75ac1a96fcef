import {
  DataError,
  elu,
  exp,
  gelu,
  hardSigmoid,
  leakyRelu,
  logSoftmax,
  minimum,
  multiply,
  relu,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softsign,
  type Tensor,
  tanh,
} from "@hekla/tensor";

/** An elementwise function, or one along the last axis. */
export type ActivationFunction = (x: Tensor) => Tensor;

/** A name such as "relu", or a function. */
export type ActivationLike = string | ActivationFunction;

const activations: Readonly<Record<string, ActivationFunction>> = {
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
  tanh: (x) => tanh(x),
  softplus: (x) => softplus(x),
  softsign: (x) => softsign(x),
  exponential: (x) => exp(x),
  softmax: (x) => keepLogits(softmax(x), "softmax", x),
  logSoftmax: (x) => logSoftmax(x),
};

/** An activation found by name or given, with the name that configs keep. */
export interface Activation {
  readonly name: string;
  readonly apply: ActivationFunction;
}

/**
 * The activation meant; "linear" where none is given.
 * @throws DataError for an unknown name
 */
export function resolveActivation(like: ActivationLike = "linear"): Activation {
  if (typeof like === "function") return { name: like.name, apply: like };
  const apply = Object.hasOwn(activations, like) ? activations[like] : undefined;
  if (!apply) {
    const known = Object.keys(activations).join(", ");
    throw new DataError(`activation: unknown name, got "${like}", expected one of ${known}`);
  }
  return { name: like, apply };
}

type Squash = "softmax" | "sigmoid";

/** What probabilities were made from. Keras 3 keeps the same mark on outputs of softmax and sigmoid. */
const kept = new WeakMap<Tensor, { readonly squash: Squash; readonly logits: Tensor }>();

function keepLogits(output: Tensor, squash: Squash, logits: Tensor): Tensor {
  kept.set(output, { squash, logits });
  return output;
}

/**
 * The logits that a softmax or sigmoid activation made these probabilities from, undefined where there are none.
 * Losses use them: `log(softmax(x))` in two steps loses what float32 rounds to 0 or 1.
 */
export function keptLogits(probabilities: Tensor, squash: Squash): Tensor | undefined {
  const mark = kept.get(probabilities);
  if (mark?.squash !== squash) return undefined;
  // Logits recorded in a scope that has ended, of which only the probabilities were returned, are gone.
  const { node } = mark.logits;
  const alive = node.source !== undefined || node.recording?.ended === false;
  return alive ? mark.logits : undefined;
}

/** What hangs on an output of softmax or sigmoid, whatever its use: it has to outlive scopes as the output does. */
export const logitsBehind = (output: Tensor): Tensor | undefined => kept.get(output)?.logits;
