import type { Model } from "@hekla/layers";
import { type ConfigOf, choice, integer, number } from "../config.js";
import type { TaskModel } from "../model.js";
import { trainColors } from "./color-autoencoder.js";
import { buildColorNetwork } from "./color-network.js";
import { compressColors, evaluateColors } from "./color-report.js";
import { buildDigitNetwork, trainDigitNetwork } from "./digit-autoencoder.js";
import { evaluateDigitNetwork, reconstructDigit } from "./digit-report.js";

const config = {
  task: choice({
    default: "digits",
    choices: ["digits", "colors"],
    doc: "What to reconstruct: digits of 28x28, or colour pictures of 100x100, which are compressed.",
  }),
  latentChannels: integer({
    default: 8,
    min: 1,
    max: 192,
    doc: "Channels of the latent picture, which is 4x4 for digits and 13x13 for colour pictures.",
  }),
  noise: number({
    default: 0,
    min: 0,
    max: 1,
    doc: "Standard deviation of noise on the digits, which the network has to take away.",
  }),
  filters: integer({
    default: 32,
    min: 1,
    doc: "Filters of each convolution of the network for colour pictures; that for digits has 16 and 8.",
  }),
  bits: integer({
    default: 7,
    min: 1,
    max: 8,
    doc: "Bits of a number of a colour picture's latent picture, before they are coded together.",
    unit: "bits",
  }),
  rateWeight: number({
    default: 200,
    min: 0,
    doc: "Squared error (of levels 0 to 255) that a bit a pixel is worth; more makes files smaller.",
  }),
  epochs: integer({ default: 25, min: 1, doc: "Passes over the training data.", unit: "epochs" }),
  batchSize: integer({ default: 32, min: 1, doc: "Pictures a training step.", unit: "pictures" }),
  learningRate: number({
    default: 0.005,
    above: 0,
    doc: "Adam's learning rate, which falls to zero along a half cosine.",
  }),
  validationSplit: number({
    default: 0,
    min: 0,
    below: 1,
    doc: "Last part of the training data that is held out and scored after each epoch.",
    unit: "fraction",
  }),
  limit: integer({
    default: 0,
    min: 0,
    doc: "Use only this many training pictures, from the start; 0 uses 60 000 digits or 2 000 scenes.",
    unit: "pictures",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 0xffffffff,
    doc: "Initial weights, noise and shuffling follow from it.",
  }),
};
export type CaeConfig = ConfigOf<typeof config>;

const options = {
  index: integer({
    default: 0,
    min: 0,
    max: 9999,
    doc: "Number of the test picture, where no file is given.",
  }),
};
export type CaeOptions = ConfigOf<typeof options>;

const colors = { task: "colors", epochs: 5, batchSize: 4, learningRate: 0.002 } as const;

/**
 * Convolutional autoencoder, whose target is its input: convolutions and pooling narrow a picture down to a latent
 * picture, up-sampling and convolutions draw it again. On digits the common recipe with filters 16-8-8 and 8-8-16; on
 * colour pictures an image codec, whose latent picture is rounded and arithmetic-coded.
 * Source: the 2020 lecture's CAE; Chollet, "Building autoencoders in Keras", 2016 (digits; published loss about
 * 0.094); Theis et al., "Lossy image compression with compressive autoencoders", 2017 (colors).
 */
export const cae: TaskModel<typeof config, typeof options> = {
  id: "cae",
  title: "Convolutional autoencoder",
  doc: "Squeezes digits, or colour pictures, into a small latent picture and draws them again.",
  published: "binary cross-entropy about 0.094 (digits)",
  samples: "pictures",
  headline: ["binaryCrossentropy", "crossentropyFloor", "psnr", "bitsPerPixel", "jpegPsnr"],

  config,
  presets: {
    default: { doc: "All 60 000 digits, 128 numbers for each: the common recipe's network.", values: {} },
    denoise: { doc: "Digits under noise of standard deviation 0.5, to be cleaned.", values: { noise: 0.5 } },
    colors: { doc: "Colour pictures as image compression.", values: { ...colors, latentChannels: 24 } },
    colorsSmall: {
      doc: "Smaller files: half the latent channels, bits three times as dear.",
      values: { ...colors, latentChannels: 12, rateWeight: 600 },
    },
    colorsLarge: {
      doc: "Larger files: twice the latent channels, bits a third as dear.",
      values: { ...colors, latentChannels: 48, rateWeight: 70, bits: 8 },
    },
    start: {
      doc: "A first look within half a minute: three passes over 8 000 digits.",
      values: { limit: 8000, epochs: 3, learningRate: 0.01 },
    },
  },

  build,
  train: (context) =>
    context.config.task === "digits"
      ? trainDigitNetwork(context, build(context.config))
      : trainColors(context, build(context.config)),
  evaluate: (context) =>
    context.config.task === "digits" ? evaluateDigitNetwork(context) : evaluateColors(context),

  predict: {
    kind: "task",
    doc: "Reconstructs one picture and shows its latent picture; a colour picture's code comes as a file.",
    options,
    input: "a picture: PNG, or PGM or PPM; any digit, or 100x100 pixels in colour",
    run: (context) =>
      context.config.task === "digits" ? reconstructDigit(context) : compressColors(context),
  },
};

function build(settings: CaeConfig): Model {
  return settings.task === "digits" ? buildDigitNetwork(settings) : buildColorNetwork(settings);
}
