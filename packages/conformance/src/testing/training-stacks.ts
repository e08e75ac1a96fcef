import {
  AveragePooling1D,
  AveragePooling2D,
  BatchNormalization,
  Conv1D,
  Conv2D,
  Conv2DTranspose,
  Conv3D,
  Dense,
  DepthwiseConv2D,
  Flatten,
  GlobalAveragePooling2D,
  GlobalMaxPooling2D,
  GroupNormalization,
  Input,
  L1,
  L2,
  LayerNormalization,
  MaxNorm,
  MaxPooling2D,
  MaxPooling3D,
  NonNeg,
  PReLU,
  ReLU,
  Reshape,
  RMSNormalization,
  SeparableConv2D,
  Sequential,
  UnitNorm,
  UnitNormalization,
  UpSampling2D,
  ZeroPadding1D,
} from "@hekla/layers";
import { Adagrad, Adam, Adamax, Nadam, RMSprop, SGD } from "@hekla/optim";
import type { TrainingCases } from "./training-case.js";

/** Stacks of layers on vectors and images: `scripts/golden/training_stacks.py`. */
export const stacks: TrainingCases = {
  "MLP with penalties and constraints by SGD with momentum": {
    model: () =>
      new Sequential([
        new Input([4]),
        new Dense(5, {
          activation: "tanh",
          kernelRegularizer: new L2(0.02),
          kernelConstraint: new MaxNorm(0.9),
          activityRegularizer: new L2(0.05),
        }),
        new Dense(3, {
          activation: "softmax",
          biasRegularizer: new L1(0.03),
          kernelConstraint: new UnitNorm({ axis: 1 }),
        }),
      ]),
    compile: () => ({
      optimizer: new SGD(0.2, { momentum: 0.9 }),
      loss: "categoricalCrossentropy",
      metrics: ["accuracy"],
    }),
  },
  "CNN with batch normalization by Adam": {
    model: () =>
      new Sequential([
        new Input([6, 6, 2]),
        new Conv2D(3, 3, { padding: "same", useBias: false }),
        new BatchNormalization({ momentum: 0.8 }),
        new ReLU(),
        new MaxPooling2D(2),
        new Conv2D(4, 2, { activation: "elu" }),
        new GlobalAveragePooling2D(),
        new Dense(2, { activation: "softmax" }),
      ]),
    compile: () => ({
      optimizer: new Adam(0.02),
      loss: "sparseCategoricalCrossentropy",
      metrics: ["accuracy"],
    }),
    fit: () => ({ batchSize: 5, epochs: 4 }),
  },
  "CNN with channels first by Nadam": {
    model: () =>
      new Sequential([
        new Input([2, 6, 5]),
        new Conv2D(3, [3, 2], {
          strides: 2,
          padding: "same",
          activation: "tanh",
          dataFormat: "channelsFirst",
        }),
        new BatchNormalization({ axis: 1, center: false }),
        new AveragePooling2D(2, { padding: "same", dataFormat: "channelsFirst" }),
        new Flatten({ dataFormat: "channelsFirst" }),
        new Dense(1),
      ]),
    compile: () => ({ optimizer: new Nadam(0.02), loss: "huber", metrics: ["mae"] }),
    fit: () => ({ batchSize: 4, epochs: 4 }),
  },
  "depthwise and separable convolutions with layer normalization by RMSprop": {
    model: () =>
      new Sequential([
        new Input([5, 5, 2]),
        new DepthwiseConv2D(3, { depthMultiplier: 2, padding: "same", activation: "silu" }),
        new LayerNormalization(),
        new SeparableConv2D(3, 2, { activation: "gelu" }),
        new GlobalMaxPooling2D(),
        new Dense(1, { activation: "softplus" }),
      ]),
    compile: () => ({
      optimizer: new RMSprop(0.01, { momentum: 0.5, centered: true }),
      loss: "mse",
      metrics: ["mae"],
    }),
    fit: () => ({ batchSize: 4, epochs: 4 }),
  },
  "autoencoder with transposed convolutions by Adamax": {
    model: () =>
      new Sequential([
        new Input([6, 6, 1]),
        new Conv2D(3, 3, { strides: 2, padding: "same", activation: "tanh" }),
        new Conv2D(2, 3, { activation: "tanh" }),
        new Conv2DTranspose(3, 3, { activation: "tanh" }),
        new Conv2DTranspose(2, 3, { strides: 2, padding: "same", activation: "tanh" }),
        new UpSampling2D(1),
        new Conv2D(1, 1),
      ]),
    compile: () => ({ optimizer: new Adamax(0.02), loss: "meanSquaredError", metrics: ["mae"] }),
    fit: () => ({ batchSize: 3, epochs: 4 }),
  },
  "causal convolutions with group normalization and PReLU by AMSGrad": {
    model: () =>
      new Sequential([
        new Input([7, 2]),
        new Conv1D(4, 2, { padding: "causal", dilationRate: 2 }),
        new GroupNormalization({ groups: 2 }),
        new PReLU({ sharedAxes: [1] }),
        new ZeroPadding1D(1),
        new AveragePooling1D(3),
        new Reshape([12]),
        new Dense(2),
      ]),
    compile: () => ({ optimizer: new Adam(0.02, { amsgrad: true }), loss: "logCosh", metrics: ["mse"] }),
    fit: () => ({ batchSize: 4, epochs: 4 }),
  },
  "frozen layers, a frozen model and batch normalization in it": {
    model: () => {
      const base = new Sequential(
        [new Input([4]), new Dense(3, { activation: "tanh" }), new BatchNormalization()],
        { name: "base" },
      );
      base.trainable = false;
      const fixed = new Dense(4, { activation: "sigmoid", kernelRegularizer: new L2(0.5) });
      fixed.trainable = false;
      return new Sequential([
        new Input([4]),
        base,
        new BatchNormalization({ momentum: 0.5 }),
        fixed,
        new Dense(2, { activation: "softmax" }),
      ]);
    },
    compile: () => ({
      optimizer: new Adagrad(0.1),
      loss: "categoricalCrossentropy",
      metrics: ["accuracy"],
    }),
    fit: () => ({ batchSize: 4 }),
  },
  "convolutions over volumes, normalizations, a constraint": {
    model: () =>
      new Sequential([
        new Input([3, 4, 3, 2]),
        new Conv3D(3, 2, { activation: "tanh" }),
        new RMSNormalization(),
        new MaxPooling3D([2, 1, 2]),
        new Flatten(),
        new Dense(4, { activation: "elu" }),
        new UnitNormalization(),
        new Dense(2, { kernelConstraint: new NonNeg() }),
      ]),
    compile: () => ({ optimizer: new SGD(0.1, { momentum: 0.5 }), loss: "mse", metrics: ["mae"] }),
    fit: () => ({ batchSize: 4 }),
  },
};
