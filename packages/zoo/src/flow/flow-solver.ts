import { DataError } from "@hekla/tensor";
import { type AdvectionScheme, advect } from "./advection.js";
import { type FlowGrid, flowGrid } from "./flow-grid.js";
import { largestOf, PressureSolver } from "./pressure-solver.js";

export interface FlowSolverOptions {
  /** Rows of cells, 4 or more. Default 64. */
  readonly height?: number;
  /** Columns of cells, 4 or more. Default: as many. */
  readonly width?: number;
  /** Side of a cell. Default `1 / height`: the box is 1 high. */
  readonly cellSize?: number;
  /** Time of a step. Default 0.05. */
  readonly timeStep?: number;
  /** Kinematic viscosity. Default 0 (advection itself damps a little). */
  readonly viscosity?: number;
  /** Upward acceleration of fluid of smoke density 1. Default 1. */
  readonly buoyancy?: number;
  /** Default `"macCormack"`. */
  readonly advection?: AdvectionScheme;
  /**
   * What a projection leaves: flow out of a cell beside the largest velocity times a cell's side, at most.
   * Default 1e-6.
   */
  readonly tolerance?: number;
  /** Obstacles: not 0 in solid cells `[height, width]`. Default: none. */
  readonly solid?: Uint8Array;
}

/**
 * Incompressible flow of fluid of density 1 with smoke that rises, in a closed box without friction at its
 * walls:
 *
 * `du/dt = -(u . grad) u - grad p + viscosity lap u + buoyancy smoke up`, `div u = 0`, `dsmoke/dt = -(u .
 * grad) smoke + inflow`.
 *
 * Half a step carries the velocity along, adds forces, diffuses explicitly (in as many parts as stability
 * asks for) and projects onto the flows without divergence. In the middle of a step the velocity is not the
 * projected one but its mirror image on the other side of those flows, so that the second half begins with
 * what the first one's projection would take from it: a step is of second order and loses far less energy
 * than plain projection. The projected velocity of the middle carries the smoke along.
 *
 * Velocities lie on the faces of cells (see `FlowGrid`); x goes to the right, y downwards. Set `u`, `v` and
 * `smoke`, then call `project()` if the velocities may have a divergence.
 *
 * Source: J. Zehnder, R. Narain, B. Thomaszewski, "An advection-reflection solver for detail-preserving
 * fluid simulation", ACM Transactions on Graphics 37 (2018); A. Chorin, "Numerical solution of the Navier-
 * Stokes equations", Mathematics of Computation 22 (1968).
 */
export class FlowSolver {
  readonly grid: FlowGrid;
  readonly timeStep: number;
  /** Velocity to the right `[height, width + 1]`. */
  u: Float64Array;
  /** Velocity downwards `[height + 1, width]`. */
  v: Float64Array;
  /** Density of the smoke `[height, width]`. */
  smoke: Float64Array;
  /** Pressure `[height, width]` in the middle of the last step, its mean 0. */
  readonly pressure: Float64Array;
  /** Smoke that flows in, density a unit of time `[height, width]`. */
  inflow: Float64Array | undefined;
  /** Iterations that all projections so far took. */
  iterations = 0;
  /** Time since the beginning. */
  time = 0;
  readonly #settings: Required<Pick<FlowSolverOptions, "viscosity" | "buoyancy" | "advection" | "tolerance">>;
  readonly #solver: PressureSolver;
  /** Flow into each cell. */
  readonly #inward: Float64Array;

  constructor(options: FlowSolverOptions = {}) {
    const { height = 64, width = height, cellSize = 1 / height, timeStep = 0.05, solid } = options;
    const { viscosity = 0, buoyancy = 1, advection = "macCormack", tolerance = 1e-6 } = options;
    for (const [name, value, good, expected] of [
      ["height", height, Number.isInteger(height) && height >= 4, "an integer from 4"],
      ["width", width, Number.isInteger(width) && width >= 4, "an integer from 4"],
      ["cellSize", cellSize, cellSize > 0 && Number.isFinite(cellSize), "a number above 0"],
      ["timeStep", timeStep, timeStep > 0 && Number.isFinite(timeStep), "a number above 0"],
      ["viscosity", viscosity, viscosity >= 0 && Number.isFinite(viscosity), "a number from 0"],
      ["buoyancy", buoyancy, Number.isFinite(buoyancy), "a number"],
      ["tolerance", tolerance, tolerance > 0 && tolerance < 1, "a number between 0 and 1"],
      ["solid", solid?.length, !solid || solid.length === height * width, `${height * width} values`],
    ] as const) {
      if (good) continue;
      throw new DataError(`FlowSolver: bad ${name}, got ${value}, expected ${expected}`);
    }
    this.grid = flowGrid(height, width, cellSize, solid);
    if (!this.grid.fluid.includes(1)) {
      throw new DataError("FlowSolver: bad solid, got solid cells only, expected some fluid");
    }
    this.timeStep = timeStep;
    this.#settings = { viscosity, buoyancy, advection, tolerance };
    this.#solver = new PressureSolver(this.grid);
    this.u = new Float64Array(height * (width + 1));
    this.v = new Float64Array((height + 1) * width);
    this.smoke = new Float64Array(height * width);
    this.pressure = new Float64Array(height * width);
    this.#inward = new Float64Array(height * width);
  }

  /** Goes on by `timeStep`. */
  step(): void {
    const { timeStep, pressure } = this;
    this.#halfStep(this.u, this.v);
    const [freeU, freeV] = [this.u.slice(), this.v.slice()];
    // The solver's unknown is pressure * time / cellSize; the last pressure is a good first guess.
    const unit = (2 * this.grid.cellSize) / timeStep;
    const guess = pressure.map((value) => value / unit);
    this.#project(guess);
    for (let cell = 0; cell < pressure.length; cell += 1) pressure[cell] = guess[cell]! * unit;
    const [middleU, middleV] = [this.u, this.v];
    this.u = freeU.map((value, face) => 2 * middleU[face]! - value);
    this.v = freeV.map((value, face) => 2 * middleV[face]! - value);
    this.#carrySmoke(middleU, middleV);
    this.#halfStep(middleU, middleV);
    this.project();
    this.time += timeStep;
  }

  /** Half a step of all but pressure, carried along by the flow `u`, `v`. */
  #halfStep(u: Float64Array, v: Float64Array): void {
    const { grid, timeStep } = this;
    const { height, width, cellSize, openU, openV } = grid;
    const { advection, buoyancy, viscosity } = this.#settings;
    const [own, below] = [this.u, this.v];
    const inU = { values: own, rows: height, columns: width + 1, x: 0, y: 0.5 };
    const inV = { values: below, rows: height + 1, columns: width, x: 0.5, y: 0 };
    this.u = advect(inU, u, v, grid, timeStep / 2, advection);
    this.v = advect(inV, u, v, grid, timeStep / 2, advection);
    // Smoke lifts the faces above and below its cell, by half of what one cell weighs.
    const lift = (buoyancy * timeStep) / 4;
    for (let face = width; face < this.v.length - width; face += 1) {
      this.v[face]! -= lift * (this.smoke[face - width]! + this.smoke[face]!);
    }
    for (let face = 0; face < this.u.length; face += 1) this.u[face]! *= openU[face]!;
    for (let face = 0; face < this.v.length; face += 1) this.v[face]! *= openV[face]!;
    // Explicit diffusion is stable up to a quarter.
    const reach = (viscosity * timeStep) / (2 * cellSize * cellSize);
    const parts = Math.ceil(reach * 4);
    for (let part = 0; part < parts; part += 1) {
      this.u = diffused(this.u, height, width + 1, openU, reach / parts);
      this.v = diffused(this.v, height + 1, width, openV, reach / parts);
    }
  }

  #carrySmoke(u: Float64Array, v: Float64Array): void {
    const { grid, timeStep, inflow } = this;
    const { height, width, fluid } = grid;
    const field = { values: this.smoke, rows: height, columns: width, x: 0.5, y: 0.5 };
    this.smoke = advect(field, u, v, grid, timeStep, this.#settings.advection);
    for (let cell = 0; cell < fluid.length; cell += 1) {
      this.smoke[cell] = (this.smoke[cell]! + timeStep * (inflow?.[cell] ?? 0)) * fluid[cell]!;
    }
  }

  /** Makes the velocities those of the nearest flow without divergence. */
  project(): void {
    this.#project(new Float64Array(this.pressure.length));
  }

  /** Subtracts the differences of `q`, which is given as a first guess and found. */
  #project(q: Float64Array): void {
    const { u, v, grid } = this;
    const { height, width, openU, openV } = grid;
    for (let face = 0; face < u.length; face += 1) u[face]! *= openU[face]!;
    for (let face = 0; face < v.length; face += 1) v[face]! *= openV[face]!;
    const inward = this.#inward;
    for (let row = 0, cell = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1, cell += 1) {
        const face = cell + row;
        inward[cell] = u[face]! - u[face + 1]! + v[cell]! - v[cell + width]!;
      }
    }
    const enough = this.#settings.tolerance * Math.max(largestOf(u), largestOf(v));
    this.#solver.solve(inward, q, Math.max(enough, Number.MIN_VALUE));
    for (let row = 0, cell = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1, cell += 1) {
        const face = cell + row;
        if (openU[face]) u[face]! -= q[cell]! - q[cell - 1]!;
        if (openV[cell]) v[cell]! -= q[cell]! - q[cell - width]!;
      }
    }
    this.iterations += this.#solver.iterations;
  }

  /** The largest absolute divergence of a cell, 1 over time. */
  maxDivergence(): number {
    const { u, v } = this;
    const { height, width, cellSize } = this.grid;
    let largest = 0;
    for (let row = 0, cell = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1, cell += 1) {
        const face = cell + row;
        const out = u[face + 1]! - u[face]! + v[cell + width]! - v[cell]!;
        largest = Math.max(largest, Math.abs(out) / cellSize);
      }
    }
    return largest;
  }

  /** Half the sum of the squared velocities times the area of a cell. */
  kineticEnergy(): number {
    const squares = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);
    return 0.5 * (squares(this.u) + squares(this.v)) * this.grid.cellSize * this.grid.cellSize;
  }
}

/** One explicit part of a step; there is no friction at the box's walls, but at obstacles. */
function diffused(field: Float64Array, rows: number, columns: number, open: Uint8Array, reach: number) {
  const result = new Float64Array(field.length);
  for (let row = 0, at = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, at += 1) {
      if (!open[at]) continue;
      const own = field[at]!;
      const left = column > 0 ? field[at - 1]! : own;
      const right = column + 1 < columns ? field[at + 1]! : own;
      const above = row > 0 ? field[at - columns]! : own;
      const below = row + 1 < rows ? field[at + columns]! : own;
      result[at] = own + reach * (left + right + (above + below) - 4 * own);
    }
  }
  return result;
}
