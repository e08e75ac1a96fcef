import {
  Add,
  Concatenate,
  Conv2D,
  Conv2DTranspose,
  ConvLSTM2D,
  Cropping1D,
  Dense,
  Flatten,
  Input,
  input,
  LSTM,
  Model,
  Rescaling,
  Reshape,
  Sequential,
  Subtract,
  TimeDistributed,
} from "@hekla/layers";
import { ConfigError, type ConfigOf, choice, integer, number } from "../config.js";
import type { TaskModel } from "../model.js";
import { evaluateRollOut, showRollOut } from "./latent-report.js";
import { trainLatentPhysics } from "./latent-training.js";

const config = {
  grid: integer({
    default: 64,
    min: 16,
    max: 256,
    doc: "Rows and columns of cells; a multiple of 8.",
    unit: "cells",
  }),
  simulations: integer({ default: 240, min: 1, doc: "Simulations to learn from.", unit: "simulations" }),
  validationSimulations: integer({
    default: 8,
    min: 0,
    doc: "More simulations, held out and scored after each epoch.",
    unit: "simulations",
  }),
  stepsPerFrame: integer({ default: 1, min: 1, doc: "Steps of the solver from a frame to the next." }),
  given: integer({ default: 8, min: 2, doc: "Frames that are known before a roll-out.", unit: "frames" }),
  horizon: integer({ default: 50, min: 1, doc: "Frames that a roll-out foresees.", unit: "frames" }),
  unroll: integer({ default: 24, min: 1, doc: "Frames that are foreseen in training.", unit: "frames" }),
  filters: integer({ default: 32, min: 1, doc: "Filters of the first convolution." }),
  codeChannels: integer({
    default: 4,
    min: 1,
    doc: "Values of the code for each 8 x 8 cells.",
  }),
  memory: choice({
    default: "convolutional",
    choices: ["convolutional", "dense"],
    doc: "Whether the LSTM's products are convolutions over the code as a picture, or see all of it at once.",
  }),
  units: integer({ default: 24, min: 1, doc: "Units of the LSTM, or its filters." }),
  autoencoderEpochs: integer({
    default: 8,
    min: 1,
    doc: "Passes of the autoencoder over all frames; the LSTM's epochs follow.",
    unit: "epochs",
  }),
  epochs: integer({
    default: 3,
    min: 1,
    doc: "Epochs of the LSTM, which have as many steps as the autoencoder's.",
    unit: "epochs",
  }),
  batchSize: integer({ default: 32, min: 1, doc: "Frames, or series of them, a training step." }),
  learningRate: number({
    default: 0.003,
    above: 0,
    doc: "Adam's learning rate, which falls to zero along a half cosine in each of the two trainings.",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 0xffffffff,
    doc: "Simulations to learn from, initial weights and shuffling follow from it.",
  }),
};
export type LatentPhysicsConfig = ConfigOf<typeof config>;

const options = {
  index: integer({ default: 0, min: 0, max: 9999, doc: "Number of the test simulation." }),
  steps: integer({ default: 50, min: 1, max: 1000, doc: "Frames to foresee.", unit: "frames" }),
};

/**
 * Foresees the pressure in a flow without solving for it: an autoencoder of convolutions gives each field a
 * short code, an LSTM foresees how the code changes, and the decoder makes a field of it again. The solver of this
 * folder makes the data and is what the result is held against.
 *
 * Source: S. Wiewel, M. Becher, N. Thuerey, "Latent space physics: towards learning the temporal evolution of
 * fluid flow", Computer Graphics Forum 38 (2019).
 */
export const latentPhysics: TaskModel<typeof config, typeof options> = {
  id: "latent-physics",
  title: "Latent space physics",
  doc: "Foresees the pressure field of rising smoke with an LSTM on codes of an autoencoder.",
  published: "",
  samples: "simulations",
  headline: ["error", "staysError", "stepsBelowStays", "speedUp"],

  config,
  presets: {
    default: { doc: "Fields of 64 x 64 cells, 50 frames foreseen from 8.", values: {} },
    start: {
      doc: "A first look within half a minute: 32 x 32 cells, 40 simulations.",
      values: {
        grid: 32,
        simulations: 40,
        validationSimulations: 4,
        filters: 16,
        units: 16,
        autoencoderEpochs: 5,
        epochs: 3,
      },
    },
  },

  build,
  train: (context) => trainLatentPhysics(latentPhysics.id, build(context.config), context),
  evaluate: evaluateRollOut,

  predict: {
    kind: "task",
    doc: "Foresees the frames of one test simulation and holds them against the solver's.",
    options,
    run: (context) => showRollOut(context, context.options),
  },
};

/** One over what pressures of these flows are about: the box is 1 high and velocities are below 1. */
const unit = 8;

/** The next field `[1, grid, grid]` from the last `given`. */
function build({ grid, given, filters, codeChannels, memory, units, seed }: LatentPhysicsConfig): Model {
  if (grid % 8 !== 0) throw new ConfigError("grid", String(grid), "a multiple of 8");
  const side = grid / 8;
  const code = codeChannels * side * side;
  const plain = { dataFormat: "channelsFirst", padding: "same" } as const;
  const bent = { ...plain, activation: "elu" } as const;
  // Fields are smooth: a first step of 4 cells loses little that the filters cannot hold.
  const encoder = new Sequential(
    [
      new Input([1, grid, grid]),
      new Rescaling(unit),
      new Conv2D(filters, 8, { ...bent, strides: 4 }),
      new Conv2D(filters, 3, bent),
      new Conv2D(2 * filters, 4, { ...bent, strides: 2 }),
      new Conv2D(codeChannels, 3, plain),
      new Flatten(),
    ],
    { name: "encoder", seed },
  );
  const decoder = new Sequential(
    [
      new Input([code]),
      new Reshape([codeChannels, side, side]),
      new Conv2D(2 * filters, 3, bent),
      new Conv2DTranspose(filters, 4, { ...bent, strides: 2 }),
      new Conv2D(filters, 3, bent),
      new Conv2DTranspose(1, 8, { ...plain, strides: 4 }),
      new Rescaling(1 / unit),
    ],
    { name: "decoder", seed },
  );
  const fields = input([given, 1, grid, grid], { name: "fields" });
  const codes = new TimeDistributed(encoder, { name: "encode" }).apply(fields);
  const earlier = new Cropping1D([0, 1]).apply(codes);
  const later = new Cropping1D([1, 0]).apply(codes);
  const moved = new Subtract().apply([later, earlier]);
  const last = (series: typeof codes, steps: number) =>
    new Flatten().apply(steps === 1 ? series : new Cropping1D([steps - 1, 0]).apply(series));
  const known = new Concatenate().apply([later, moved]);
  const lastMoved = last(moved, given - 1);
  const asPicture = (channels: number) => new Reshape([channels, side, side]);
  let change: typeof codes;
  if (memory === "convolutional") {
    const shown = new Reshape([given - 1, 2 * codeChannels, side, side]).apply(known);
    const held = new ConvLSTM2D(units, 3, { ...plain, name: "memory" }).apply(shown);
    const both = new Concatenate().apply([new Flatten().apply(held), lastMoved]);
    const told = new Conv2D(codeChannels, 3, { ...plain, kernelInitializer: "zeros", name: "change" });
    change = new Flatten().apply(told.apply(asPicture(units + codeChannels).apply(both)));
  } else {
    const held = new LSTM(units, { name: "memory" }).apply(known);
    const told = new Dense(code, { kernelInitializer: "zeros", name: "change" });
    change = told.apply(new Concatenate().apply([held, lastMoved]));
  }
  const next = new Add().apply([last(later, given - 1), change]);
  return new Model(fields, decoder.apply(next), { name: "latent_physics", seed });
}
