import { Pauses } from "@hekla/layers";
import { DataError, type HostArray } from "@hekla/tensor";
import { flowData } from "./flow-data.js";
import { randomFlow } from "./random-flow.js";

/** What simulations are made for; none is made for two of these. */
export type SimulationPart = "train" | "validation" | "test";

export interface PressureSeriesOptions {
  readonly part: SimulationPart;
  /** Rows and columns of cells. */
  readonly grid: number;
  readonly simulations: number;
  /** Number of the first one. Default 0. */
  readonly first?: number;
  /** Frames of each. */
  readonly frames: number;
  /** Steps of the solver from a frame to the next. */
  readonly stepsPerFrame: number;
  /** Of training and validation; test simulations are always the same. */
  readonly seed: number;
  /** Ends after the simulation in progress. */
  readonly signal?: AbortSignal | undefined;
}

/** Pressure fields of rising smoke, as the solver has them. */
export interface PressureSeries {
  /** `[simulations, frames, 1, grid, grid]`, the top row first; each field's mean is 0. */
  readonly fields: HostArray;
  readonly source: string;
}

// Beyond all seeds that a training may have: a config's are below 2^32.
const validationSeeds = 2 ** 33;
const testSeed = 2 ** 34;
/** Steps up to the first frame. */
const warmUp = 8;

/**
 * Runs the solver once for each simulation; signals and pages have their turn between two. A simulation
 * depends on part, seed (but for tests), its number and settings alone.
 */
export async function pressureSeries(options: PressureSeriesOptions): Promise<PressureSeries> {
  const { part, grid, simulations, first = 0, frames, stepsPerFrame, seed } = options;
  const own = part === "train" ? seed : part === "validation" ? validationSeeds + seed : testSeed;
  const length = frames * grid * grid;
  if (simulations * length >= 2 ** 30) {
    const got = `${simulations} simulations of ${frames} frames of ${grid} x ${grid} cells`;
    throw new DataError(`latent-physics: too much for memory, got ${got}, expected fewer than 2^30 values`);
  }
  const made = new Float32Array(simulations * length);
  const pauses = new Pauses();
  let done = 0;
  while (done < simulations && (done === 0 || !options.signal?.aborted)) {
    const run = flowData({
      height: grid,
      runs: 1,
      first: first + done,
      steps: frames,
      stepsPerFrame,
      warmUp,
      channels: ["pressure"],
      seed: own,
    });
    made.set(run.frames.data, done * length);
    done += 1;
    if (pauses.due()) await pauses.take();
  }
  return {
    fields: { data: made.subarray(0, done * length), shape: [done, frames, 1, grid, grid] },
    source: `solver, rising smoke, ${grid} x ${grid} cells`,
  };
}

/** Milliseconds that the solver takes for each frame ahead of the first test simulation. */
export function solverTimes(
  options: Pick<PressureSeriesOptions, "grid" | "stepsPerFrame"> & {
    readonly given: number;
    readonly horizon: number;
  },
): number[] {
  const { grid, stepsPerFrame, given, horizon } = options;
  const flow = randomFlow(testSeed, 0, { height: grid });
  for (let step = warmUp + (given - 1) * stepsPerFrame; step > 0; step -= 1) flow.step();
  return Array.from({ length: horizon }, () => {
    const started = performance.now();
    for (let step = 0; step < stepsPerFrame; step += 1) flow.step();
    return performance.now() - started;
  });
}

/** Turns rows of so many values around: what they show, as in a mirror. */
export function mirror(rows: Float32Array, width: number): void {
  for (let row = 0; row < rows.length; row += width) rows.subarray(row, row + width).reverse();
}
