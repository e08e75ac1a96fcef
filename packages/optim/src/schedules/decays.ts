import { HeklaError, power, type Tensor, where } from "@hekla/tensor";
import { checkSteps, rateLike, type Schedule, schedule } from "./schedule.js";

export interface StaircaseOption {
  /** Change the rate every `decaySteps` steps only. Default false. */
  readonly staircase?: boolean;
}

const periods = (step: Tensor, decaySteps: number, { staircase = false }: StaircaseOption): Tensor => {
  const part = step.divide(decaySteps);
  return staircase ? part.floor() : part;
};

/**
 * `rate = initialLearningRate * decayRate ^ (step / decaySteps)`; with `staircase` the exponent is rounded
 * down.
 * Source: Keras 3 `ExponentialDecay`.
 * @throws HeklaError for `decaySteps` that are not above 0
 */
export function exponentialDecay(
  initialLearningRate: number,
  decaySteps: number,
  decayRate: number,
  options: StaircaseOption = {},
): Schedule {
  checkSteps("exponentialDecay", "decaySteps", decaySteps);
  const rate = (step: Tensor): Tensor =>
    power(decayRate, periods(step, decaySteps, options)).multiply(initialLearningRate);
  return schedule(rate, "exponentialDecay", [initialLearningRate, decaySteps, decayRate, options]);
}

/**
 * `rate = initialLearningRate / (1 + decayRate * step / decaySteps)`; with `staircase` the quotient is
 * rounded down.
 * Source: Keras 3 `InverseTimeDecay`.
 * @throws HeklaError for `decaySteps` that are not above 0
 */
export function inverseTimeDecay(
  initialLearningRate: number,
  decaySteps: number,
  decayRate: number,
  options: StaircaseOption = {},
): Schedule {
  checkSteps("inverseTimeDecay", "decaySteps", decaySteps);
  const rate = (step: Tensor): Tensor =>
    rateLike(step, initialLearningRate).divide(periods(step, decaySteps, options).multiply(decayRate).add(1));
  return schedule(rate, "inverseTimeDecay", [initialLearningRate, decaySteps, decayRate, options]);
}

export interface PolynomialDecayOptions {
  /** Rate at the end. Default 0.0001. */
  readonly endLearningRate?: number;
  /** Exponent; 1 is a straight line. Default 1. */
  readonly power?: number;
  /**
   * After `decaySteps` go on with 2, 3, ... times as many, the first multiple not below `step`. Default
   * false.
   */
  readonly cycle?: boolean;
}

/**
 * `rate = (initialLearningRate - endLearningRate) * (1 - step / decaySteps) ^ power + endLearningRate`, the
 * step being at most `decaySteps`, or `decaySteps` at least the step (`cycle`).
 * Source: Keras 3 `PolynomialDecay`.
 * @throws HeklaError for `decaySteps` that are not above 0
 */
export function polynomialDecay(
  initialLearningRate: number,
  decaySteps: number,
  options: PolynomialDecayOptions = {},
): Schedule {
  checkSteps("polynomialDecay", "decaySteps", decaySteps);
  const { endLearningRate = 0.0001, power: exponent = 1, cycle = false } = options;
  const left = (step: Tensor): Tensor => {
    // The difference of whole numbers first: 1 - step / decaySteps would cancel near the end.
    if (!cycle) return step.minimum(decaySteps).negative().add(decaySteps).divide(decaySteps);
    const whole = step.divide(decaySteps).ceil().maximum(1).multiply(decaySteps);
    return whole.subtract(step).divide(whole);
  };
  const rate = (step: Tensor): Tensor =>
    left(step)
      .power(exponent)
      .multiply(initialLearningRate - endLearningRate)
      .add(endLearningRate);
  return schedule(rate, "polynomialDecay", [initialLearningRate, decaySteps, options]);
}

/**
 * `values[k]` while `step <= boundaries[k]`, the last value after that.
 * Source: Keras 3 `PiecewiseConstantDecay`.
 * @throws HeklaError unless there is one value more than boundaries
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
      rateLike(step, values.at(-1)!),
    );
  return schedule(rate, "piecewiseConstant", [boundaries, values]);
}
