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
export const STREAMS = { images: 1, labels: 2, left: 3, right: 4, kernels: 100, recurrent: 200 } as const;

/** A batch: inputs in [0, 1), images channels first, and one-hot labels or numbers in [0, 1), `[batch, outputs]`. */
export interface Batch {
  images: Float32Array<ArrayBuffer>;
  labels: Float32Array<ArrayBuffer>;
}

/** The batch that every peer trains on. */
export function makeBatch(work: TrainingWork, batch: number): Batch {
  const pixels = work.inputShape.reduce((product, size) => product * size, 1);
  const images = uniform(STREAMS.images, batch * pixels);
  if (work.loss === "meanSquaredError")
    return { images, labels: uniform(STREAMS.labels, batch * work.outputs) };
  const draws = uniform(STREAMS.labels, batch);
  const labels = new Float32Array(batch * work.outputs);
  draws.forEach((draw, sample) => {
    labels[sample * work.outputs + Math.floor(draw * work.outputs)] = 1;
  });
  return { images, labels };
}

/** Shape of a layer's kernel as Keras lays it out: `[inputs, outputs]` or `[height, width, inputs, outputs]`. */
export function kernelShape(layer: CountedLayer): number[] {
  if (layer.kind === "dense") return [layer.inputs, layer.outputs];
  if (layer.kind === "lstm") return [layer.inputs, 4 * layer.units];
  return [layer.kernelSize, layer.kernelSize, layer.inputChannels, layer.outputChannels];
}

/**
 * The first kernel of layer `index`, the same for every peer, in Keras layout; the first biases are zero.
 *
 * Glorot uniform: `(2 u - 1) sqrt(6 / (fanIn + fanOut))`.
 */
export function makeKernel(layer: CountedLayer, index: number): Float32Array<ArrayBuffer> {
  return glorot(kernelShape(layer), STREAMS.kernels + index);
}

function glorot(shape: readonly number[], stream: number): Float32Array<ArrayBuffer> {
  const area = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const fanIn = area * shape[shape.length - 2]!;
  const fanOut = area * shape[shape.length - 1]!;
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  const draws = uniform(stream, fanIn * shape[shape.length - 1]!);
  return draws.map((draw) => (2 * draw - 1) * limit);
}

/** Size of a layer's bias. */
export function biasSize(layer: CountedLayer): number {
  if (layer.kind === "lstm") return 4 * layer.units;
  return layer.kind === "dense" ? layer.outputs : layer.outputChannels;
}

/** A weight, or its first value, with its shape. */
export interface FirstWeight {
  data: Float32Array<ArrayBuffer>;
  shape: number[];
}

/** The first weights of layer `index` in Keras's order: kernel, an LSTM's recurrent kernel, bias (its forget gate 1). */
export function makeWeights(layer: CountedLayer, index: number): FirstWeight[] {
  const kernel = { data: makeKernel(layer, index), shape: kernelShape(layer) };
  const bias = { data: new Float32Array(biasSize(layer)), shape: [biasSize(layer)] };
  if (layer.kind !== "lstm") return [kernel, bias];
  const { units } = layer;
  const shape = [units, 4 * units];
  bias.data.fill(1, units, 2 * units);
  return [kernel, { data: glorot(shape, STREAMS.recurrent + index), shape }, bias];
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
