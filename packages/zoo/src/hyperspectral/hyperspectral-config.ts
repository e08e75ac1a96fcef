import { type ConfigOf, choice, integer, number } from "../config.js";

export const hyperspectralConfig = {
  variant: choice({
    default: "unmixing",
    choices: ["unmixing", "convolutional", "bottleneck"],
    doc:
      "What the code is: shares of materials, from a pixel's spectrum alone or from its surroundings as well, or free numbers " +
      "(bottleneck).",
  }),
  bands: integer({
    default: 156,
    min: 2,
    doc: "Bands of a spectrum, as many as the data have.",
    unit: "bands",
  }),
  endmembers: integer({
    default: 3,
    min: 2,
    max: 12,
    doc: "Materials that a pixel is mixed of, or numbers in the bottleneck's code.",
  }),
  units: integer({ default: 32, min: 1, doc: "Units of the encoder's first layer, or filters." }),
  firstEndmembers: choice({
    default: "vertexComponents",
    choices: ["vertexComponents", "random"],
    doc: "What a mixture's endmembers begin as: the scene's extreme pixels (vertex component analysis), or random numbers.",
  }),
  scale: choice({
    default: "max",
    choices: ["max", "none"],
    doc:
      "Whether first endmembers are scaled to a maximum of 1 each, as the references that abundances are compared with, or stay " +
      "as bright as the scene.",
  }),
  warmup: integer({
    default: 10,
    min: 0,
    doc: "Epochs at the start in which a mixture's endmembers stay as they are, so that abundances come to fit them.",
    unit: "epochs",
  }),
  angleWeight: number({
    default: 1,
    min: 0,
    doc: "Weight of the spectral angle between pixel and mixture, radians, in the loss.",
  }),
  squareWeight: number({
    default: 0,
    min: 0,
    doc: "Weight of a mixture's mean squared error in the loss; brightness counts for it, not for the angle.",
  }),
  volumeWeight: number({
    default: 0.2,
    min: 0,
    doc: "Weight of how far endmembers of length 1 lie from their mean (squared) in the loss: none lies farther out than need be.",
  }),
  patch: integer({
    default: 16,
    min: 1,
    doc: "Height and width of the patches that the convolutional variant restores.",
    unit: "px",
  }),
  patches: integer({
    default: 64,
    min: 1,
    doc: "Patches in an epoch, drawn anew for each training.",
    unit: "patches",
  }),
  holdOut: number({
    default: 0.2,
    above: 0,
    below: 1,
    doc: "Share of the pixels that the bottleneck does not learn from and is scored on.",
    unit: "fraction",
  }),
  epochs: integer({ default: 40, min: 1, doc: "Passes over the pixels.", unit: "epochs" }),
  batchSize: integer({ default: 256, min: 1, doc: "Pixels, or patches, a training step.", unit: "samples" }),
  shards: integer({
    default: 4,
    min: 1,
    max: 64,
    doc: "Parts of a batch that the backend's threads work on side by side; the same result for any number of threads.",
  }),
  learningRate: number({
    default: 0.003,
    above: 0,
    doc: "Adam's learning rate, which falls to zero along a half cosine.",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 0xffffffff,
    doc: "Weights, first endmembers, patches and the order of pixels follow from it.",
  }),
};
export type HyperspectralConfig = ConfigOf<typeof hyperspectralConfig>;
