import {
  auc,
  binaryAccuracy,
  type CompileOptions,
  Dense,
  EarlyStopping,
  type FitOptions,
  Input,
  type Model,
  ReduceLROnPlateau,
  Sequential,
} from "@hekla/layers";
import { Adadelta, Adafactor, Adam, AdamW, cosineDecay, exponentialDecay, Ftrl, SGD } from "@hekla/optim";
import type { TrainingCase, TrainingCases } from "./training-case.js";

const network = (outputs: number, activation?: string): Model =>
  new Sequential([
    new Input([4]),
    new Dense(5, { activation: "tanh" }),
    new Dense(outputs, activation === undefined ? {} : { activation }),
  ]);

/** One output and the mean squared error. */
const regression = (
  compile: () => Pick<CompileOptions, "optimizer" | "metrics">,
  fit?: () => FitOptions,
): TrainingCase => ({
  model: () => network(1),
  compile: () => ({ loss: "mse", ...compile() }),
  ...(fit && { fit }),
});

/** What `compile` and `fit` can be told: `scripts/golden/training_fitting.py`. */
export const fitting: TrainingCases = {
  "exponential decay and clipNorm": regression(() => ({
    optimizer: new SGD(exponentialDecay(0.3, 4, 0.7), { momentum: 0.9, clipNorm: 0.1 }),
  })),
  "cosine decay with warm-up and globalClipNorm": regression(() => ({
    optimizer: new AdamW(cosineDecay(0.001, 6, { alpha: 0.1, warmupTarget: 0.05, warmupSteps: 3 }), {
      globalClipNorm: 0.2,
    }),
  })),
  "moving averages of weights": regression(
    () => ({ optimizer: new Adam(0.05, { useEma: true, emaMomentum: 0.8 }) }),
    () => ({ validationSplit: 0.25 }),
  ),
  "moving averages that overwrite the weights": regression(() => ({
    optimizer: new SGD(0.2, { useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 4 }),
  })),
  "accumulated gradients": regression(() => ({
    optimizer: new Adam(0.05, { gradientAccumulationSteps: 2 }),
  })),
  "label smoothing": {
    model: () => network(3, "softmax"),
    compile: () => ({
      optimizer: new Adam(0.05),
      loss: { name: "categoricalCrossentropy", labelSmoothing: 0.2 },
    }),
  },
  "binary labels from logits, smoothed": {
    model: () => network(1),
    compile: () => ({
      optimizer: new Ftrl(0.2),
      loss: { name: "binaryCrossentropy", fromLogits: true, labelSmoothing: 0.1 },
      metrics: [{ ...binaryAccuracy(0), name: "atZero" }],
    }),
  },
  "sparse labels with class weights": {
    model: () => network(3, "softmax"),
    compile: () => ({
      optimizer: new Adadelta(0.5),
      loss: "sparseCategoricalCrossentropy",
      metrics: ["accuracy"],
      weightedMetrics: ["sparseCategoricalAccuracy"],
    }),
    fit: () => ({ classWeight: { 0: 0.5, 2: 3 } }),
  },
  "focal loss": {
    model: () => network(1, "sigmoid"),
    compile: () => ({
      optimizer: new Adam(0.05),
      loss: { name: "binaryFocalCrossentropy", applyClassBalancing: true, alpha: 0.3, gamma: 1.5 },
    }),
  },
  "metrics over batches of uneven size": {
    model: () => network(3, "softmax"),
    compile: () => ({
      optimizer: new Adam(0.05),
      loss: "categoricalCrossentropy",
      metrics: [
        "precision",
        { name: "recall", thresholds: 0.3 },
        "auc",
        { ...auc({ curve: "PR", numThresholds: 50 }), name: "prAuc" },
        { name: "topKAccuracy", k: 2 },
        { name: "f1Score", average: "macro", numClasses: 3 },
        "mse",
        "rootMeanSquaredError",
        { name: "oneHotMeanIoU", numClasses: 3 },
        "accuracy",
      ],
    }),
    fit: () => ({ batchSize: 7 }),
  },
  "validation data, every second epoch, from the third epoch on": regression(
    () => ({ optimizer: new Adafactor(0.05), metrics: ["mae"] }),
    () => ({ epochs: 6, initialEpoch: 2, validationFreq: 2, validationBatchSize: 4 }),
  ),
  "early stopping restores the best weights": regression(
    () => ({ optimizer: new SGD(0.4, { momentum: 0.9 }) }),
    () => ({ epochs: 12, callbacks: [new EarlyStopping({ patience: 2, restoreBestWeights: true })] }),
  ),
  "the learning rate goes down on a plateau": regression(
    () => ({ optimizer: new SGD(0.4, { momentum: 0.5 }) }),
    () => ({
      epochs: 8,
      callbacks: [new ReduceLROnPlateau({ factor: 0.3, patience: 1, minDelta: 0.3, cooldown: 1 })],
    }),
  ),
};
