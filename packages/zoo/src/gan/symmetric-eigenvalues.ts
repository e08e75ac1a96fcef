import { HeklaError } from "@hekla/tensor";

/**
 * Eigenvalues of a symmetric matrix `[size, size]`, row-major, in ascending order, in double precision; only its lower
 * triangle is read. Householder's reduction to three diagonals, then the implicit QL method: about `4/3 size^3` operations.
 * Source: Golub and Van Loan, "Matrix computations", 4th edition, algorithms 8.3.1 and 8.3.2.
 * @throws HeklaError for values that are not finite
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  if (!matrix.every(Number.isFinite)) {
    throw new HeklaError("symmetricEigenvalues: the matrix has values that are not finite, expected numbers");
  }
  const { diagonal, beside } = tridiagonal(Float64Array.from(matrix), size);
  diagonalize(diagonal, beside);
  return diagonal.sort();
}

/** Reflects rows and columns one after the other, until only the diagonal and its neighbours are left. */
function tridiagonal(a: Float64Array, size: number): { diagonal: Float64Array; beside: Float64Array } {
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

/** Turns `diagonal` into the eigenvalues by rotations that chase what lies `beside` it away. */
function diagonalize(diagonal: Float64Array, beside: Float64Array): void {
  const size = diagonal.length;
  for (let first = 0; first < size; first++) {
    for (let round = 0; ; round++) {
      let last = first;
      while (last < size - 1 && !negligible(diagonal, beside, last)) last++;
      if (last === first) break;
      if (round === 60) throw new HeklaError("symmetricEigenvalues: no end after 60 rounds, expected fewer");
      sweep(diagonal, beside, first, last);
    }
  }
}

const negligible = (diagonal: Float64Array, beside: Float64Array, at: number): boolean =>
  Math.abs(beside[at]!) <= Number.EPSILON * (Math.abs(diagonal[at]!) + Math.abs(diagonal[at + 1]!));

/** One implicit QL step with Wilkinson's shift on the block from `first` to `last`. */
function sweep(diagonal: Float64Array, beside: Float64Array, first: number, last: number): void {
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
  }
  diagonal[first] = diagonal[first]! - carried;
  beside[first] = g;
  beside[last] = 0;
}
