import { colorScenes } from "@hekla/datasets";
import type { Model } from "@hekla/layers";
import { Adam, cosineDecay } from "@hekla/optim";
import { type HostArray, mean, multiply, square, subtract, type Tensor } from "@hekla/tensor";
import type { DataSource } from "../data-source.js";
import type { TrainContext, TrainOutcome } from "../model.js";
import { trainNetwork } from "../train-network.js";
import type { CaeConfig } from "./cae.js";
import { halvesOf, learntSamples } from "./cae-parts.js";
import { pictureSize } from "./color-network.js";
import { learnLatentCode } from "./latent-coding.js";
import { takePictures } from "./picture-rows.js";

/** Training scenes and test scenes, which have other numbers. */
const trainingScenes = 2000;
const testScenes = { count: 100, first: 70_000_000, seed: 1 } as const;
/** Pictures whose latents the code learns from; more would hardly change it. */
const codePictures = 500;

/** Learns pictures back at a price for bits, then how their latents are coded. */
export async function trainColors(context: TrainContext<CaeConfig>, network: Model): Promise<TrainOutcome> {
  const { config: settings, data } = context;
  const { epochs, batchSize, learningRate, validationSplit, limit, bits } = settings;
  const samples = limit === 0 ? trainingScenes : Math.min(limit, trainingScenes);
  const learnt = learntSamples(samples, validationSplit);
  const { pictures: x, source } = await scenes(data, { count: samples, first: 0, seed: 1 });
  const steps = epochs * Math.ceil(learnt / batchSize);
  const outcome = await trainNetwork({
    id: "cae",
    network,
    context,
    compile: { loss: squaredLevels, optimizer: new Adam(cosineDecay(learningRate, steps)) },
    x,
    y: x,
    source,
    samples,
    fit: { validationSplit },
  });
  const seen = takePictures(x, 0, Math.min(learnt, codePictures));
  const latents = await halvesOf(network).encoder.predict(seen, { batchSize: 20 });
  network.attachments = { ...network.attachments, code: learnLatentCode(latents, bits) };
  return outcome;
}

/** Mean squared error of each picture, in levels of 0 to 255. */
function squaredLevels(truth: Tensor, drawn: Tensor): Tensor {
  return multiply(mean(square(subtract(truth, drawn)), { axes: [1, 2, 3] }), 255 ** 2);
}

/** Pictures to be judged by, `[samples, 3, 100, 100]`. */
export const loadTestScenes = (data: DataSource) => scenes(data, testScenes);

/** Drawn pictures, whatever data there are; they are their own twin. */
function scenes(
  data: DataSource,
  choice: { readonly count: number; readonly first: number; readonly seed: number },
): Promise<{ readonly pictures: HostArray; readonly source: string }> {
  const draw = async () => colorScenes({ ...choice, size: pictureSize, dataFormat: "channelsFirst" });
  return data.load(`${choice.count} scenes from ${choice.first}`, draw, draw);
}
