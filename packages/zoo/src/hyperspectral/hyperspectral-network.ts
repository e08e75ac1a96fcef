import { Activation, Conv2D, Dense, input, Model } from "@hekla/layers";
import { add, mean, multiply, slice, sqrt, square, subtract, sum, type Tensor } from "@hekla/tensor";
import type { HyperspectralConfig } from "./hyperspectral-config.js";

/** Name of the layer whose kernel `[endmembers, bands]` are the endmembers. */
const mixing = "endmembers";

/** Pixels on each side that the convolutional encoder sees of a pixel's surroundings. */
export const margin = 1;

/**
 * The networks. All give codes and restored spectra; spectra are `[pixels, bands]`, or `[patches, height, width, bands]` for the
 * convolutional one, which answers for all pixels but those at the rim.
 */
export function hyperspectralNetwork(settings: HyperspectralConfig): Model {
  const { variant, bands, endmembers, units, seed } = settings;
  const name = "hyperspectral_ae";
  const spectra = input(variant === "convolutional" ? [null, null, bands] : [bands], { name: "spectra" });
  const hidden = { activation: "leakyRelu", kernelInitializer: "heNormal" } as const;
  if (variant === "bottleneck") {
    const seen = new Dense(units, hidden).apply(new Dense(2 * units, hidden).apply(spectra));
    const code = new Dense(endmembers, { name: "code" }).apply(seen);
    const unfolded = new Dense(2 * units, hidden).apply(new Dense(units, hidden).apply(code));
    return new Model(spectra, [code, new Dense(bands, { name: "restored" }).apply(unfolded)], { name, seed });
  }
  // No padding: at a patch's rim there are neighbours that it does not show.
  const features =
    variant === "convolutional"
      ? new Conv2D(units, 2 * margin + 1, hidden).apply(spectra)
      : new Dense(units, hidden).apply(spectra);
  const logits = new Dense(endmembers).apply(new Dense(Math.ceil(units / 2), hidden).apply(features));
  const abundances = new Activation("softmax", { name: "abundances" }).apply(logits);
  const mixture = new Dense(bands, {
    useBias: false,
    kernelConstraint: "nonNeg",
    kernelInitializer: "glorotUniform",
    name: mixing,
  }).apply(abundances);
  return new Model(spectra, [abundances, mixture], { name, seed });
}

/** The kernel of the mixing layer. */
export function endmembersOf(network: Model) {
  return network.getLayer(mixing).weights[0]!;
}

/**
 * What training makes small: a bottleneck's mean squared error; of a mixture, `angleWeight` times the angle between pixel and
 * mixture, plus `squareWeight` times the mean squared error, plus `volumeWeight` times the endmembers' spread.
 */
export function hyperspectralLoss(
  network: Model,
  settings: HyperspectralConfig,
): (spectra: Tensor) => Tensor {
  const { variant, angleWeight, squareWeight, volumeWeight } = settings;
  return (spectra) => {
    const [, restored] = network.applyAll(spectra, { training: true });
    const seen = variant === "convolutional" ? withoutRim(spectra) : spectra;
    const squares = mean(square(subtract(seen, restored!)));
    if (variant === "bottleneck") return squares;
    const terms = [
      multiply(angleWeight, mean(chord(seen, restored!))),
      multiply(volumeWeight, spread(endmembersOf(network).read())),
    ];
    if (squareWeight > 0) terms.push(multiply(squareWeight, squares));
    return terms.reduce((sum, term) => add(sum, term));
  };
}

/**
 * Mean squared distance of endmembers of length 1 from their mean: without it, endmembers move outwards, out of the scene, where
 * mixtures fit as well.
 * Source: the volume terms of L. Miao, H. Qi, "Endmember extraction from highly mixed data using minimum volume constrained
 * nonnegative matrix factorization", IEEE Transactions on Geoscience and Remote Sensing 45 (2007), as distances, whose gradients
 * stay finite where endmembers coincide.
 */
function spread(endmembers: Tensor): Tensor {
  const unit = endmembers.divide(length(endmembers));
  return mean(sum(square(subtract(unit, mean(unit, { axes: 0, keepDims: true }))), { axes: -1 }));
}

/**
 * Distance of two spectra scaled to length 1, `2 sin(angle / 2)`: the angle itself, nearly, where it is small, and with a gradient
 * that is finite at 0.
 */
function chord(a: Tensor, b: Tensor): Tensor {
  return length(subtract(a.divide(length(a)), b.divide(length(b))));
}

const length = (spectra: Tensor): Tensor =>
  sqrt(sum(square(spectra), { axes: -1, keepDims: true }).add(1e-12));

function withoutRim(patches: Tensor): Tensor {
  const [count = 0, height = 0, width = 0, bands = 0] = patches.shape;
  return slice(patches, [0, margin, margin, 0], [count, height - 2 * margin, width - 2 * margin, bands]);
}
