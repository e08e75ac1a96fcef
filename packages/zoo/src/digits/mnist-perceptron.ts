import { Activation, Dense, Sequential } from "@hekla/layers";
import type { DigitReader, ZooModel } from "../model.js";
import { digitReader, evaluateDigits, trainDigits } from "./digits.js";
import { type DigitsSchema, digitsConfig, plainTraining } from "./digits-config.js";

/**
 * The simplest network that reads digits: one layer, ten units, 784 weights each.
 * `p = softmax(x W + b)`, x the picture's 784 pixels from 0 to 1.
 * Source: the 2020 lecture; published test accuracy 0.9101.
 */
export const mnistPerceptron: ZooModel<DigitsSchema, DigitReader> = {
  id: "mnist-perceptron",
  title: "Digit perceptron",
  doc: "One dense layer with softmax on the 784 pixels.",
  published: "test accuracy 0.9101",
  samples: "digits",
  headline: ["accuracy", "loss"],

  config: digitsConfig({
    epochs: 12,
    learningRate: 0.002,
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
      values: { epochs: 10, limit: 4000, learningRate: 0.01 },
    },
  },

  build: (config) =>
    new Sequential(
      [
        new Dense(10, { name: "dense_1", inputShape: [784] }),
        new Activation("softmax", { name: "activation_1" }),
      ],
      { name: "mnist_perceptron", seed: config.seed },
    ),
  train: (context) => trainDigits(mnistPerceptron.id, mnistPerceptron.build(context.config), context),
  evaluate: evaluateDigits,
  predict: digitReader,
};
