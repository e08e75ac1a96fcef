import { type ConfigOf, choice, integer, number } from "../config.js";

/** What every digit model lets a user set; the defaults given here are those of the model's own recipe. */
export function digitsConfig(defaults: DigitsDefaults) {
  return {
    epochs: integer({
      default: defaults.epochs,
      min: 1,
      doc: "Passes over the training data.",
      unit: "epochs",
    }),
    batchSize: integer({ default: 128, min: 1, doc: "Samples a training step.", unit: "samples" }),
    learningRate: number({ default: defaults.learningRate, above: 0, doc: "Highest learning rate." }),
    optimizer: choice({
      default: defaults.optimizer,
      choices: ["sgd", "rmsprop", "adam"],
      doc: "Update rule.",
    }),
    momentum: number({
      default: defaults.momentum,
      min: 0,
      below: 1,
      doc: "Momentum of sgd and rmsprop; adam has its own.",
    }),
    schedule: choice({
      default: defaults.schedule,
      choices: ["constant", "cosine"],
      doc: "Learning rate over time: constant, or a half cosine from the highest value down to zero.",
    }),
    warmup: number({
      default: defaults.warmup,
      min: 0,
      doc: "Epochs in which the learning rate first rises from zero.",
      unit: "epochs",
    }),
    weightDecay: number({ default: 0, min: 0, doc: "Decoupled weight decay." }),
    validationSplit: number({
      default: 0,
      min: 0,
      below: 1,
      doc: "Last part of the training data that is held out and scored after each epoch.",
      unit: "fraction",
    }),
    augmentShift: number({
      default: defaults.augmentShift,
      min: 0,
      max: 14,
      doc: "Each training picture is moved by up to this much.",
      unit: "px",
    }),
    augmentRotation: number({
      default: defaults.augmentRotation,
      min: 0,
      max: 180,
      doc: "Each training picture is turned by up to this much.",
      unit: "degrees",
    }),
    augmentScale: number({
      default: defaults.augmentScale,
      min: 0,
      below: 1,
      doc: "Each training picture grows or shrinks by up to this much.",
      unit: "fraction",
    }),
    limit: integer({
      default: 0,
      min: 0,
      doc: "Use only this many training samples, from the start; 0 uses all.",
      unit: "samples",
    }),
    seed: integer({
      default: 1,
      min: 0,
      max: 0xffffffff,
      doc: "Initial weights, shuffling and augmentation follow from it.",
    }),
  };
}

export interface DigitsDefaults {
  readonly epochs: number;
  readonly learningRate: number;
  readonly optimizer: "sgd" | "rmsprop" | "adam";
  readonly momentum: number;
  readonly schedule: "constant" | "cosine";
  readonly warmup: number;
  readonly augmentShift: number;
  readonly augmentRotation: number;
  readonly augmentScale: number;
}

export type DigitsSchema = ReturnType<typeof digitsConfig>;
export type DigitsConfig = ConfigOf<DigitsSchema>;

/** Turns off what the lecture's training did not have. */
export const plainTraining = {
  momentum: 0,
  schedule: "constant",
  warmup: 0,
  weightDecay: 0,
  augmentShift: 0,
  augmentRotation: 0,
  augmentScale: 0,
  limit: 0,
} as const satisfies Partial<DigitsConfig>;
