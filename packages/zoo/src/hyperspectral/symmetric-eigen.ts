import { DataError } from "@hekla/tensor";

/** Eigenvalues, the largest first, and for each its vector of length 1. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: readonly Float64Array[];
}

const mostSweeps = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix `[size, size]`, row-major, by Jacobi's rotations: each makes one
 * element off the diagonal zero, until none is left that counts. In each vector, the largest component is positive.
 *
 * Written out here, since it is all that a library for matrices would be taken for.
 *
 * @throws DataError if the matrix is not square or holds values that are not finite
 *
 * Source: G. H. Golub, C. F. Van Loan, "Matrix computations", 4th edition, section 8.5 (cyclic Jacobi).
 */
export function symmetricEigen(matrix: ArrayLike<number>, size: number): Eigen {
  if (size < 1 || matrix.length !== size * size) {
    throw new DataError(`symmetricEigen: got ${matrix.length} values, expected ${size} x ${size}`);
  }
  const rows = Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: size }, (_, j) => matrix[i * size + j]!),
  );
  const bad = rows.findIndex((row) => !row.every(Number.isFinite));
  if (bad >= 0) throw new DataError(`symmetricEigen: row ${bad} is not finite, expected numbers`);
  const vectors = rows.map((_, i) => Float64Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)));
  const scale = rows.reduce((sum, row) => sum + squares(row), 0);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) off += rows[p]![q]! ** 2;
    if (off <= scale * 1e-30) break;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(rows, vectors, p, q);
  }
  const order = rows.map((_, i) => i).sort((a, b) => rows[b]![b]! - rows[a]![a]!);
  return {
    values: Float64Array.from(order, (i) => rows[i]![i]!),
    vectors: order.map((i) => signed(vectors[i]!)),
  };
}

/** Makes element `(p, q)` zero; row `i` of `vectors` is the vector of the `i`-th element of the diagonal. */
function rotate(rows: readonly Float64Array[], vectors: readonly Float64Array[], p: number, q: number): void {
  const [rowP, rowQ] = [rows[p]!, rows[q]!];
  const off = rowP[q]!;
  // What would not change the diagonal in its last place is as good as zero.
  if (Math.abs(off) <= 1e-18 * (Math.abs(rowP[p]!) + Math.abs(rowQ[q]!))) return;
  const ratio = (rowQ[q]! - rowP[p]!) / (2 * off);
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  const turn = (a: Float64Array, b: Float64Array) => {
    for (let k = 0; k < a.length; k++) {
      const [x, y] = [a[k]!, b[k]!];
      a[k] = cosine * x - sine * y;
      b[k] = sine * x + cosine * y;
    }
  };
  turn(rowP, rowQ);
  for (const row of rows) {
    const [x, y] = [row[p]!, row[q]!];
    row[p] = cosine * x - sine * y;
    row[q] = sine * x + cosine * y;
  }
  turn(vectors[p]!, vectors[q]!);
}

const squares = (row: Float64Array): number => row.reduce((sum, value) => sum + value * value, 0);

function signed(vector: Float64Array): Float64Array {
  const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? vector.map((value) => -value) : vector;
}
