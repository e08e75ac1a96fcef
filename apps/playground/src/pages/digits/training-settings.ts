import type { ModelId } from "./messages.js";

/** What the page suggests: enough to see a network learn within seconds. */
export const suggested: Readonly<Record<ModelId, Readonly<Record<string, string>>>> = {
  "mnist-mlp": {
    epochs: "10",
    limit: "4000",
    batchSize: "64",
    learningRate: "0.002",
    validationSplit: "0.1",
  },
  "mnist-cnn": {
    epochs: "3",
    limit: "3000",
    batchSize: "64",
    augmentShift: "0",
    augmentRotation: "0",
    augmentScale: "0",
    validationSplit: "0.1",
  },
};

/** The fields that are always seen, in this order. */
export const firstFields = ["epochs", "learningRate", "optimizer", "batchSize", "limit", "seed"];
export const fieldLabels = { limit: "training digits" };
