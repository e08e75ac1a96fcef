import { Activation, Conv2D, Dense, Flatten, MaxPooling2D, Sequential } from "@hekla/layers";
import type { DigitReader, ZooModel } from "../model.js";
import { digitReader, evaluateDigits, trainDigits } from "./digits.js";
import { type DigitsSchema, digitsConfig, plainTraining } from "./digits-config.js";

const channelsFirst = { dataFormat: "channelsFirst" } as const;

/**
 * The lecture's convolutional network: two 5x5 convolutions, each halved by pooling, and two dense layers;
 * 1 256 080 weights. Pictures are `[1, 28, 28]`, channels first.
 * Source: the 2020 lecture, a LeNet; published test loss 0.0303, test accuracy 0.9936.
 */
export const mnistCnn: ZooModel<DigitsSchema, DigitReader> = {
  id: "mnist-cnn",
  title: "Digit convolutional network",
  doc: "Two 5x5 convolutions with max pooling, then 500 dense units.",
  published: "test loss 0.0303, test accuracy 0.9936",
  samples: "digits",
  headline: ["accuracy", "loss"],

  config: digitsConfig({
    epochs: 6,
    learningRate: 0.002,
    optimizer: "adam",
    momentum: 0,
    schedule: "cosine",
    warmup: 0.3,
    augmentShift: 2,
    augmentRotation: 10,
    augmentScale: 0.1,
  }),
  presets: {
    default: {
      doc: "All 60 000 digits, moved, turned and scaled a little; Adam, warm-up, cosine decay.",
      values: {},
    },
    lecture: {
      doc: "The lecture's settings: Adam at 0.001, batch 128, 20 epochs, a fifth held out.",
      values: {
        ...plainTraining,
        optimizer: "adam",
        learningRate: 0.001,
        batchSize: 128,
        epochs: 20,
        validationSplit: 0.2,
      },
    },
    start: {
      doc: "A first look within a minute or so: 3 epochs over 8 000 digits.",
      values: { epochs: 3, limit: 8000, augmentShift: 0, augmentRotation: 0, augmentScale: 0 },
    },
  },

  build: (config) =>
    new Sequential(
      [
        new Conv2D(20, 5, { ...channelsFirst, name: "conv2d_1", padding: "same", inputShape: [1, 28, 28] }),
        new Activation("relu", { name: "activation_1" }),
        new MaxPooling2D(2, { ...channelsFirst, name: "max_pooling2d_1" }),
        new Conv2D(50, 5, { ...channelsFirst, name: "conv2d_2", padding: "same" }),
        new Activation("relu", { name: "activation_2" }),
        new MaxPooling2D(2, { ...channelsFirst, name: "max_pooling2d_2" }),
        new Flatten({ name: "flatten_1" }),
        new Dense(500, { name: "dense_1" }),
        new Activation("relu", { name: "activation_3" }),
        new Dense(10, { name: "dense_2" }),
        new Activation("softmax", { name: "activation_4" }),
      ],
      { name: "mnist_cnn", seed: config.seed },
    ),
  train: (context) => trainDigits(mnistCnn.id, mnistCnn.build(context.config), context),
  evaluate: evaluateDigits,
  predict: digitReader,
};
