import { formatConditions, underConditions } from "../conditions.js";
import { bundle } from "../install.js";
import type { Peer } from "../peers.js";
import type { ScaleResult } from "../results.js";
import { runRounds } from "../runner.js";
import type { Section } from "../section.js";
import type { Settings } from "../settings.js";
import { median } from "../statistics.js";
import { figure } from "../table.js";
import { pointFlops, pointName, type ScaleAxis } from "./scale-axes.js";
import type { TimedRequest } from "./timed-cases.js";

const PEER: Peer = { name: "hekla", entry: "src/measures/scale.ts", threads: "requested", limits: {} };
const ROUNDS = 3;
const MOST_SAMPLES = 60;
const MILLISECONDS = 1200;

/** Measures a training step at every point of an axis, this project only. */
export async function measureScale(axis: ScaleAxis, settings: Settings): Promise<ScaleResult> {
  const { threads, warmup, steps = MOST_SAMPLES, rounds = ROUNDS } = settings;
  const program = await bundle(settings.bench, PEER.entry);
  const request: TimedRequest = { work: axis.name, threads, warmup, steps, milliseconds: MILLISECONDS };
  return underConditions(settings, async () => ({
    kind: "scale" as const,
    name: axis.name,
    title: axis.title,
    work: axis.work,
    axis: axis.axis,
    unit: axis.unit,
    rounds,
    points: axis.points.map((point) => ({
      value: point.value,
      units: axis.unitsOf(point),
      flops: pointFlops(point),
    })),
    cases: await runRounds([PEER], {
      request,
      rounds,
      cases: axis.points.map(pointName),
      slow: false,
      python: settings.python,
      entryOf: () => program,
      progress: (line) => settings.progress(`${axis.name}: ${line}`),
    }),
  }));
}

/** One measured point: times of a step and cost of one unit of what a step does. */
export interface ScaleFigure {
  value: number;
  milliseconds: number;
  least: number;
  largest: number;
  microsecondsPerUnit: number;
  gigaflopsPerSecond: number;
}

/** The points that have figures. */
export function scaleFigures({ points, cases }: ScaleResult): ScaleFigure[] {
  return points.flatMap(({ value, units, flops }, index) => {
    const times = cases[index]!.samples.map((sample) => sample.milliseconds);
    if (times.length === 0) return [];
    const milliseconds = median(times);
    const microsecondsPerUnit = (milliseconds * 1000) / units;
    const gigaflopsPerSecond = flops / milliseconds / 1e6;
    const [least, largest] = [Math.min(...times), Math.max(...times)];
    return [{ value, milliseconds, least, largest, microsecondsPerUnit, gigaflopsPerSecond }];
  });
}

/** Largest rise of the cost over the least cost of a smaller size: 1 where the cost only falls. */
export function costRise(figures: readonly ScaleFigure[]): { factor: number; at: number } {
  let least = Number.POSITIVE_INFINITY;
  let worst = { factor: 1, at: figures[0]?.value ?? Number.NaN };
  for (const { microsecondsPerUnit, value } of figures) {
    least = Math.min(least, microsecondsPerUnit);
    const factor = microsecondsPerUnit / least;
    if (factor > worst.factor) worst = { factor, at: value };
  }
  return worst;
}

/** What a report says of an axis. */
export function scaleSection(result: ScaleResult): Section {
  const figures = scaleFigures(result);
  const { factor, at } = costRise(figures);
  const verdict =
    factor > 1
      ? `Highest above the least cost of a smaller size: ${figure(factor)} times, at ${at}.`
      : "Cost falls all the way.";
  const notes = result.cases.filter(({ note }) => note !== undefined);
  return {
    title: result.title,
    before: [`${result.rounds} round(s).`, ...formatConditions(result.conditions)],
    table: {
      headings: [result.axis, "ms/step median", "min..max", `us/${result.unit}`, "GFLOP/s"],
      lines: figures.map(
        ({ value, milliseconds, least, largest, microsecondsPerUnit, gigaflopsPerSecond }) => [
          String(value),
          figure(milliseconds),
          `${figure(least)}..${figure(largest)}`,
          figure(microsecondsPerUnit),
          figure(gigaflopsPerSecond),
        ],
      ),
      left: 0,
    },
    after: [verdict, ...notes.map((entry) => `${entry.case}: ${entry.note}`)],
  };
}
