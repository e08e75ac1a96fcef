import { DataError, type HostArray } from "@hekla/tensor";
import type { FlowSolver } from "./flow-solver.js";
import { type RandomFlowOptions, randomFlow } from "./random-flow.js";

/** What a frame can hold, in this order. */
export const flowChannels = ["pressure", "smoke", "velocityX", "velocityY"] as const;

/**
 * A quantity of cells: pressure, density of the smoke, velocity to the right and downwards in the cells'
 * middles.
 */
export type FlowChannel = (typeof flowChannels)[number];

export interface FlowDataOptions extends RandomFlowOptions {
  /** How many flows. Default 16. */
  readonly runs?: number;
  /** Number of the first flow, default 0: two ranges that do not overlap share none. */
  readonly first?: number;
  /** Frames of a flow. Default 60. */
  readonly steps?: number;
  /** Steps of the solver from a frame to the next. Default 1. */
  readonly stepsPerFrame?: number;
  /** Steps of the solver up to the first frame, 1 or more. Default 8. */
  readonly warmUp?: number;
  /** Default: all four. */
  readonly channels?: readonly FlowChannel[];
  /** Default 0. */
  readonly seed?: number;
  /** Called after each flow with the number of those that are done. */
  readonly onRun?: (done: number) => void;
}

/** Flows as series of pictures. */
export interface FlowData {
  /** `[runs, steps, height, width, channels]`, float32, the top row first. */
  readonly frames: HostArray;
  readonly channels: readonly FlowChannel[];
  /** Time from a frame to the next. */
  readonly frameTime: number;
  /** What a step of the solver took on average (measured, so never the same twice). */
  readonly millisecondsPerStep: number;
  readonly source: string;
}

/**
 * Series of frames of random flows, made by the solver: run i depends on the seed and on i alone, and its
 * bytes are the same on every platform.
 *
 * @throws DataError if an option is out of range, or the frames would take 4 GiB or more
 */
export function flowData(options: FlowDataOptions = {}): FlowData {
  const { runs = 16, first = 0, steps = 60, stepsPerFrame = 1, warmUp = 8, seed = 0, onRun } = options;
  const { channels = flowChannels, height = 64, width = height, scene = "plume" } = options;
  for (const [name, value, least] of [
    ["runs", runs, 1],
    ["first", first, 0],
    ["steps", steps, 1],
    ["stepsPerFrame", stepsPerFrame, 1],
    ["warmUp", warmUp, 1],
    ["seed", seed, Number.MIN_SAFE_INTEGER],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new DataError(`flowData: bad ${name}, got ${value}, expected an integer from ${least}`);
  }
  const known = channels.every((one) => flowChannels.includes(one));
  if (!known || channels.length === 0 || new Set(channels).size < channels.length) {
    const expected = `one or more of ${flowChannels.join(", ")}`;
    throw new DataError(`flowData: bad channels, got [${channels}], expected ${expected}`);
  }
  const frame = height * width * channels.length;
  if (runs * steps * frame >= 2 ** 30) {
    const got = `${runs} runs of ${steps} frames of ${frame} values`;
    throw new DataError(`flowData: too much for memory, got ${got}, expected fewer than 2^30 values`);
  }
  let [milliseconds, stepped, frameTime] = [0, 0, 0];
  const data = new Float32Array(runs * steps * frame);
  for (let run = 0; run < runs; run += 1) {
    const flow = randomFlow(seed, first + run, options);
    frameTime = flow.timeStep * stepsPerFrame;
    for (let step = 0; step < steps; step += 1) {
      const started = performance.now();
      const count = step === 0 ? warmUp : stepsPerFrame;
      for (let one = 0; one < count; one += 1) flow.step();
      milliseconds += performance.now() - started;
      stepped += count;
      const at = (run * steps + step) * frame;
      writeFlowFrame(flow, channels, data.subarray(at, at + frame));
    }
    onRun?.(run + 1);
  }
  return {
    frames: { data, shape: [runs, steps, height, width, channels.length] },
    channels,
    frameTime,
    millisecondsPerStep: milliseconds / stepped,
    source: `solver, ${scene}, ${height} x ${width} cells, seed ${seed}`,
  };
}

/** Writes the present state of a flow as a frame `[height, width, channels]`. */
export function writeFlowFrame(
  flow: FlowSolver,
  channels: readonly FlowChannel[],
  frame: Float32Array,
): void {
  const { pressure, smoke, u, v, grid } = flow;
  const { height, width } = grid;
  const value = (channel: FlowChannel, cell: number): number => {
    if (channel === "pressure") return pressure[cell]!;
    if (channel === "smoke") return smoke[cell]!;
    if (channel === "velocityY") return (v[cell]! + v[cell + width]!) / 2;
    const face = cell + Math.floor(cell / width);
    return (u[face]! + u[face + 1]!) / 2;
  };
  for (const [at, channel] of channels.entries()) {
    for (let cell = 0; cell < height * width; cell += 1) {
      frame[cell * channels.length + at] = value(channel, cell);
    }
  }
}
