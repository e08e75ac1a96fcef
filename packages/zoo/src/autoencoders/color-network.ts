import {
  Add,
  addLoss,
  Conv2D,
  Conv2DTranspose,
  Cropping2D,
  input,
  Lambda,
  type Layer,
  Model,
  Rescaling,
  registerFunction,
  Sequential,
  type SymbolicTensor,
} from "@hekla/layers";
import {
  abs,
  add,
  clip,
  log,
  mean,
  multiply,
  round,
  stopGradient,
  subtract,
  sum,
  type Tensor,
} from "@hekla/tensor";
import { blockTransform } from "./block-transform.js";
import type { CaeConfig } from "./cae.js";

/** Height and width of a picture, of a block of it, and of its latent picture. */
export const pictureSize = 100;
const blockSize = 8;
export const latentSize = Math.ceil(pictureSize / blockSize);
export const pixels = pictureSize ** 2;

const quantize = "hekla-cae-quantize";

interface QuantizeSettings extends Readonly<Record<string, unknown>> {
  readonly bits: number;
  readonly rateWeight: number;
}

/**
 * Whole numbers of `bits` bits; gradients pass as if nothing had been rounded. In training the bits a pixel are added
 * to the loss: those of a two-sided geometric distribution in each channel, about `log2(1 + 2e mean|q|)` a number.
 * Source: Theis et al. 2017, section 2.1 (rounding); Balle, Laparra and Simoncelli 2017 (rate in the loss).
 */
registerFunction<Tensor, QuantizeSettings>(quantize, (latents, { bits, rateWeight, training }) => {
  const half = 2 ** (bits - 1);
  const kept = clip(latents, -half, half - 1);
  const quantized = add(kept, stopGradient(subtract(round(kept), kept)));
  if (training && rateWeight > 0) {
    const size = mean(abs(quantized), { axes: [0, 2, 3] });
    const bitsEach = multiply(log(add(1, multiply(size, 2 * Math.E))), Math.LOG2E);
    addLoss(multiply(sum(bitsEach), (rateWeight * latentSize ** 2) / pixels));
  }
  return quantized;
});

const same = { padding: "same", dataFormat: "channelsFirst" } as const;
const relu = { ...same, strides: 2, activation: "relu" } as const;
/** A path that begins with nothing to say. */
const silent = { ...same, strides: 2, kernelInitializer: "zeros" } as const;

/**
 * Encoder `[3, 100, 100]` to whole numbers `[latentChannels, 13, 13]` and decoder back. Each is the sum of two paths: a
 * transform of blocks of 8x8 pixels, which begins as JPEG's cosine transform and is trained like all else, and three
 * 5x5 convolutions of stride 2 (transposed ones in the decoder), which see beyond the block and begin at zero.
 */
export function buildColorNetwork(settings: CaeConfig): Model {
  const { latentChannels, filters, bits, rateWeight, seed } = settings;
  // The step of rounding that is best at many bits: squared error step^2 / 12, and dError / dBit = -rateWeight.
  const step = Math.sqrt((12 * Math.max(rateWeight, 10)) / (2 * Math.LN2)) / 255;
  const blocks = { ...same, strides: blockSize, useBias: false };
  const crop = (by: readonly [number, number]) => new Cropping2D([by, by], { dataFormat: "channelsFirst" });

  const picture = input([3, pictureSize, pictureSize], { name: "picture" });
  const centred = apply(new Rescaling(1, { offset: -0.5 }), picture);
  const transform = new Conv2D(latentChannels, blockSize, { ...blocks, name: "blocks" });
  const seen = through(centred, [
    new Conv2D(filters, 5, relu),
    new Conv2D(filters, 5, relu),
    new Conv2D(latentChannels, 5, silent),
  ]);
  const latent = through(sum2(apply(transform, centred), seen), [
    new Rescaling(1 / step),
    new Lambda(quantize, { arguments: { bits, rateWeight } }),
  ]);
  const encoder = new Model(picture, latent, { name: "encoder" });

  const code = input([latentChannels, latentSize, latentSize], { name: "code" });
  const scaled = apply(new Rescaling(step), code);
  const inverse = new Conv2DTranspose(3, blockSize, { ...blocks, name: "blocks" });
  const drawn = through(scaled, [
    new Conv2DTranspose(filters, 5, relu),
    crop([0, 1]), // 26 to 25, a quarter of 100
    new Conv2DTranspose(filters, 5, relu),
    new Conv2DTranspose(3, 5, silent),
  ]);
  const whole = sum2(through(scaled, [inverse, crop([2, 2])]), drawn);
  const decoder = new Model(code, apply(new Rescaling(1, { offset: 0.5 }), whole), { name: "decoder" });

  const network = new Sequential([encoder, decoder], { name: "cae", seed });
  const kernel = blockTransform(blockSize, latentChannels);
  transform.setWeights([kernel]); // [height, width, colors, channels], and so is that of the transposed one
  inverse.setWeights([kernel]);
  return network;
}

// cast: layers with one output
const apply = (layer: Layer, to: SymbolicTensor) => layer.apply(to) as SymbolicTensor;
const through = (from: SymbolicTensor, layers: readonly Layer[]) =>
  layers.reduce((at, layer) => apply(layer, at), from);
const sum2 = (a: SymbolicTensor, b: SymbolicTensor) => new Add().apply([a, b]) as SymbolicTensor;
