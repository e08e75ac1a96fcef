import { HostRandom } from "@hekla/tensor";
import { FlowSolver, type FlowSolverOptions } from "./flow-solver.js";

/** What flows begin as: smoke that rises from sources and puffs, or eddies that stir some smoke. */
export type FlowScene = "plume" | "vortices";

export interface RandomFlowOptions extends Omit<FlowSolverOptions, "solid" | "cellSize"> {
  /** Default `"plume"`. */
  readonly scene?: FlowScene;
  /** Round obstacles in the way. Default 0. */
  readonly obstacles?: number;
}

/**
 * The flow number `run` of a seed, at its beginning: the box is 1 high, velocities are about 1 at most.
 *
 * `"plume"`: one or two inlets near the bottom, one to three puffs of smoke, and weak eddies. `"vortices"`:
 * strong eddies in a patch of smoke that does not rise unless `buoyancy` is given.
 */
export function randomFlow(seed: number, run: number, options: RandomFlowOptions = {}): FlowSolver {
  const { scene = "plume", obstacles = 0, height = 64, width = height, ...rest } = options;
  const random = new HostRandom(seed, "flow", run);
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  const wide = width / height;
  /** Adds a soft disc, of a place and size in units of the height, to a field of cells. */
  const disc = (field: Float64Array, x: number, y: number, radius: number, value: number): void => {
    for (let cell = 0; cell < field.length; cell += 1) {
      const dx = ((cell % width) + 0.5) / height - x;
      const dy = (Math.floor(cell / width) + 0.5) / height - y;
      const inside = Math.min(Math.max((1 - Math.sqrt(dx * dx + dy * dy) / radius) * 2, 0), 1);
      field[cell]! += value * inside * inside * (3 - 2 * inside);
    }
  };
  const solid = new Float64Array(height * width);
  for (let one = 0; one < obstacles; one += 1) {
    disc(solid, between(0.2, 0.8) * wide, between(0.25, 0.6), between(0.1, 0.16), 1);
  }
  const flow = new FlowSolver({
    ...rest,
    height,
    width,
    buoyancy: options.buoyancy ?? (scene === "plume" ? 1 : 0),
    solid: Uint8Array.from(solid, (value) => (value > 0.5 ? 1 : 0)),
  });
  if (scene === "plume") {
    flow.inflow = new Float64Array(height * width);
    for (let inlets = 1 + random.integer(2); inlets > 0; inlets -= 1) {
      disc(flow.inflow, between(0.2, 0.8) * wide, between(0.84, 0.92), between(0.07, 0.12), between(2, 5));
    }
  }
  for (let puffs = 1 + random.integer(3); puffs > 0; puffs -= 1) {
    const y = scene === "plume" ? between(0.5, 0.85) : between(0.25, 0.75);
    disc(flow.smoke, between(0.2, 0.8) * wide, y, between(0.12, 0.22), between(0.4, 1));
  }
  flow.smoke = flow.smoke.map((value, cell) => value * flow.grid.fluid[cell]!);
  stir(flow, random, scene === "plume" ? between(0.05, 0.2) : between(0.5, 1));
  flow.project();
  return flow;
}

/**
 * Sets velocities of random eddies, the fastest `speed`: differences of a stream function that is 0 at the
 * walls.
 */
function stir(flow: FlowSolver, random: HostRandom, speed: number): void {
  const { height, width } = flow.grid;
  const eddies = Array.from({ length: 6 + random.integer(5) }, () => ({
    x: random.uniform(),
    y: random.uniform(),
    size: 0.08 + 0.17 * random.uniform(),
    strength: 2 * random.uniform() - 1,
  }));
  const stream = Float64Array.from({ length: (height + 1) * (width + 1) }, (_, at) => {
    const [x, y] = [(at % (width + 1)) / width, Math.floor(at / (width + 1)) / height];
    let sum = 0;
    for (const eddy of eddies) {
      const square = ((x - eddy.x) * (x - eddy.x) + (y - eddy.y) * (y - eddy.y)) / (eddy.size * eddy.size);
      // Bell-shaped, but of divisions only: the exponential's last bits differ between JavaScript engines.
      sum += (eddy.strength * eddy.size) / ((1 + square) * (1 + square));
    }
    return sum * x * (1 - x) * y * (1 - y);
  });
  let fastest = 0;
  const { u, v } = flow;
  for (let face = 0; face < u.length; face += 1) {
    u[face] = stream[face + width + 1]! - stream[face]!;
    fastest = Math.max(fastest, Math.abs(u[face]!));
  }
  for (let face = 0; face < v.length; face += 1) {
    const node = face + Math.floor(face / width);
    v[face] = stream[node]! - stream[node + 1]!;
    fastest = Math.max(fastest, Math.abs(v[face]!));
  }
  flow.u = u.map((value) => (value * speed) / fastest);
  flow.v = v.map((value) => (value * speed) / fastest);
}
