import {
  add,
  compile,
  conv2d,
  flatten,
  gatherAlong,
  logSoftmax,
  matmul,
  maxPool2d,
  mean,
  negative,
  type Optimizer,
  relu,
  reshape,
  scope,
  type Tensor,
  tensor,
  Variable,
  valueAndGrad,
} from "@hekla/tensor";
import type { Mode } from "./evaluate.js";
import { seededRandom } from "./inputs.js";

/** A small model as a training step sees it. */
export interface Problem {
  readonly weights: readonly Variable[];
  readonly batches: readonly { readonly x: Tensor; readonly labels: Tensor }[];
  logits(x: Tensor): Tensor;
}

function values(shape: readonly number[], seed: string, scale: number): Tensor {
  const random = seededRandom(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Float32Array.from({ length: size }, () => scale * (2 * random() - 1)),
    { shape },
  );
}

const weight = (name: string, shape: readonly number[], scale: number): Variable =>
  new Variable(values(shape, name, scale), { name });

const batchesOf = (shape: readonly number[], classes: number, steps: number): Problem["batches"] =>
  Array.from({ length: steps }, (_, step) => {
    const random = seededRandom(`labels ${step}`);
    const labels = Int32Array.from({ length: shape[0]! }, () => Math.floor(classes * random()));
    return { x: values(shape, `batch ${step}`, 1), labels: tensor(labels, { shape: [shape[0]!, 1] }) };
  });

/** 65 features, 33 hidden units, 10 classes, batches of 31: sizes that no vector or tile divides. */
export function perceptron(steps: number): Problem {
  const [w1, b1] = [weight("w1", [65, 33], 0.2), weight("b1", [33], 0.1)];
  const [w2, b2] = [weight("w2", [33, 10], 0.3), weight("b2", [10], 0.1)];
  return {
    weights: [w1, b1, w2, b2],
    batches: batchesOf([31, 65], 10, steps),
    logits: (x) => add(matmul(relu(add(matmul(x, w1), b1)), w2), b2),
  };
}

/** 13 x 13 images, 5 x 5 kernels, pooling, a second convolution, 10 classes, batches of 7. */
export function convolutionalNetwork(steps: number): Problem {
  const [k1, b1] = [weight("k1", [6, 1, 5, 5], 0.3), weight("b1", [6, 1, 1], 0.1)];
  const [k2, b2] = [weight("k2", [9, 6, 3, 3], 0.2), weight("b2", [9, 1, 1], 0.1)];
  const [w, b] = [weight("w", [81, 10], 0.2), weight("b", [10], 0.1)];
  const first = { padding: "same", dataFormat: "channelsFirst" } as const;
  return {
    weights: [k1, b1, k2, b2, w, b],
    batches: batchesOf([7, 1, 13, 13], 10, steps),
    logits: (x) => {
      const one = maxPool2d(relu(add(conv2d(x, k1, first), b1)), first);
      const two = maxPool2d(relu(add(conv2d(one, k2, { dataFormat: "channelsFirst" }), b2)), first);
      return add(matmul(flatten(two, { startAxis: 1 }), w), b);
    },
  };
}

/** Trains a problem step by step in a mode; the loss of each step. */
export function train(problem: Problem, optimizer: Optimizer, mode: Mode): Tensor[] {
  const loss = (x: Tensor, labels: Tensor): Tensor =>
    negative(mean(reshape(gatherAlong(logSoftmax(problem.logits(x)), labels, { axis: 1 }), [-1])));
  const step = (x: Tensor, labels: Tensor): Tensor => {
    const { value, grads } = valueAndGrad(loss, problem.weights)(x, labels);
    optimizer.apply(grads);
    return value;
  };
  const inMode = {
    eager: step,
    scope: (x: Tensor, y: Tensor) => scope(() => step(x, y)),
    compiled: compile(step),
  }[mode];
  return problem.batches.map(({ x, labels }) => inMode(x, labels));
}
