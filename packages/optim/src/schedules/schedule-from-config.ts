import { HeklaError } from "@hekla/tensor";
import { cosineDecay, cosineDecayRestarts } from "./cosine-decay.js";
import { exponentialDecay, inverseTimeDecay, piecewiseConstant, polynomialDecay } from "./decays.js";
import { type LinearWarmupOptions, linearWarmup } from "./linear-warmup.js";
import { oneCycle } from "./one-cycle.js";
import { constant, type Schedule, type ScheduleConfig } from "./schedule.js";

type ScheduleMaker = (...args: never[]) => Schedule;

const makers: Readonly<Record<string, ScheduleMaker>> = {
  constant,
  cosineDecay,
  cosineDecayRestarts,
  exponentialDecay,
  inverseTimeDecay,
  linearWarmup: (then: number | ScheduleConfig, warmupSteps: number, options: LinearWarmupOptions) =>
    linearWarmup(typeof then === "number" ? then : scheduleFromConfig(then), warmupSteps, options),
  oneCycle,
  piecewiseConstant,
  polynomialDecay,
};

/**
 * The schedule that a saved config describes.
 * @throws HeklaError for a name that is not one of this package's schedules
 */
export function scheduleFromConfig({ schedule: name, args }: ScheduleConfig): Schedule {
  const maker = Object.hasOwn(makers, name) ? makers[name] : undefined;
  if (!maker) {
    throw new HeklaError(
      `scheduleFromConfig: got "${name}", expected one of ${Object.keys(makers).join(", ")}`,
    );
  }
  return maker(...(args as never[]));
}
