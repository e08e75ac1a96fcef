import { DataError, type HostArray, HostRandom } from "@hekla/tensor";
import { pca, projectPca, restorePca } from "./pca.js";

/**
 * Endmembers `[count, bands]` of spectra `[pixels, bands]` by vertex component analysis: the pixels that lie farthest out, each
 * in a random direction at right angles to those found before, in the projection onto the leading subspace.
 *
 * Spectra are projected onto the first `count` singular directions, and each is divided by its product with the mean, so that
 * brightness does not count (the method's projection for high signal to noise). What is given back are the pixels found, within
 * that subspace, which leaves most of the noise out; values below 0 are made 0.
 *
 * It reads nothing but the pixels. The same seed gives the same endmembers.
 *
 * @throws DataError unless there are 2 endmembers or more, and pixels for them
 * Source: J. M. P. Nascimento, J. M. B. Dias, "Vertex component analysis: a fast algorithm to unmix hyperspectral data", IEEE
 * Transactions on Geoscience and Remote Sensing 43 (2005).
 */
export function vertexComponents(pixels: HostArray, count: number, seed: number): HostArray {
  const [samples = 0, bands = 0] = pixels.shape;
  if (count < 2 || samples < count) {
    throw new DataError(
      `vertexComponents: got ${count} endmembers of ${samples} pixels, expected 2 to as many as pixels`,
    );
  }
  const subspace = pca(pixels, count, false);
  const codes = projectPca(subspace, pixels);
  const scaled = bySharedBrightness(codes, count);
  const random = new HostRandom(seed, "vertexComponents");
  const basis: Float64Array[] = [];
  const found: number[] = [];
  while (found.length < count) {
    const direction = atRightAngles(
      Float64Array.from({ length: count }, () => random.normal()),
      basis,
    );
    const pixel = farthest(scaled, direction);
    found.push(pixel);
    const rest = atRightAngles(scaled.slice(pixel * count, (pixel + 1) * count), basis);
    basis.push(ofLengthOne(rest));
  }
  const chosen = found.flatMap((pixel) => [...codes.subarray(pixel * count, (pixel + 1) * count)]);
  const spectra = restorePca(subspace, chosen);
  return { data: Float32Array.from(spectra, (value) => Math.max(value, 0)), shape: [count, bands] };
}

/** Coordinates `[pixels, count]`, each divided by its product with their mean. */
function bySharedBrightness(codes: Float64Array, count: number): Float64Array {
  const mean = new Float64Array(count);
  for (let at = 0; at < codes.length; at++) mean[at % count]! += (codes[at]! * count) / codes.length;
  const scaled = new Float64Array(codes.length);
  for (let pixel = 0; pixel < codes.length; pixel += count) {
    const code = codes.subarray(pixel, pixel + count);
    const product = dot(code, mean);
    // A pixel of no light at all lies nowhere.
    if (product > 0)
      scaled.set(
        code.map((value) => value / product),
        pixel,
      );
  }
  return scaled;
}

function farthest(points: Float64Array, direction: Float64Array): number {
  const count = direction.length;
  let [best, at] = [-1, 0];
  for (let pixel = 0; pixel < points.length / count; pixel++) {
    const distance = Math.abs(dot(points.subarray(pixel * count, (pixel + 1) * count), direction));
    if (distance > best) [best, at] = [distance, pixel];
  }
  return at;
}

/** What is left of a vector when its parts along the basis are taken off. */
function atRightAngles(vector: Float64Array, basis: readonly Float64Array[]): Float64Array {
  let rest = vector;
  for (const unit of basis) {
    const along = dot(rest, unit);
    rest = rest.map((value, k) => value - along * unit[k]!);
  }
  return rest;
}

function ofLengthOne(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return length > 0 ? vector.map((value) => value / length) : vector;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
