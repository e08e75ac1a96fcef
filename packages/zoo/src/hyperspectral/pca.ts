import { DataError, type HostArray } from "@hekla/tensor";
import { symmetricEigen } from "../linear-algebra/symmetric-eigen.js";

/** The subspace nearest to a set of spectra. */
export interface Pca {
  /** What is taken off before: the mean spectrum, or zeros. */
  readonly mean: Float64Array;
  /** Directions of length 1, at right angles to each other, the one of the largest variance first. */
  readonly components: readonly Float64Array[];
}

/**
 * Principal components of spectra `[samples, bands]`: the `count` directions in which they vary most.
 * @param centred false: of the second moments about 0, not about the mean. Default true
 * @throws DataError for more components than bands, or values that are not finite
 * Source: K. Pearson, "On lines and planes of closest fit to systems of points in space", 1901.
 */
export function pca({ data, shape }: HostArray, count: number, centred = true): Pca {
  const [samples = 0, bands = 0] = shape;
  if (count > bands || samples < 1) {
    throw new DataError(
      `pca: got ${count} components of [${samples}, ${bands}] values, expected at most one a band`,
    );
  }
  const mean = new Float64Array(bands);
  if (centred) {
    for (let at = 0; at < data.length; at++) mean[at % bands]! += data[at]! / samples;
  }
  const moments = new Float64Array(bands * bands);
  const deviation = new Float64Array(bands);
  for (let sample = 0; sample < samples; sample++) {
    for (let band = 0; band < bands; band++) deviation[band] = data[sample * bands + band]! - mean[band]!;
    for (let i = 0; i < bands; i++) {
      const factor = deviation[i]!;
      for (let j = 0; j <= i; j++) moments[i * bands + j]! += factor * deviation[j]!;
    }
  }
  for (let i = 0; i < bands; i++) {
    for (let j = 0; j < i; j++) moments[j * bands + i] = moments[i * bands + j]!;
  }
  return { mean, components: symmetricEigen(moments, bands).vectors.slice(0, count) };
}

/** Spectra `[samples, bands]` as coordinates `[samples, components]`. */
export function projectPca({ mean, components }: Pca, { data, shape }: HostArray): Float64Array {
  const [samples = 0, bands = 0] = shape;
  const codes = new Float64Array(samples * components.length);
  for (let sample = 0; sample < samples; sample++) {
    components.forEach((component, k) => {
      let sum = 0;
      for (let band = 0; band < bands; band++) {
        sum += component[band]! * (data[sample * bands + band]! - mean[band]!);
      }
      codes[sample * components.length + k] = sum;
    });
  }
  return codes;
}

/** Coordinates `[samples, components]` as spectra `[samples, bands]`. */
export function restorePca({ mean, components }: Pca, codes: ArrayLike<number>): Float64Array {
  const samples = codes.length / components.length;
  const bands = mean.length;
  const spectra = new Float64Array(samples * bands);
  for (let sample = 0; sample < samples; sample++) {
    const to = spectra.subarray(sample * bands, (sample + 1) * bands);
    to.set(mean);
    components.forEach((component, k) => {
      const code = codes[sample * components.length + k]!;
      for (let band = 0; band < bands; band++) to[band]! += code * component[band]!;
    });
  }
  return spectra;
}
