import { DataError, HeklaError } from "@hekla/tensor";

/** Eigenvalues, the largest first, and for each its vector of length 1, whose largest component is positive. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: readonly Float64Array[];
}

/**
 * Eigenvalues of a symmetric matrix `[size, size]`, row-major, in ascending order, in double precision; only its lower
 * triangle is read. Householder's reduction to three diagonals, then the implicit QL method: about `4/3 size^3` operations.
 *
 * Written out here, with `symmetricEigen`, since it is all that a library for matrices would be taken for.
 * Source: Golub and Van Loan, "Matrix computations", 4th edition, algorithms 8.3.1 and 8.3.2.
 * @throws DataError if the matrix is not square or holds values that are not finite
 */
export function symmetricEigenvalues(matrix: ArrayLike<number>, size: number): Float64Array {
  return diagonalOf(matrix, size).sort();
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix: as `symmetricEigenvalues`, the reflections and rotations carried out on
 * the vectors as well.
 * @throws DataError if the matrix is not square or holds values that are not finite
 */
export function symmetricEigen(matrix: ArrayLike<number>, size: number): Eigen {
  const vectors = Array.from({ length: size }, (_, row) => {
    const vector = new Float64Array(size);
    vector[row] = 1;
    return vector;
  });
  const values = diagonalOf(matrix, size, vectors);
  const order = vectors.map((_, at) => at).sort((a, b) => values[b]! - values[a]!);
  return {
    values: Float64Array.from(order, (at) => values[at]!),
    vectors: order.map((at) => signed(vectors[at]!)),
  };
}

function signed(vector: Float64Array): Float64Array {
  const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? vector.map((value) => -value) : vector;
}

/** The eigenvalues as they come; `vectors` begin as the rows of the unit matrix and become the eigenvectors. */
function diagonalOf(
  matrix: ArrayLike<number>,
  size: number,
  vectors?: readonly Float64Array[],
): Float64Array {
  if (size < 1 || matrix.length !== size * size) {
    throw new DataError(`symmetricEigen: got ${matrix.length} values, expected ${size} x ${size}`);
  }
  const a = Float64Array.from(matrix);
  const bad = a.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new DataError(`symmetricEigen: row ${Math.floor(bad / size)} is not finite, expected numbers`);
  }
  const { diagonal, beside } = tridiagonal(a, size, vectors);
  diagonalize(diagonal, beside, vectors);
  return diagonal;
}

/** Reflects rows and columns one after the other, until only the diagonal and its neighbours are left. */
function tridiagonal(
  a: Float64Array,
  size: number,
  vectors: readonly Float64Array[] | undefined,
): { diagonal: Float64Array; beside: Float64Array } {
  const beside = new Float64Array(size);
  const v = new Float64Array(size);
  const p = new Float64Array(size);
  for (let column = 0; column < size - 2; column++) {
    let norm = 0;
    for (let row = column + 1; row < size; row++) norm = Math.hypot(norm, a[row * size + column]!);
    beside[column] = norm;
    if (norm === 0) continue;
    const head = a[(column + 1) * size + column]!;
    const sign = head < 0 ? -1 : 1;
    beside[column] = -sign * norm;
    for (let row = column + 1; row < size; row++) v[row] = a[row * size + column]! / norm;
    v[column + 1] = v[column + 1]! + sign;
    const scale = 1 / Math.abs(v[column + 1]!);
    reflect(a, size, column + 1, v, p, scale);
    if (vectors) reflectVectors(vectors, column + 1, v, scale);
  }
  if (size > 1) beside[size - 2] = a[(size - 1) * size + size - 2]!;
  return { diagonal: Float64Array.from({ length: size }, (_, at) => a[at * (size + 1)]!), beside };
}

/** `(I - scale v v') A (I - scale v v')` on the lower triangle from row and column `from`, by one update of rank two. */
function reflect(
  a: Float64Array,
  size: number,
  from: number,
  v: Float64Array,
  p: Float64Array,
  scale: number,
): void {
  p.fill(0, from);
  for (let row = from; row < size; row++) {
    const offset = row * size;
    let sum = a[offset + row]! * v[row]!;
    for (let column = from; column < row; column++) {
      sum += a[offset + column]! * v[column]!;
      p[column] = p[column]! + a[offset + column]! * v[row]!;
    }
    p[row] = p[row]! + sum;
  }
  let product = 0;
  for (let row = from; row < size; row++) {
    p[row] = p[row]! * scale;
    product += p[row]! * v[row]!;
  }
  const half = (product * scale) / 2;
  for (let row = from; row < size; row++) p[row] = p[row]! - half * v[row]!;
  for (let row = from; row < size; row++) {
    const offset = row * size;
    for (let column = from; column <= row; column++) {
      a[offset + column] = a[offset + column]! - v[row]! * p[column]! - p[row]! * v[column]!;
    }
  }
}

/** `(I - scale v v') V` for the rows V from `from` on. */
function reflectVectors(
  vectors: readonly Float64Array[],
  from: number,
  v: Float64Array,
  scale: number,
): void {
  const along = new Float64Array(v.length);
  for (let row = from; row < v.length; row++) {
    const vector = vectors[row]!;
    for (let k = 0; k < v.length; k++) along[k] = along[k]! + v[row]! * vector[k]!;
  }
  for (let row = from; row < v.length; row++) {
    const vector = vectors[row]!;
    for (let k = 0; k < v.length; k++) vector[k] = vector[k]! - scale * v[row]! * along[k]!;
  }
}

/** Turns `diagonal` into the eigenvalues by rotations that chase what lies `beside` it away. */
function diagonalize(
  diagonal: Float64Array,
  beside: Float64Array,
  vectors: readonly Float64Array[] | undefined,
): void {
  const size = diagonal.length;
  for (let first = 0; first < size; first++) {
    for (let round = 0; ; round++) {
      let last = first;
      while (last < size - 1 && !negligible(diagonal, beside, last)) last++;
      if (last === first) break;
      if (round === 60) throw new HeklaError("symmetricEigen: no end after 60 rounds, expected fewer");
      sweep(diagonal, beside, vectors, first, last);
    }
  }
}

const negligible = (diagonal: Float64Array, beside: Float64Array, at: number): boolean =>
  Math.abs(beside[at]!) <= Number.EPSILON * (Math.abs(diagonal[at]!) + Math.abs(diagonal[at + 1]!));

/** One implicit QL step with Wilkinson's shift on the block from `first` to `last`. */
function sweep(
  diagonal: Float64Array,
  beside: Float64Array,
  vectors: readonly Float64Array[] | undefined,
  first: number,
  last: number,
): void {
  const slope = (diagonal[first + 1]! - diagonal[first]!) / (2 * beside[first]!);
  const root = Math.hypot(slope, 1);
  const shift = diagonal[first]! - beside[first]! / (slope + (slope < 0 ? -root : root));
  let [sine, cosine, carried] = [1, 1, 0];
  let g = diagonal[last]! - shift;
  for (let at = last - 1; at >= first; at--) {
    const f = sine * beside[at]!;
    const b = cosine * beside[at]!;
    const length = Math.hypot(f, g);
    beside[at + 1] = length;
    if (length === 0) {
      // The block has come apart on the way.
      diagonal[at + 1] = diagonal[at + 1]! - carried;
      beside[last] = 0;
      return;
    }
    [sine, cosine] = [f / length, g / length];
    g = diagonal[at + 1]! - carried;
    const turned = (diagonal[at]! - g) * sine + 2 * cosine * b;
    carried = sine * turned;
    diagonal[at + 1] = g + carried;
    g = cosine * turned - b;
    if (vectors) rotate(vectors[at]!, vectors[at + 1]!, sine, cosine);
  }
  diagonal[first] = diagonal[first]! - carried;
  beside[first] = g;
  beside[last] = 0;
}

function rotate(vector: Float64Array, next: Float64Array, sine: number, cosine: number): void {
  for (let k = 0; k < vector.length; k++) {
    const [x, y] = [vector[k]!, next[k]!];
    next[k] = sine * x + cosine * y;
    vector[k] = cosine * x - sine * y;
  }
}
