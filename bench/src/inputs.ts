import type { CountedLayer, TrainingWork } from "./works.js";

/**
 * A 32-bit integer hash, so that every peer makes the same numbers from (stream, index) in any language.
 *
 * Source: "lowbias32" of C. Wellons' hash prospector (public domain).
 */
function hash(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** `count` numbers in [0, 1) with 24 random bits, exact in float32, a function of `stream` alone. */
export function uniform(stream: number, count: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(count);
  const offset = hash(stream);
  for (let index = 0; index < count; index++) values[index] = (hash(index ^ offset) >>> 8) / 2 ** 24;
  return values;
}

/** Streams of `uniform`; layer i's kernel is `kernels + i`, its recurrent one `recurrent + i`. */
export const STREAMS = {
  images: 1,
  labels: 2,
  left: 3,
  right: 4,
  lengths: 5,
  kernels: 100,
  recurrent: 200,
} as const;

/**
 * A batch: inputs, images channels first or whole numbers that stand for tokens, and what is to be learnt.
 */
export interface Batch {
  images: Float32Array<ArrayBuffer>;
  /** `[batch, ...inputShape]`. */
  imagesShape: number[];
  labels: Float32Array<ArrayBuffer>;
  /** `[batch, outputs]`, or that of the images where these are the targets. */
  labelsShape: number[];
}

/** The batch that every peer trains on. */
export function makeBatch(work: TrainingWork, batch: number): Batch {
  const pixels = work.inputShape.reduce((product, size) => product * size, 1);
  const draws = uniform(STREAMS.images, batch * pixels);
  const first = work.layers[0]!;
  const images =
    first.kind === "embedding"
      ? tokens(draws, work.inputShape[0]!, first.inputs)
      : work.targets === "inputs"
        ? dark(draws)
        : draws;
  const imagesShape = [batch, ...work.inputShape];
  if (work.targets === "inputs") return { images, imagesShape, labels: images, labelsShape: imagesShape };
  return { images, imagesShape, labels: makeLabels(work, batch), labelsShape: [batch, work.outputs] };
}

/**
 * Sentences as the SI650 data set has them, whose mean is some 11 words: 1 to 21 words, whose ranks follow Zipf's law,
 * behind zeros that fill up to `steps`. Words begin at 2: 0 is padding, and 1 stands for unknown ones.
 */
function tokens(draws: Float32Array, steps: number, vocabulary: number): Float32Array<ArrayBuffer> {
  const samples = draws.length / steps;
  const lengths = uniform(STREAMS.lengths, 2 * samples);
  return Float32Array.from(draws, (draw, at) => {
    const sample = Math.floor(at / steps);
    const length = 1 + Math.floor((lengths[2 * sample]! + lengths[2 * sample + 1]!) * 10.5);
    if (at % steps < steps - length) return 0;
    return 1 + Math.floor(Math.exp(draw * Math.log(vocabulary - 2)));
  });
}

/** Pictures that are mostly dark, as digits are: learning to give them back soon shows in the loss. */
function dark(draws: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(draws, (draw) => draw ** 2 * draw ** 2);
}

function makeLabels({ targets, outputs }: TrainingWork, batch: number): Float32Array<ArrayBuffer> {
  if (targets === "numbers") return uniform(STREAMS.labels, batch * outputs);
  if (targets === "bits") return uniform(STREAMS.labels, batch * outputs).map((draw) => Math.floor(2 * draw));
  const labels = new Float32Array(batch * outputs);
  uniform(STREAMS.labels, batch).forEach((draw, sample) => {
    labels[sample * outputs + Math.floor(draw * outputs)] = 1;
  });
  return labels;
}

const GATES = { lstm: 4, gru: 3 } as const;

/**
 * Shape of a layer's kernel as Keras lays it out: `[inputs, outputs]` or `[height, width, inputs,
 * outputs]`.
 */
export function kernelShape(layer: CountedLayer): number[] {
  if (layer.kind === "dense" || layer.kind === "embedding") return [layer.inputs, layer.outputs];
  if (layer.kind !== "conv2d") return [layer.inputs, GATES[layer.kind] * layer.units];
  return [layer.kernelSize, layer.kernelSize, layer.inputChannels, layer.outputChannels];
}

/**
 * The first kernel of layer `index`, the same for every peer, in Keras layout; the first biases are zero.
 *
 * Glorot uniform: `(2 u - 1) sqrt(6 / (fanIn + fanOut))`; an embedding's vectors are `(2 u - 1) / 20`.
 */
export function makeKernel(layer: CountedLayer, index: number): Float32Array<ArrayBuffer> {
  const shape = kernelShape(layer);
  const stream = STREAMS.kernels + index;
  if (layer.kind !== "embedding") return glorot(shape, stream);
  return uniform(stream, layer.inputs * layer.outputs).map((draw) => (2 * draw - 1) * 0.05);
}

function glorot(shape: readonly number[], stream: number): Float32Array<ArrayBuffer> {
  const area = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const fanIn = area * shape[shape.length - 2]!;
  const fanOut = area * shape[shape.length - 1]!;
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  const draws = uniform(stream, fanIn * shape[shape.length - 1]!);
  return draws.map((draw) => (2 * draw - 1) * limit);
}

/** Shape of a layer's bias, or undefined; a GRU's has a second row, for the product with its state. */
export function biasShape(layer: CountedLayer): number[] | undefined {
  if (layer.kind === "embedding") return undefined;
  if (layer.kind === "dense") return [layer.outputs];
  if (layer.kind === "conv2d") return [layer.outputChannels];
  return layer.kind === "gru" ? [2, GATES.gru * layer.units] : [GATES.lstm * layer.units];
}

/** A weight, or its first value, with its shape. */
export interface FirstWeight {
  data: Float32Array<ArrayBuffer>;
  shape: number[];
}

/**
 * The first weights of layer `index` in Keras's order: kernel, a recurrent layer's recurrent kernel, bias
 * (an LSTM's forget gate 1).
 */
export function makeWeights(layer: CountedLayer, index: number): FirstWeight[] {
  const weights = [{ data: makeKernel(layer, index), shape: kernelShape(layer) }];
  if (layer.kind === "lstm" || layer.kind === "gru") {
    const shape = [layer.units, GATES[layer.kind] * layer.units];
    weights.push({ data: glorot(shape, STREAMS.recurrent + index), shape });
  }
  const shape = biasShape(layer);
  if (!shape) return weights;
  const bias = new Float32Array(shape.reduce((product, size) => product * size, 1));
  if (layer.kind === "lstm") bias.fill(1, layer.units, 2 * layer.units);
  return [...weights, { data: bias, shape }];
}

/** Axes of `values` (of `shape`) permuted as in NumPy's transpose. */
export function permute(
  values: Float32Array,
  shape: readonly number[],
  axes: readonly number[],
): Float32Array<ArrayBuffer> {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = axes.map((axis) => shape[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  const position = sizes.map(() => 0);
  const result = new Float32Array(values.length);
  for (let index = 0, source = 0; index < values.length; index++) {
    result[index] = values[source]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      source += steps[axis]!;
      position[axis]!++;
      if (position[axis]! < sizes[axis]!) break;
      source -= steps[axis]! * sizes[axis]!;
      position[axis] = 0;
    }
  }
  return result;
}
