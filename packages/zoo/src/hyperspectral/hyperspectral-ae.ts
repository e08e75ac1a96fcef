import { type HyperspectralScene, takeRows } from "@hekla/datasets";
import type { Model } from "@hekla/layers";
import { Adam, cosineDecay } from "@hekla/optim";
import type { HostArray, Variable } from "@hekla/tensor";
import { integer } from "../config.js";
import { fullBatches, trainDataParallel } from "../data-parallel/train-data-parallel.js";
import type { EvaluateContext, EvaluateOutcome, TaskModel, TrainContext, TrainOutcome } from "../model.js";
import { describePixel } from "./describe-pixel.js";
import { evaluateBottleneck } from "./evaluate-bottleneck.js";
import { evaluateUnmixing } from "./evaluate-unmixing.js";
import { type HyperspectralConfig, hyperspectralConfig } from "./hyperspectral-config.js";
import { endmembersOf, hyperspectralLoss, hyperspectralNetwork } from "./hyperspectral-network.js";
import { codesOf, meanSquaredError } from "./restored-scene.js";
import { cutPatches, framed, holdOutPixels, loadScene, patchCorners } from "./scene-data.js";
import { vertexComponents } from "./vertex-components.js";

const options = {
  row: integer({ default: 0, min: 0, doc: "Row of the pixel to tell of, from 0." }),
  column: integer({ default: 0, min: 0, doc: "Column of the pixel to tell of, from 0." }),
};

/**
 * Autoencoders of the spectra of a hyperspectral scene. `unmixing`: an encoder whose softmax gives each pixel's abundances (none
 * negative, sum 1), and a linear decoder without bias whose kernel, never negative, is the endmembers' spectra; both are learnt
 * from the pixels alone. `convolutional`: the same, with an encoder that sees a pixel's neighbours. `bottleneck`: a dense
 * autoencoder with a free code, to be held against PCA.
 *
 * Batches are cut into shards that the backend's threads work on side by side (`data-parallel/`); any number of threads gives the
 * same bits.
 *
 * The decoder begins with what vertex component analysis finds in the scene, as is usual in the field, and stays so for some
 * epochs; then all is learnt together. No reference is used in training.
 *
 * Source: B. Palsson et al., "Hyperspectral unmixing using a neural network autoencoder", IEEE Access 6 (2018) (spectral angle as
 * loss, softmax); B. Palsson, M. O. Ulfarsson, J. R. Sveinsson, "Convolutional autoencoder for spectral-spatial hyperspectral
 * unmixing", IEEE Transactions on Geoscience and Remote Sensing 59 (2021) (convolutional; here the decoder stays pixel by pixel).
 */
export const hyperspectralAe: TaskModel<typeof hyperspectralConfig, typeof options> = {
  id: "hyperspectral-ae",
  title: "Hyperspectral autoencoder",
  doc: "Tells what materials a scene is made of, and how much of each is in a pixel, from its spectra.",
  published: "",
  samples: "pixels",
  headline: ["angle", "abundanceError", "vertexAngle", "heldOutError", "pcaHeldOutError"],

  config: hyperspectralConfig,
  presets: {
    default: { doc: "Three materials of Samson, from single pixels.", values: {} },
    convolutional: {
      doc: "The same from patches: each pixel with its neighbours.",
      values: { variant: "convolutional", batchSize: 16, patches: 128 },
    },
    bottleneck: {
      doc: "Three free numbers a pixel, against three principal components.",
      values: { variant: "bottleneck", epochs: 100, batchSize: 128 },
    },
    start: {
      doc: "A first look within half a minute: half the epochs.",
      values: { epochs: 20, warmup: 5 },
    },
  },

  build: hyperspectralNetwork,
  train,
  evaluate: (context: EvaluateContext<HyperspectralConfig>): Promise<EvaluateOutcome> =>
    context.config.variant === "bottleneck" ? evaluateBottleneck(context) : evaluateUnmixing(context),

  predict: {
    kind: "task",
    doc: "Tells what a scene's pixel is mixed of, and draws the shares of all pixels.",
    options,
    input:
      "scene: a MAT-file of level 5 (Y [bands, pixels] with cols and lines, or one array [height, width, bands]), or an ENVI header " +
      "whose data lie beside it",
    run: describePixel,
  },
};

async function train(context: TrainContext<HyperspectralConfig>): Promise<TrainOutcome> {
  const { config: settings, data } = context;
  const { variant, batchSize, epochs, learningRate } = settings;
  const scene = await loadScene(data, settings);
  const network = hyperspectralNetwork(settings);
  const { samples, batch, held } = trainingData(scene, settings);
  if (variant !== "bottleneck") setFirstEndmembers(network, scene, settings);
  const steps = epochs * Math.max(fullBatches(samples, batchSize), 1);
  return trainDataParallel({
    id: hyperspectralAe.id,
    network,
    context,
    optimizer: new Adam(cosineDecay(learningRate, steps)),
    loss: hyperspectralLoss(network, settings),
    weights: (epoch) => weightsOf(network, settings, epoch),
    samples,
    batch,
    source: scene.source,
    ...(held && {
      validation: {
        samples: held.shape[0]!,
        loss: async () => meanSquaredError(held.data, (await codesOf(network, held)).restored),
      },
    }),
  });
}

interface TrainingData {
  readonly samples: number;
  readonly batch: (numbers: Int32Array) => HostArray;
  /** Pixels that are not learnt from. */
  readonly held?: HostArray;
}

function trainingData(scene: HyperspectralScene, settings: HyperspectralConfig): TrainingData {
  const { variant, patch, patches, holdOut, seed } = settings;
  const { pixels } = scene;
  if (variant === "unmixing") {
    return { samples: pixels.shape[0]!, batch: (numbers) => takeRows(pixels, numbers) };
  }
  if (variant === "bottleneck") {
    const { train, test } = holdOutPixels(pixels.shape[0]!, holdOut);
    const learnt = takeRows(pixels, train);
    return {
      samples: train.length,
      batch: (numbers) => takeRows(learnt, numbers),
      held: takeRows(pixels, test),
    };
  }
  const picture = framed(scene);
  const corners = patchCorners(picture, patch, patches, seed);
  return {
    samples: patches,
    batch: (numbers) =>
      cutPatches(
        picture,
        Array.from(numbers, (at) => corners[at]!),
        patch,
      ),
  };
}

/** Gives the decoder the scene's extreme pixels to begin with. */
function setFirstEndmembers(network: Model, scene: HyperspectralScene, settings: HyperspectralConfig): void {
  const { firstEndmembers, scale, endmembers, bands, seed } = settings;
  if (firstEndmembers === "random") return;
  const { data } = vertexComponents(scene.pixels, endmembers, seed);
  const spectra = Float32Array.from(data);
  for (let from = 0; scale === "max" && from < spectra.length; from += bands) {
    const spectrum = spectra.subarray(from, from + bands);
    const largest = Math.max(...spectrum) || 1;
    spectrum.forEach((value, band) => {
      spectrum[band] = value / largest;
    });
  }
  endmembersOf(network).write(spectra);
}

/** The weights that an epoch changes: a mixture's endmembers after the warm-up only. */
function weightsOf(
  network: Model,
  { variant, warmup }: HyperspectralConfig,
  epoch: number,
): readonly Variable[] {
  if (variant === "bottleneck" || epoch >= warmup) return network.trainableWeights;
  const fixed = endmembersOf(network);
  return network.trainableWeights.filter((weight) => weight !== fixed);
}
