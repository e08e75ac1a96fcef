import { full, HeklaError, power, type Tensor, where } from "@hekla/tensor";

/** Learning rate by step: takes the number of steps taken (float32 scalar, from 0) and returns a scalar. */
export interface Schedule {
  (step: Tensor): Tensor;
  /** How to make it again, where it was made by a function of this file. */
  readonly config?: ScheduleConfig;
}

/** A schedule as plain JSON: the function's name and its arguments. */
export interface ScheduleConfig {
  readonly schedule: string;
  readonly args: readonly unknown[];
}

const schedule = (rate: (step: Tensor) => Tensor, name: string, args: readonly unknown[]): Schedule =>
  Object.assign((step: Tensor) => rate(step), { config: { schedule: name, args } });

function checkSteps(name: string, what: string, value: number): void {
  if (!(value > 0)) throw new HeklaError(`${name}: bad ${what}, got ${value}, expected a number above 0`);
}

/** The same rate at every step. */
export const constant = (learningRate: number): Schedule =>
  schedule(() => full([], learningRate), "constant", [learningRate]);

export interface CosineDecayOptions {
  /** Final rate as a fraction of the highest one. Default 0. */
  readonly alpha?: number;
  /** Rate that a linear warm-up, starting at `initialLearningRate`, leads to. Default: no warm-up. */
  readonly warmupTarget?: number;
  /** Length of the warm-up, before `decaySteps` start. Default 0. */
  readonly warmupSteps?: number;
}

/**
 * Half a cosine from the initial rate (or `warmupTarget`) to `alpha` times that, over `decaySteps` steps.
 * `rate = top * ((1 - alpha) * (1 + cos(pi * step / decaySteps)) / 2 + alpha)`.
 * Source: Loshchilov and Hutter 2017, equation 5; Keras 3 `CosineDecay`.
 */
export function cosineDecay(
  initialLearningRate: number,
  decaySteps: number,
  options: CosineDecayOptions = {},
): Schedule {
  checkSteps("cosineDecay", "decaySteps", decaySteps);
  const { alpha = 0, warmupTarget, warmupSteps = 0 } = options;
  const decayed = (top: number, step: Tensor): Tensor => {
    const cosine = step
      .minimum(decaySteps)
      .multiply(Math.PI / decaySteps)
      .cos();
    return cosine
      .add(1)
      .multiply(0.5 * (1 - alpha))
      .add(alpha)
      .multiply(top);
  };
  const rate = (step: Tensor): Tensor => {
    if (warmupTarget === undefined || warmupSteps <= 0) return decayed(initialLearningRate, step);
    const warm = step.multiply((warmupTarget - initialLearningRate) / warmupSteps).add(initialLearningRate);
    return where(step.less(warmupSteps), warm, decayed(warmupTarget, step.subtract(warmupSteps)));
  };
  return schedule(rate, "cosineDecay", [initialLearningRate, decaySteps, options]);
}

/**
 * `rate = initialLearningRate * decayRate ^ (step / decaySteps)`; with `staircase` the exponent is rounded down.
 * Source: Keras 3 `ExponentialDecay`.
 */
export function exponentialDecay(
  initialLearningRate: number,
  decaySteps: number,
  decayRate: number,
  options: { staircase?: boolean } = {},
): Schedule {
  checkSteps("exponentialDecay", "decaySteps", decaySteps);
  const rate = (step: Tensor): Tensor => {
    const part = step.divide(decaySteps);
    const exponent = options.staircase ? part.floor() : part;
    return power(decayRate, exponent).multiply(initialLearningRate);
  };
  return schedule(rate, "exponentialDecay", [initialLearningRate, decaySteps, decayRate, options]);
}

/**
 * `values[k]` while `step <= boundaries[k]`, the last value after that.
 * Source: Keras 3 `PiecewiseConstantDecay`.
 */
export function piecewiseConstant(boundaries: readonly number[], values: readonly number[]): Schedule {
  if (values.length !== boundaries.length + 1) {
    throw new HeklaError(
      `piecewiseConstant: lengths do not fit, got ${boundaries.length} boundaries and ` +
        `${values.length} values, expected one value more than boundaries`,
    );
  }
  const rate = (step: Tensor): Tensor =>
    boundaries.reduceRight<Tensor>(
      (later, boundary, k) => where(step.lessEqual(boundary), values[k]!, later),
      full([], values.at(-1)!),
    );
  return schedule(rate, "piecewiseConstant", [boundaries, values]);
}

type ScheduleMaker = (...args: never[]) => Schedule;

const makers: Readonly<Record<string, ScheduleMaker>> = {
  constant,
  cosineDecay,
  exponentialDecay,
  piecewiseConstant,
};

/** The schedule that a saved config describes. */
export function scheduleFromConfig({ schedule: name, args }: ScheduleConfig): Schedule {
  const maker = Object.hasOwn(makers, name) ? makers[name] : undefined;
  if (!maker) {
    throw new HeklaError(
      `scheduleFromConfig: got "${name}", expected one of ${Object.keys(makers).join(", ")}`,
    );
  }
  return maker(...(args as never[]));
}
