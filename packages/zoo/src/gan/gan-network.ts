import {
  Activation,
  BatchNormalization,
  type BatchShape,
  Conv2D,
  Conv2DTranspose,
  Dense,
  Flatten,
  Input,
  input,
  type Layer,
  LeakyReLU,
  Model,
  RandomNormal,
  ReLU,
  Reshape,
  Sequential,
  SpectralNormalization,
  type StepBatch,
  type StepFigures,
} from "@hekla/layers";
import {
  add,
  cast,
  divide,
  mean,
  minimum,
  multiply,
  negative,
  RandomStream,
  randomNormal,
  slice,
  subtract,
  type Tensor,
  type Variable,
  valueAndGrad,
} from "@hekla/tensor";
import type { AdversarialAdam } from "./adversarial-adam.js";
import {
  discriminatorLoss,
  generatorLoss,
  gradientPenalty,
  meanScore,
  wassersteinEstimate,
} from "./adversarial-losses.js";

/** What a network and its training step are made by. */
export interface GanSettings {
  readonly loss: "standard" | "wasserstein";
  readonly spectralNorm: boolean;
  readonly latent: number;
  readonly hidden: number;
  readonly filters: number;
  readonly batchSize: number;
  readonly criticSteps: number;
  readonly penalty: number;
  readonly labelSmoothing: number;
  readonly averaging: number;
  readonly seed: number;
}

const side = 28;
const quarter = side / 4;
const same = { padding: "same", strides: 2, dataFormat: "channelsLast" } as const;
const start = { kernelInitializer: new RandomNormal(0, 0.02) };
const training = { training: true };
const normalization = { momentum: 0.9, epsilon: 1e-5 };

/** Latent points `[batch, latent]` to pictures `[batch, 28, 28, 1]` of values -1 to 1. */
function generator(name: string, { latent, hidden, filters, seed }: GanSettings): Sequential {
  return new Sequential(
    [
      new Input([latent]),
      new Dense(2 * hidden, { ...start, useBias: false }),
      new BatchNormalization(normalization),
      new ReLU(),
      new Dense(quarter * quarter * 2 * filters, { ...start, useBias: false }),
      new BatchNormalization(normalization),
      new ReLU(),
      new Reshape([quarter, quarter, 2 * filters]),
      new Conv2DTranspose(filters, 4, { ...same, ...start, useBias: false }),
      new BatchNormalization(normalization),
      new ReLU(),
      new Conv2DTranspose(1, 4, { ...same, ...start }),
      new Activation("tanh"),
    ],
    { name, seed },
  );
}

/**
 * Pictures `[batch, 28, 28, 1]` to logits `[batch, 1]`: above 0 where they seem real. Two convolutions see 10 x 10 pixels; it
 * is the dense layer behind them that sees whether strokes make a digit.
 */
function discriminator({ hidden, filters, loss, spectralNorm, seed }: GanSettings): Sequential {
  // The penalty looks at each picture by itself, and a normed kernel at no batch at all: neither goes with batch statistics.
  const batchNorm = loss === "standard" && !spectralNorm;
  const normed = (layer: Layer): Layer => (spectralNorm ? new SpectralNormalization(layer) : layer);
  return new Sequential(
    [
      new Input([side, side, 1]),
      normed(new Conv2D(filters, 4, { ...same, ...start })),
      new LeakyReLU({ negativeSlope: 0.2 }),
      normed(new Conv2D(2 * filters, 4, { ...same, ...start, useBias: !batchNorm })),
      ...(batchNorm ? [new BatchNormalization(normalization)] : []),
      new LeakyReLU({ negativeSlope: 0.2 }),
      new Flatten(),
      normed(new Dense(hidden, { ...start, useBias: !batchNorm })),
      ...(batchNorm ? [new BatchNormalization(normalization)] : []),
      new LeakyReLU({ negativeSlope: 0.2 }),
      normed(new Dense(1, start)),
    ],
    { name: "discriminator", seed: seed + 1 },
  );
}

/**
 * Both networks in one model, and beside the generator that is trained a slow one, the moving average of its weights, which
 * draws: latent points in, drawn pictures, the trained generator's pictures and what the discriminator says of them out.
 */
export class Gan extends Model {
  readonly generator: Sequential;
  readonly discriminator: Sequential;
  readonly sampler: Sequential;
  readonly #latents: RandomStream;
  readonly #places: RandomStream;

  constructor(readonly settings: GanSettings) {
    const parts = {
      sampler: generator("sampler", settings),
      generator: generator("generator", settings),
      discriminator: discriminator(settings),
    };
    parts.sampler.trainable = false;
    const latents = input([settings.latent], { name: "latents" });
    const pictures = parts.generator.apply(latents);
    super([latents], [parts.sampler.apply(latents), pictures, parts.discriminator.apply(pictures)], {
      name: "gan",
      seed: settings.seed,
    });
    this.generator = parts.generator;
    this.discriminator = parts.discriminator;
    this.sampler = parts.sampler;
    this.#latents = new RandomStream(settings.seed, "latents");
    this.#places = new RandomStream(settings.seed, "places");
  }

  /** Training looks at pictures; the latent points are drawn on the way. */
  override get inputShapes(): readonly BatchShape[] {
    return [[null, side, side, 1]];
  }

  /** Where the random streams of training are; a file keeps it with the weights. */
  override namedStates(): [string, Variable][] {
    return [...super.namedStates(), ["gan/latents", this.#latents.state], ["gan/places", this.#places.state]];
  }

  /** `criticSteps` updates of the discriminator on a batch each, then one of the generator. */
  override trainStep({ x: [pictures] }: StepBatch): StepFigures {
    const { batchSize, criticSteps } = this.settings;
    let judged: StepFigures = {};
    let fake: Tensor | undefined;
    for (let step = 0; step < criticSteps; step++) {
      const from = [step * batchSize, ...pictures.shape.slice(1).map(() => 0)];
      const real = slice(pictures, from, [batchSize, ...pictures.shape.slice(1)]);
      fake = this.generator.apply(randomNormal([batchSize, this.settings.latent], this.#latents), training);
      judged = this.#judge(real, fake);
    }
    const generated = this.#generate(fake!);
    this.#average();
    return { loss: add(judged["discriminatorLoss"]!, generated), ...judged, generatorLoss: generated };
  }

  #judge(real: Tensor, fake: Tensor): StepFigures {
    const { loss, penalty: weight, labelSmoothing } = this.settings;
    const judge = (shown: Tensor): Tensor => this.discriminator.apply(shown, training);
    const { value, grads, ...figures } = valueAndGrad(() => {
      const [ofReal, ofFake] = [judge(real), judge(fake)];
      const scores = { realScore: meanScore(ofReal), fakeScore: meanScore(ofFake) };
      if (loss === "standard") return { value: discriminatorLoss(ofReal, ofFake, labelSmoothing), ...scores };
      const { penalty, norm } = gradientPenalty(judge, real, fake, this.#places);
      const estimate = wassersteinEstimate(ofReal, ofFake);
      return { value: subtract(multiply(penalty, weight), estimate), estimate, gradientNorm: norm };
    }, [...this.discriminator.trainableWeights])();
    this.optimizer.apply(grads);
    return { discriminatorLoss: value, ...figures };
  }

  /** @param fake what the discriminator was just shown: it is judged anew, the generator has not moved since */
  #generate(fake: Tensor): Tensor {
    const { value, grads } = valueAndGrad(() => {
      const logits = this.discriminator.apply(fake, training);
      return this.settings.loss === "standard" ? generatorLoss(logits) : negative(mean(logits));
    }, [...this.generator.trainableWeights])();
    this.optimizer.apply(grads);
    return value;
  }

  /** `average += (1 - momentum) (weight - average)`; the momentum grows to `averaging`, so that the first steps are soon forgotten. */
  #average(): void {
    const steps = cast((this.optimizer as AdversarialAdam).iterations.read(), "float32");
    const momentum = minimum(divide(add(steps, 1), add(steps, 10)), this.settings.averaging);
    this.sampler.weights.forEach((average, at) => {
      const weight = this.generator.weights[at]!;
      average.assign(add(weight, multiply(subtract(average, weight), momentum)));
    });
  }
}

/** The network that draws, of a model as it was built or as a file gave it. */
export const samplerOf = (model: Model): Model => model.getLayer("sampler") as Model; // cast: `Gan` names it so
