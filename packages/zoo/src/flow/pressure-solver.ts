import { DataError } from "@hekla/tensor";
import type { FlowGrid } from "./flow-grid.js";

/**
 * How much of what incomplete factors leave out is put back on the diagonal, and when a pivot is too small.
 */
const [MODIFIED, SAFETY] = [0.97, 0.25];

/**
 * Solves `sum over fluid neighbours (q - q_neighbour) = b` for all fluid cells, no flow through walls, by
 * conjugate gradients with the modified incomplete Cholesky factors of level zero.
 *
 * The matrix is singular: a constant may be added to q. The right side of a closed box sums to 0, so that a
 * solution exists; the one with mean 0 is given.
 *
 * Source: R. Bridson, "Fluid simulation for computer graphics", 2nd edition (2015), chapter 5.
 */
export class PressureSolver {
  /** Iterations that the last solution took. */
  iterations = 0;
  /** Arrays have a border of one cell, so that no neighbour is missing. */
  readonly #stride: number;
  readonly #diagonal: Float64Array;
  /** -1 where this cell and the one to the right (below) are both fluid. */
  readonly #right: Float64Array;
  readonly #below: Float64Array;
  /** The factors, multiplied out so that each unknown waits for its neighbour by one product only. */
  readonly #pivot: Float64Array;
  readonly #fromLeft: Float64Array;
  readonly #fromAbove: Float64Array;
  readonly #fromRight: Float64Array;
  readonly #fromBelow: Float64Array;
  readonly #vectors: readonly Float64Array[];
  readonly #fluidCells: number;

  constructor(readonly grid: FlowGrid) {
    const { height, width, fluid, openU, openV } = grid;
    const stride = width + 2;
    const length = stride * (height + 2);
    const make = (): Float64Array => new Float64Array(length);
    this.#stride = stride;
    [this.#diagonal, this.#right, this.#below, this.#pivot] = [make(), make(), make(), make()];
    [this.#fromLeft, this.#fromAbove, this.#fromRight, this.#fromBelow] = [make(), make(), make(), make()];
    this.#vectors = [make(), make(), make(), make(), make()];
    this.#fluidCells = fluid.reduce((sum, one) => sum + one, 0);
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1) {
        const at = (row + 1) * stride + column + 1;
        const face = row * (width + 1) + column;
        const cell = row * width + column;
        const [right, below] = [openU[face + 1]!, openV[cell + width]!];
        this.#right[at] = -right;
        this.#below[at] = -below;
        this.#diagonal[at] = openU[face]! + right + openV[cell]! + below;
      }
    }
    this.#factor();
  }

  #factor(): void {
    const [diagonal, right, below, pivot] = [this.#diagonal, this.#right, this.#below, this.#pivot];
    const stride = this.#stride;
    for (let at = stride; at < diagonal.length - stride; at += 1) {
      if (diagonal[at] === 0) continue;
      const [leftPivot, upperPivot] = [pivot[at - 1]!, pivot[at - stride]!];
      const fromLeft = right[at - 1]! * leftPivot;
      const fromAbove = below[at - stride]! * upperPivot;
      const lost = fromLeft * below[at - 1]! * leftPivot + fromAbove * right[at - stride]! * upperPivot;
      let value = diagonal[at]! - fromLeft * fromLeft - fromAbove * fromAbove - MODIFIED * lost;
      if (value < SAFETY * diagonal[at]!) value = diagonal[at]!;
      pivot[at] = 1 / Math.sqrt(value);
      this.#fromLeft[at] = fromLeft * pivot[at]!;
      this.#fromAbove[at] = fromAbove * pivot[at]!;
      this.#fromRight[at] = right[at]! / value;
      this.#fromBelow[at] = below[at]! / value;
    }
  }

  /** `to` = the solution of the factors for `from`. */
  #precondition(from: Float64Array, to: Float64Array, between: Float64Array): void {
    const [pivot, stride] = [this.#pivot, this.#stride];
    const [fromLeft, fromAbove, fromRight, fromBelow] = [
      this.#fromLeft,
      this.#fromAbove,
      this.#fromRight,
      this.#fromBelow,
    ];
    const last = from.length - stride;
    for (let at = stride; at < last; at += 1) {
      const known = from[at]! * pivot[at]! - fromAbove[at]! * between[at - stride]!;
      between[at] = known - fromLeft[at]! * between[at - 1]!;
    }
    for (let at = last - 1; at >= stride; at -= 1) {
      const known = between[at]! * pivot[at]! - fromBelow[at]! * to[at + stride]!;
      to[at] = known - fromRight[at]! * to[at + 1]!;
    }
  }

  #multiply(by: Float64Array, to: Float64Array): void {
    const [diagonal, right, below, stride] = [this.#diagonal, this.#right, this.#below, this.#stride];
    for (let at = stride; at < by.length - stride; at += 1) {
      const level = right[at]! * by[at + 1]! + right[at - 1]! * by[at - 1]!;
      const upright = below[at]! * by[at + stride]! + below[at - stride]! * by[at - stride]!;
      to[at] = diagonal[at]! * by[at]! + level + upright;
    }
  }

  /**
   * Solves for the right side `b` `[height, width]` (0 in solid cells), starting from what `q` holds;
   * writes `q`.
   *
   * It ends where no cell's residual is above `enough`.
   * @throws DataError if that is not reached (values that are not finite, as a rule)
   */
  solve(b: Float64Array, q: Float64Array, enough: number): void {
    const { height, width, fluid } = this.grid;
    const stride = this.#stride;
    const [solution, residual, search, product, between] = this.#vectors as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const [inside, outside] = [(row: number) => (row + 1) * stride + 1, (row: number) => row * width];
    solution.fill(0);
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1) {
        const cell = outside(row) + column;
        solution[inside(row) + column] = q[cell]! * fluid[cell]!;
      }
    }
    this.#multiply(solution, residual);
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1) {
        const at = inside(row) + column;
        residual[at] = b[outside(row) + column]! - residual[at]!;
      }
    }
    this.#iterate(solution, residual, search, product, between, enough);
    let mean = 0;
    for (const value of solution) mean += value / this.#fluidCells;
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1) {
        const cell = outside(row) + column;
        q[cell] = fluid[cell] ? solution[inside(row) + column]! - mean : 0;
      }
    }
  }

  #iterate(
    solution: Float64Array,
    residual: Float64Array,
    search: Float64Array,
    product: Float64Array,
    between: Float64Array,
    enough: number,
  ): void {
    this.iterations = 0;
    const most = 20 * (this.grid.height + this.grid.width);
    if (largestOf(residual) <= enough) return;
    this.#precondition(residual, search, between);
    let weight = dot(residual, search);
    // The largest residual is looked for where the mean square allows that it is small enough.
    const square = enough * enough * this.#fluidCells;
    while (this.iterations < most && Number.isFinite(weight)) {
      this.iterations += 1;
      this.#multiply(search, product);
      const step = weight / dot(search, product);
      for (let at = 0; at < solution.length; at += 1) {
        solution[at]! += step * search[at]!;
        residual[at]! -= step * product[at]!;
      }
      if (dot(residual, residual) <= square && largestOf(residual) <= enough) return;
      this.#precondition(residual, product, between);
      const next = dot(residual, product);
      const ratio = next / weight;
      weight = next;
      for (let at = 0; at < search.length; at += 1) search[at] = product[at]! + ratio * search[at]!;
    }
    const got = `a residual of ${largestOf(residual)} after ${this.iterations} iterations`;
    throw new DataError(`PressureSolver: no convergence, got ${got}, expected ${enough} or less`);
  }
}

/** In four sums side by side, since one addition after the other would wait for each other. */
function dot(a: Float64Array, b: Float64Array): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let at = 0; at < whole; at += 4) {
    first += a[at]! * b[at]!;
    second += a[at + 1]! * b[at + 1]!;
    third += a[at + 2]! * b[at + 2]!;
    fourth += a[at + 3]! * b[at + 3]!;
  }
  for (let at = whole; at < a.length; at += 1) first += a[at]! * b[at]!;
  return first + second + (third + fourth);
}

/** The largest absolute value; NaN if there is one. */
export function largestOf(values: Float64Array): number {
  let largest = 0;
  for (let at = 0; at < values.length; at += 1) largest = Math.max(largest, Math.abs(values[at]!));
  return largest;
}
