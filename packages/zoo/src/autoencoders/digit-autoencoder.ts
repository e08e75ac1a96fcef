import {
  Conv2D,
  GaussianNoise,
  Input,
  MaxPooling2D,
  type Model,
  ReLU,
  Sequential,
  UpSampling2D,
} from "@hekla/layers";
import { Adam, cosineDecay } from "@hekla/optim";
import { loadDigits, withSampleShape } from "../digits/digits-data.js";
import type { TrainContext, TrainOutcome } from "../model.js";
import { trainNetwork } from "../train-network.js";
import type { CaeConfig } from "./cae.js";
import { learntSamples } from "./cae-parts.js";

const dataFormat = "channelsFirst";
const same = { padding: "same", activation: "relu", dataFormat } as const;

/**
 * Encoder `[1, 28, 28]` to `[latentChannels, 4, 4]` and decoder back, 3x3 throughout. In training a noisy network's
 * pictures get noise, cut to 0 to 1.
 */
export function buildDigitNetwork({ latentChannels, noise, seed }: CaeConfig): Model {
  const pooling = () => new MaxPooling2D(2, { padding: "same", dataFormat });
  const upSampling = () => new UpSampling2D(2, { dataFormat });
  const encoder = new Sequential(
    [
      new Input([1, 28, 28]),
      ...(noise > 0 ? [new GaussianNoise(noise), new ReLU({ maxValue: 1 })] : []),
      new Conv2D(16, 3, same),
      pooling(),
      new Conv2D(8, 3, same),
      pooling(),
      new Conv2D(latentChannels, 3, same),
      pooling(),
    ],
    { name: "encoder" },
  );
  const decoder = new Sequential(
    [
      new Input([latentChannels, 4, 4]),
      new Conv2D(8, 3, same),
      upSampling(),
      new Conv2D(8, 3, same),
      upSampling(),
      // Without padding, so that 16 becomes 14, half of 28.
      new Conv2D(16, 3, { ...same, padding: "valid" }),
      upSampling(),
      new Conv2D(1, 3, { ...same, activation: "sigmoid" }),
    ],
    { name: "decoder" },
  );
  return new Sequential([encoder, decoder], { name: "cae", seed });
}

/** Learns to give each digit back, measured by the mean binary cross-entropy of a pixel. */
export async function trainDigitNetwork(
  context: TrainContext<CaeConfig>,
  network: Model,
): Promise<TrainOutcome> {
  const { config: settings, data } = context;
  const { epochs, batchSize, learningRate, validationSplit, limit } = settings;
  const { train, source } = await loadDigits(data, limit);
  const x = withSampleShape(train.x, [1, 28, 28]);
  const samples = x.shape[0]!;
  const steps = epochs * Math.ceil(learntSamples(samples, validationSplit) / batchSize);
  return trainNetwork({
    id: "cae",
    network,
    context,
    compile: { loss: "binaryCrossentropy", optimizer: new Adam(cosineDecay(learningRate, steps)) },
    x,
    y: x,
    source,
    samples,
    fit: { validationSplit },
  });
}
