import {
  Average,
  auc,
  BatchNormalization,
  Concatenate,
  Conv2D,
  Dense,
  Dot,
  Flatten,
  GRU,
  Input,
  input,
  L2,
  Maximum,
  Model,
  Multiply,
  Reshape,
  Sequential,
  Subtract,
} from "@hekla/layers";
import { Adam, Lion, SGD } from "@hekla/optim";
import type { TrainingCases } from "./training-case.js";

function twoByTwo(): Model {
  const left = input([3], { name: "left" });
  const right = input([4, 2], { name: "right" });
  const a = new Dense(4, { activation: "tanh", name: "first" }).apply(left);
  const b = new GRU(4, { name: "reader" }).apply(right);
  const product = new Multiply({ name: "product" }).apply([a, b]);
  const both = new Concatenate({ name: "both" }).apply([product, a]);
  const score = new Dense(1, { name: "score" }).apply(both);
  const kind = new Dense(3, { activation: "softmax", name: "kind" }).apply(both);
  return new Model([left, right], [score, kind]);
}

function twins(): Model {
  const inner = new Sequential(
    [new Input([3]), new Dense(4, { activation: "relu" }), new BatchNormalization(), new Dense(2)],
    { name: "twin" },
  );
  const a = input([3], { name: "a" });
  const b = input([3], { name: "b" });
  const x = input([2], { name: "x" });
  const inside = new Dense(2, { activation: "tanh", name: "dense" }).apply(x);
  const deep = new Model(x, inside, { name: "deep" });
  const [left, right] = [inner.apply(a), inner.apply(b)];
  const distance = new Subtract({ name: "difference" }).apply([deep.apply(left), right]);
  return new Model([a, b], new Dense(1, { activation: "sigmoid", name: "same" }).apply(distance));
}

function skips(): Model {
  const x = input([4, 4, 2], { name: "picture" });
  const shared = new Conv2D(2, 3, {
    padding: "same",
    activation: "tanh",
    kernelRegularizer: new L2(0.02),
    name: "shared",
  });
  const once = shared.apply(x);
  const twice = shared.apply(new Average({ name: "average" }).apply([once, x]));
  const larger = new Maximum({ name: "larger" }).apply([once, twice]);
  const rows = new Reshape([16, 2], { name: "rows" }).apply(larger);
  const scores = new Dot([1, 1], { normalize: true, name: "gram" }).apply([rows, rows]);
  const flat = new Flatten({ name: "flat" }).apply(scores);
  return new Model(x, new Dense(2, { activityRegularizer: "l1", name: "end" }).apply(flat));
}

/** Several inputs and outputs, shared layers, models in models: `scripts/golden/training_graphs.py`. */
export const graphs: TrainingCases = {
  "two inputs and two outputs with weights and metrics of each": {
    model: twoByTwo,
    compile: () => ({
      optimizer: new Adam(0.03),
      loss: { score: "mse", kind: "categoricalCrossentropy" },
      lossWeights: { score: 0.5, kind: 2 },
      metrics: { score: ["mae"], kind: ["accuracy"] },
      weightedMetrics: { score: ["mae", "mse"], kind: ["accuracy"] },
    }),
    fit: () => ({ batchSize: 4 }),
  },
  "one loss for two outputs, sample weights for both": {
    model: () => {
      const x = input([3], { name: "x" });
      const hidden = new Dense(4, { activation: "selu", name: "hidden" }).apply(x);
      return new Model(x, [
        new Dense(2, { name: "one" }).apply(hidden),
        new Dense(2, { name: "two" }).apply(x),
      ]);
    },
    compile: () => ({ optimizer: new SGD(0.1), loss: "mse", metrics: [["mae"], null] }),
    fit: () => ({ batchSize: 4 }),
  },
  "a loss for one of two outputs": {
    model: () => {
      const x = input([3], { name: "x" });
      return new Model(x, [
        new Dense(2, { name: "used" }).apply(x),
        new Dense(2, { name: "unused" }).apply(x),
      ]);
    },
    compile: () => ({ optimizer: new Adam(0.05), loss: ["mse", null], metrics: [["mae"], ["mae"]] }),
    fit: () => ({ batchSize: 4 }),
  },
  "twins: a shared model with batch normalization, and a model in a model": {
    model: twins,
    compile: () => ({
      optimizer: new Adam(0.02, { epsilon: 1e-3 }),
      loss: "binaryCrossentropy",
      metrics: [auc({ numThresholds: 20 })],
    }),
    fit: () => ({ batchSize: 4 }),
  },
  "a shared layer with penalties, merging layers": {
    model: skips,
    compile: () => ({ optimizer: new Lion(0.003), loss: "mse", metrics: ["mae"] }),
    fit: () => ({ batchSize: 3 }),
  },
};
