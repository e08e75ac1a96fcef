import { Dataset } from "@hekla/datasets";
import type { LabelledBatch } from "@hekla/layers";
import { DataError, type HostArray, HostRandom } from "@hekla/tensor";
import { type ConfigOf, choice, flag, integer, number, text } from "../config.js";
import { loadDigits } from "../digits/digits-data.js";
import type { EvaluateContext, EvaluateOutcome, TaskModel, TrainContext, TrainOutcome } from "../model.js";
import { trainNetwork } from "../train-network.js";
import { AdversarialAdam } from "./adversarial-adam.js";
import { drawDigits } from "./draw-digits.js";
import { evaluateGan } from "./evaluate-gan.js";
import { GanFilm, ganRecordIn } from "./gan-film.js";
import { Gan } from "./gan-network.js";

const config = {
  loss: choice({
    default: "standard",
    choices: ["standard", "wasserstein"],
    doc: "What they play for: cross-entropy, or the Wasserstein distance with gradient penalty.",
  }),
  spectralNorm: flag({
    default: false,
    doc: "Divides the discriminator's kernels by their largest singular value, in place of batch normalization.",
  }),
  latent: integer({ default: 64, min: 1, doc: "Numbers of a latent point." }),
  hidden: integer({
    default: 128,
    min: 1,
    doc: "Units of the discriminator's dense layer; the generator's has twice as many.",
  }),
  filters: integer({
    default: 32,
    min: 1,
    doc: "Filters of the convolutions at 14 x 14; those at 7 x 7 have twice as many.",
  }),
  epochs: integer({ default: 6, min: 1, doc: "Passes over the training data.", unit: "epochs" }),
  batchSize: integer({
    default: 64,
    min: 2,
    doc: "Real digits, and drawn ones, an update.",
    unit: "samples",
  }),
  criticSteps: integer({ default: 1, min: 1, doc: "Updates of the discriminator for one of the generator." }),
  learningRate: number({ default: 0.001, above: 0, doc: "Rate of the generator's Adam." }),
  criticRate: number({ default: 0.0005, above: 0, doc: "Rate of the discriminator's Adam." }),
  beta1: number({ default: 0.5, min: 0, below: 1, doc: "Both Adams' decay of the average of gradients." }),
  beta2: number({ default: 0.999, min: 0, below: 1, doc: "Both Adams' decay of the average of squares." }),
  labelSmoothing: number({
    default: 0.1,
    min: 0,
    below: 0.5,
    doc: "Real digits are labelled 1 less this; standard loss only.",
  }),
  penalty: number({ default: 10, min: 0, doc: "Weight of the gradient penalty; wasserstein only." }),
  averaging: number({
    default: 0.999,
    min: 0,
    below: 1,
    doc: "Momentum of the moving average of the generator's weights, which draws; 0 draws with the latest.",
  }),
  frechetSamples: integer({
    default: 10_000,
    min: 2,
    doc: "Drawn and real digits that are compared, as far as there are real ones.",
    unit: "samples",
  }),
  scorer: text({
    default: "",
    doc: "File of a trained mnist-cnn that judges; without it one is trained for each evaluation.",
  }),
  scorerEpochs: integer({
    default: 2,
    min: 1,
    doc: "Passes over the training data where a scorer is trained.",
    unit: "epochs",
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
    doc: "Initial weights, latent points and the order of digits follow from it.",
  }),
};
export type GanConfig = ConfigOf<typeof config>;

const options = {
  show: choice({
    default: "samples",
    choices: ["samples", "interpolation"],
    doc: "Digits of random latent points, or ways from one such point to another.",
  }),
  count: integer({ default: 100, min: 1, max: 10_000, doc: "Digits to draw, or ways of ten." }),
  digit: integer({
    default: -1,
    min: -1,
    max: 9,
    doc: "Only digits that the scorer reads as this one; -1 takes all.",
  }),
  scorer: text({ default: "", doc: "File of a trained mnist-cnn that reads what is drawn." }),
  seed: integer({ default: 1, min: 0, max: 0xffffffff, doc: "The latent points follow from it." }),
};
export type DrawOptions = ConfigOf<typeof options>;

/**
 * Two networks against each other: a generator draws digits from latent points by transposed convolutions, a
 * discriminator of strided convolutions tells them from real ones. Radford's rules, but for a dense layer behind two
 * convolutions on either side, as Chen et al. 2016 have it for digits, and rates five and two and a half times as high.
 * Source: Goodfellow et al. 2014; Radford, Metz, Chintala, "Unsupervised representation learning with deep convolutional
 * generative adversarial networks", 2016; Chen et al., "InfoGAN", 2016, appendix C.1; wasserstein: Gulrajani et al. 2017, with one critic's step;
 * spectralNorm: Miyato et al. 2018.
 */
export const gan: TaskModel<typeof config, typeof options> = {
  id: "gan",
  title: "DCGAN",
  doc: "Draws digits: a generator learns from a discriminator that tells drawn ones from real ones.",
  published: "",
  samples: "digits",
  headline: ["frechetDistance", "frechetFloor", "frechetRatio", "classDistance"],

  config,
  presets: {
    default: {
      doc: "All 60 000 digits, six times; drawn by averaged weights.",
      values: {},
    },
    wasserstein: {
      doc: "The Wasserstein distance with gradient penalty, a critic's step for each of the generator's.",
      values: { loss: "wasserstein", beta2: 0.9, criticRate: 0.001 },
    },
    spectral: {
      doc: "Spectral norms in the discriminator.",
      values: { spectralNorm: true },
    },
    start: {
      doc: "A first look within half a minute: 4 096 digits, five times, smaller networks.",
      values: {
        limit: 4096,
        epochs: 5,
        batchSize: 32,
        filters: 16,
        hidden: 64,
        averaging: 0.98,
        frechetSamples: 2000,
      },
    },
  },

  build: (settings) => new Gan(settings),
  train,
  evaluate: (context: EvaluateContext<GanConfig>): Promise<EvaluateOutcome> => evaluateGan(context),

  predict: {
    kind: "task",
    doc: "Draws digits, or goes from one to another; a scorer says which they are.",
    options,
    run: drawDigits,
  },
};

async function train(context: TrainContext<GanConfig>): Promise<TrainOutcome> {
  const { config: settings, data, resume } = context;
  const { train: digits, source } = await loadDigits(data, settings.limit);
  const batches = digitBatches(digits.x, settings);
  const steps = batches.size!;
  const network = new Gan(settings);
  const optimizer = new AdversarialAdam(
    {
      generatorRate: settings.learningRate,
      discriminatorRate: settings.criticRate,
      beta1: settings.beta1,
      beta2: settings.beta2,
    },
    network.generator.trainableWeights,
  );
  const { latent, seed, epochs } = settings;
  const film = new GanFilm(network.sampler, { latent, seed, total: epochs * steps });
  const outcome = await trainNetwork({
    id: gan.id,
    network,
    context: {
      ...context,
      onReady(ready) {
        if (resume) film.resume(ganRecordIn(resume), ready.initialEpoch * steps);
        context.onReady?.(ready);
      },
    },
    compile: { optimizer },
    x: batches,
    source,
    samples: steps * settings.batchSize * settings.criticSteps,
    steps,
    fit: { callbacks: [film] },
  });
  network.attachments = { ...network.attachments, gan: film.record(outcome.history) };
  return outcome;
}

/** Real digits `[criticSteps * batchSize, 28, 28, 1]` of values -1 to 1, in an order of each epoch's own. */
function digitBatches(
  { data, shape }: HostArray,
  { batchSize, criticSteps, seed }: GanConfig,
): Dataset<LabelledBatch> {
  const [samples = 0] = shape;
  const size = batchSize * criticSteps;
  const steps = Math.floor(samples / size);
  if (steps === 0) {
    throw new DataError(
      `gan: there are too few digits, got ${samples}, expected at least ${size} for a batchSize of ` +
        `${batchSize} and ${criticSteps} criticSteps`,
    );
  }
  const length = 28 * 28;
  return Dataset.generate(function* (epoch) {
    const order = new HostRandom(seed, "shuffle", epoch).permutation(samples);
    for (let step = 0; step < steps; step++) {
      const batch = new Float32Array(size * length);
      for (let row = 0; row < size; row++) {
        const from = order[step * size + row]! * length;
        for (let at = 0; at < length; at++) batch[row * length + at] = 2 * data[from + at]! - 1;
      }
      yield { x: { data: batch, shape: [size, 28, 28, 1] } };
    }
  }, steps);
}
