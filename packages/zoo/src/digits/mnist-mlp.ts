import { Activation, Dense, Sequential } from "@hekla/layers";
import type { DigitReader, ZooModel } from "../model.js";
import { digitReader, evaluateDigits, trainDigits } from "./digits.js";
import { type DigitsSchema, digitsConfig, plainTraining } from "./digits-config.js";

/**
 * A multilayer perceptron: two hidden layers of 128 units between pixels and classes.
 * `h1 = relu(x W1 + b1)`, `h2 = relu(h1 W2 + b2)`, `p = softmax(h2 W3 + b3)`.
 * Source: the 2020 lecture; published test loss 0.1629, test accuracy 0.9514.
 */
export const mnistMlp: ZooModel<DigitsSchema, DigitReader> = {
  id: "mnist-mlp",
  title: "Digit multilayer perceptron",
  doc: "Two hidden dense layers of 128 units with relu, softmax on top.",
  published: "test loss 0.1629, test accuracy 0.9514",
  samples: "digits",
  headline: ["accuracy", "loss"],

  config: digitsConfig({
    epochs: 15,
    learningRate: 0.001,
    optimizer: "adam",
    momentum: 0,
    schedule: "cosine",
    warmup: 0,
    augmentShift: 0,
    augmentRotation: 0,
    augmentScale: 0,
  }),
  presets: {
    default: { doc: "Adam with a cosine decay.", values: {} },
    lecture: {
      doc: "The lecture's settings: plain SGD at 0.01, batch 128, 20 epochs.",
      values: { ...plainTraining, optimizer: "sgd", learningRate: 0.01, batchSize: 128, epochs: 20 },
    },
    start: {
      doc: "A first look on 4 000 digits.",
      values: { epochs: 10, limit: 4000, learningRate: 0.002 },
    },
  },

  build: (config) =>
    new Sequential(
      [
        new Dense(128, { name: "dense_1", inputShape: [784] }),
        new Activation("relu", { name: "activation_1" }),
        new Dense(128, { name: "dense_2" }),
        new Activation("relu", { name: "activation_2" }),
        new Dense(10, { name: "dense_3" }),
        new Activation("softmax", { name: "activation_3" }),
      ],
      { name: "mnist_mlp", seed: config.seed },
    ),
  train: (context) => trainDigits(mnistMlp.id, mnistMlp.build(context.config), context),
  evaluate: evaluateDigits,
  predict: digitReader,
};
