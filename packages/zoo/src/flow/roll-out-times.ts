import type { Artifact } from "../model.js";
import { lineChart } from "../plots/index.js";

/** How often a roll-out is timed; the fastest counts, since other work can only slow it down. */
const timings = 5;

/** Milliseconds that each frame ahead takes. */
export interface FrameTimes {
  readonly solver: readonly number[];
  readonly network: readonly number[];
  /** Of so many simulations at once. */
  readonly many: readonly number[];
  readonly simulations: number;
}

/** The fastest of several runs, frame by frame, after one that is not counted: plans are made in it. */
export async function fastestTimes(
  run: () => readonly number[] | Promise<readonly number[]>,
): Promise<number[]> {
  await run();
  const runs: (readonly number[])[] = [];
  for (let at = 0; at < timings; at++) runs.push(await run());
  return runs[0]!.map((_, frame) => Math.min(...runs.map((times) => times[frame]!)));
}

/** Solver and network side by side. */
export function timeChart({ solver, network, many, simulations }: FrameTimes): Artifact {
  const x = solver.map((_, at) => at + 1);
  const upTo = (times: readonly number[], shared = 1) => {
    let sum = 0;
    return times.map((time) => {
      sum += time / shared;
      return sum;
    });
  };
  return {
    name: "roll-out-time.svg",
    doc: "run time of solver and network",
    content: lineChart({
      title: "Time until a frame is there",
      xLabel: "frames ahead",
      yLabel: "milliseconds for a simulation",
      series: [
        { name: "solver", x, y: upTo(solver) },
        { name: "network, one simulation", x, y: upTo(network) },
        { name: `network, ${simulations} at once`, x, y: upTo(many, simulations) },
      ],
    }),
  };
}
