import { DataError, type HostArray } from "@hekla/tensor";
import { symmetricEigenvalues } from "../linear-algebra/symmetric-eigen.js";

/** Mean `[features]` and covariance `[features, features]` of a sample, in double precision. */
export interface Gaussian {
  readonly samples: number;
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/**
 * The Gaussian with the moments of `features` `[samples, features]`; the covariance is divided by `samples - 1`.
 * @throws DataError for less than two samples, another rank, or values that are not finite
 */
export function gaussianOf({ data, shape }: HostArray): Gaussian {
  const [samples = 0, size = 0] = shape;
  if (shape.length !== 2 || samples < 2 || size < 1) {
    throw new DataError(
      `frechet: features do not fit, got [${shape}], expected [samples, features], two samples or more`,
    );
  }
  const mean = new Float64Array(size);
  for (let at = 0; at < data.length; at++) mean[at % size] = mean[at % size]! + data[at]! / samples;
  const bad = mean.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new DataError(`frechet: feature ${bad} is not finite, got ${mean[bad]}, expected numbers`);
  }
  const covariance = new Float64Array(size * size);
  const row = new Float64Array(size);
  for (let sample = 0; sample < samples; sample++) {
    for (let at = 0; at < size; at++) row[at] = data[sample * size + at]! - mean[at]!;
    for (let i = 0; i < size; i++) {
      const value = row[i]! / (samples - 1);
      // Units that rest cost nothing.
      if (value === 0) continue;
      for (let j = 0; j <= i; j++) covariance[i * size + j] = covariance[i * size + j]! + value * row[j]!;
    }
  }
  mirror(covariance, size);
  return { samples, mean, covariance };
}

/**
 * The distance of Frechet (Wasserstein-2, squared) of two Gaussians:
 * `|m1 - m2|^2 + trace(C1 + C2 - 2 (C1 C2)^(1/2))`. With `C1 = L L'`, `C1 C2` has the eigenvalues of the symmetric
 * `L' C2 L`, so that the trace of its root is the sum of theirs, and no root of a matrix has to be found.
 * @throws DataError for Gaussians of different sizes
 * Source: Dowson and Landau 1982; on features of a network: Heusel et al. 2017.
 */
export function frechetDistance(a: Gaussian, b: Gaussian): number {
  const size = a.mean.length;
  if (b.mean.length !== size) {
    throw new DataError(
      `frechet: sizes differ, got ${size} and ${b.mean.length} features, expected the same`,
    );
  }
  let distance = 0;
  for (let at = 0; at < size; at++) {
    const diagonal = at * (size + 1);
    distance += (a.mean[at]! - b.mean[at]!) ** 2 + a.covariance[diagonal]! + b.covariance[diagonal]!;
  }
  const factor = choleskyFactor(a.covariance, size);
  const product = symmetricEigenvalues(congruent(factor, b.covariance, size), size);
  return distance - 2 * product.reduce((sum, value) => sum + Math.sqrt(Math.max(value, 0)), 0);
}

/** The trace of the covariance: how much the features vary. */
export const variance = ({ mean, covariance }: Gaussian): number =>
  mean.reduce((sum, _, at) => sum + covariance[at * (mean.length + 1)]!, 0);

/** Lower L with `L L' = C`; a column whose pivot is lost in rounding is zero, as C may be singular. */
function choleskyFactor(matrix: Float64Array, size: number): Float64Array {
  const factor = new Float64Array(size * size);
  let largest = 0;
  for (let at = 0; at < size; at++) largest = Math.max(largest, matrix[at * (size + 1)]!);
  const least = largest * size * Number.EPSILON;
  for (let column = 0; column < size; column++) {
    const pivot = matrix[column * (size + 1)]! - rowProduct(factor, size, column, column, column);
    if (pivot <= least) continue;
    const root = Math.sqrt(pivot);
    factor[column * (size + 1)] = root;
    for (let row = column + 1; row < size; row++) {
      const rest = matrix[row * size + column]! - rowProduct(factor, size, row, column, column);
      factor[row * size + column] = rest / root;
    }
  }
  return factor;
}

/** Product of the first `length` values of two rows. */
function rowProduct(matrix: Float64Array, size: number, row: number, other: number, length: number): number {
  let sum = 0;
  for (let at = 0; at < length; at++) sum += matrix[row * size + at]! * matrix[other * size + at]!;
  return sum;
}

/** `L' C L` of a lower L and a symmetric C. */
function congruent(factor: Float64Array, matrix: Float64Array, size: number): Float64Array {
  const half = new Float64Array(size * size); // C L, by rows
  const result = new Float64Array(size * size);
  const addRow = (
    to: Float64Array,
    row: number,
    from: Float64Array,
    other: number,
    scale: number,
    end: number,
  ) => {
    for (let at = 0; at < end; at++) {
      to[row * size + at] = to[row * size + at]! + scale * from[other * size + at]!;
    }
  };
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < size; k++) addRow(half, row, factor, k, matrix[row * size + k]!, k + 1);
  }
  for (let k = 0; k < size; k++) {
    for (let row = 0; row <= k; row++) addRow(result, row, half, k, factor[k * size + row]!, size);
  }
  return result;
}

function mirror(matrix: Float64Array, size: number): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++) matrix[column * size + row] = matrix[row * size + column]!;
  }
}
