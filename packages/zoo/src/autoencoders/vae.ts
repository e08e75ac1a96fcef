import {
  Activation,
  Add,
  binaryCrossentropy,
  Dense,
  Flatten,
  GaussianNoise,
  Input,
  input,
  type Layer,
  Model,
  Multiply,
  Rescaling,
  Reshape,
  reduceLoss,
  Sequential,
  type StepBatch,
  type SymbolicTensor,
} from "@hekla/layers";
import { Adam, cosineDecay } from "@hekla/optim";
import { add, divide, exp, multiply, square, subtract, sum, type Tensor, valueAndGrad } from "@hekla/tensor";
import { type ConfigOf, choice, integer, number } from "../config.js";
import { loadDigits, withSampleShape } from "../digits/digits-data.js";
import type { TaskModel, TrainContext, TrainOutcome } from "../model.js";
import { trainNetwork } from "../train-network.js";
import { drawDigits, evaluateVae } from "./vae-report.js";

const config = {
  latent: integer({ default: 2, min: 1, max: 256, doc: "Numbers that stand for a digit." }),
  units: integer({ default: 400, min: 1, doc: "Units of each of the two hidden layers of either half." }),
  klWeight: number({
    default: 1,
    min: 0,
    doc: "Weight of the Kullback-Leibler divergence in training; 1 is the evidence lower bound.",
  }),
  epochs: integer({ default: 20, min: 1, doc: "Passes over the training data.", unit: "epochs" }),
  batchSize: integer({ default: 128, min: 1, doc: "Digits a training step.", unit: "digits" }),
  learningRate: number({
    default: 0.001,
    above: 0,
    doc: "Adam's learning rate, which falls to zero along a half cosine.",
  }),
  limit: integer({
    default: 0,
    min: 0,
    doc: "Use only this many training digits, from the start; 0 uses all.",
    unit: "digits",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 0xffffffff,
    doc: "Initial weights, samples of the latent numbers and shuffling follow from it.",
  }),
};
export type VaeConfig = ConfigOf<typeof config>;

const options = {
  draw: choice({
    default: "grid",
    choices: ["grid", "samples", "interpolate"],
    doc: "What to draw: a grid over two latent numbers, samples of the prior, or the way between two digits.",
  }),
  size: integer({ default: 15, min: 2, max: 60, doc: "Digits in a row of the grid, or of samples." }),
  from: integer({ default: 0, min: 0, max: 9999, doc: "Number of the test digit where the way begins." }),
  to: integer({ default: 1, min: 0, max: 9999, doc: "Number of the test digit where it ends." }),
  seed: integer({ default: 1, min: 0, max: 0xffffffff, doc: "Samples follow from it." }),
};
export type VaeOptions = ConfigOf<typeof options>;

/**
 * Variational autoencoder, the generative sibling of `cae`: the encoder gives mean m and log-variance v of a normal
 * distribution for each latent number, the decoder draws `z = m + exp(v / 2) e`, e standard normal. Learns to raise the
 * evidence lower bound `log p(x | z) - KL(q(z | x) || N(0, 1))`, pixels taken as Bernoulli probabilities.
 * Source: Kingma and Welling, "Auto-encoding variational Bayes", 2014, appendices B and C.
 */
export const vae: TaskModel<typeof config, typeof options> = {
  id: "vae",
  title: "Variational autoencoder",
  doc: "Learns a map of digits, from which new ones can be drawn.",
  published: "",
  samples: "digits",
  headline: ["elbo", "crossentropy", "kl"],

  config,
  presets: {
    default: { doc: "All 60 000 digits on a plane.", values: {} },
    wide: { doc: "20 latent numbers: better samples, but no map to look at.", values: { latent: 20 } },
    start: {
      doc: "A first look within half a minute: four passes over 8 000 digits.",
      values: { limit: 8000, epochs: 4, units: 256, batchSize: 64, learningRate: 0.002 },
    },
  },

  build,
  train,
  evaluate: evaluateVae,
  predict: {
    kind: "task",
    doc: "Draws digits: a grid over the latent plane, samples, or the way from one digit to another.",
    options,
    run: drawDigits,
  },
};

/** The network of three outputs: what is drawn `[1, 28, 28]`, mean and log-variance of the latent numbers. */
function build({ latent, units, seed }: VaeConfig): Model {
  const hidden = () => new Dense(units, { activation: "relu" });
  const picture = input([1, 28, 28], { name: "picture" });
  const seen = through(picture, [new Flatten(), hidden(), hidden()]);
  const encoder = new Model(
    picture,
    [
      through(seen, [new Dense(latent, { name: "mean" })]),
      through(seen, [new Dense(latent, { name: "log_variance" })]),
    ],
    { name: "encoder" },
  );
  const decoder = new Sequential(
    [
      new Input([latent]),
      hidden(),
      hidden(),
      new Dense(784),
      new Reshape([1, 28, 28]),
      new Activation("sigmoid"),
    ],
    { name: "decoder" },
  );
  const x = input([1, 28, 28], { name: "digit" });
  const [mean, logVariance] = encoder.applyAll(x) as readonly [SymbolicTensor, SymbolicTensor];
  const deviation = through(logVariance, [new Rescaling(0.5), new Activation("exponential")]);
  // Standard normal numbers in training, nothing else: then the mean itself is drawn.
  const noise = through(mean, [new Rescaling(0), new GaussianNoise(1)]);
  const spread = new Multiply().apply([deviation, noise]) as SymbolicTensor;
  const z = new Add().apply([mean, spread]) as SymbolicTensor;
  const drawn = through(z, [decoder]);
  return new EvidenceModel(x, [drawn, mean, logVariance], { name: "vae", seed });
}

// cast: layers with one output
const through = (from: SymbolicTensor, layers: readonly Layer[]) =>
  layers.reduce((at, layer) => layer.apply(at) as SymbolicTensor, from);

/** A model that learns by the evidence lower bound. */
class EvidenceModel extends Model {
  // In a file it is the functional model that it is.
  static override readonly className: string = "Model";
  klWeight = 1;

  override trainStep({ x: [x] }: StepBatch) {
    const { value, grads, crossentropy, kl } = valueAndGrad(() => this.#bound(x), this.trainableWeights)();
    this.optimizer.apply(grads);
    return { loss: value, crossentropy, kl };
  }

  /** The negative bound in nats a digit, and its two parts. */
  #bound(x: Tensor) {
    const [drawn, mean, logVariance] = this.applyAll(x, { training: true }) as readonly [
      Tensor,
      Tensor,
      Tensor,
    ];
    const crossentropy = multiply(reduceLoss(binaryCrossentropy(x, drawn)), 784);
    const parts = subtract(subtract(add(exp(logVariance), square(mean)), 1), logVariance);
    const kl = divide(sum(parts), 2 * x.shape[0]!);
    return { value: add(crossentropy, multiply(kl, this.klWeight)), crossentropy, kl };
  }
}

async function train(context: TrainContext<VaeConfig>): Promise<TrainOutcome> {
  const { config: settings, data } = context;
  const { epochs, batchSize, learningRate, klWeight, limit } = settings;
  const { train: digits, source } = await loadDigits(data, limit);
  const x = withSampleShape(digits.x, [1, 28, 28]);
  const samples = x.shape[0]!;
  const network = build(settings) as EvidenceModel; // cast: `build` makes one
  network.klWeight = klWeight;
  return trainNetwork({
    id: vae.id,
    network,
    context,
    compile: {
      optimizer: new Adam(cosineDecay(learningRate, epochs * Math.ceil(samples / batchSize))),
    },
    x,
    y: x,
    source,
    samples,
  });
}
