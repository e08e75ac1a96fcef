import { HeklaError, power, type Tensor, tensor, where } from "@hekla/tensor";
import { checkSteps, type Schedule, schedule } from "./schedule.js";

export interface CosineDecayOptions {
  /** Final rate as a fraction of the highest one. Default 0. */
  readonly alpha?: number;
  /** Rate that a linear warm-up, starting at `initialLearningRate`, leads to. Default: no warm-up. */
  readonly warmupTarget?: number;
  /** Length of the warm-up, before `decaySteps` start. Default 0. */
  readonly warmupSteps?: number;
}

/** `(1 + cos(pi * fraction)) / 2`, written as a square: the sum would cancel near the end. */
export const halfCosine = (fraction: Tensor): Tensor =>
  fraction
    .multiply(Math.PI / 2)
    .cos()
    .square();

/**
 * Half a cosine from the initial rate (or `warmupTarget`) to `alpha` times that, over `decaySteps` steps:
 * `rate = top * ((1 - alpha) * (1 + cos(pi * step / decaySteps)) / 2 + alpha)`.
 * Source: Loshchilov and Hutter 2017, equation 5; Keras 3 `CosineDecay`.
 * @throws HeklaError for `decaySteps` that are not above 0
 */
export function cosineDecay(
  initialLearningRate: number,
  decaySteps: number,
  options: CosineDecayOptions = {},
): Schedule {
  checkSteps("cosineDecay", "decaySteps", decaySteps);
  const { alpha = 0, warmupTarget, warmupSteps = 0 } = options;
  const decayed = (top: number, step: Tensor): Tensor =>
    halfCosine(step.minimum(decaySteps).divide(decaySteps))
      .multiply(1 - alpha)
      .add(alpha)
      .multiply(top);
  const rate = (step: Tensor): Tensor => {
    if (warmupTarget === undefined) return decayed(initialLearningRate, step);
    if (warmupSteps <= 0) return decayed(warmupTarget, step);
    const warm = step.multiply((warmupTarget - initialLearningRate) / warmupSteps).add(initialLearningRate);
    return where(step.less(warmupSteps), warm, decayed(warmupTarget, step.subtract(warmupSteps)));
  };
  return schedule(rate, "cosineDecay", [initialLearningRate, decaySteps, options]);
}

export interface CosineDecayRestartsOptions {
  /** Length of a period over that of the one before. Default 2. */
  readonly tMul?: number;
  /** First rate of a period over that of the one before. Default 1. */
  readonly mMul?: number;
  /** Final rate of a period as a fraction of `initialLearningRate`. Default 0. */
  readonly alpha?: number;
}

/** Steps up to which float32 counts one by one: no restart after that is told from its neighbours. */
const countable = 2 ** 24;

/** First steps of all periods, in float64: a logarithm in float32 would miss the steps where one starts. */
function restarts(firstDecaySteps: number, tMul: number): number[] {
  const starts = [0];
  for (let length = firstDecaySteps; starts.at(-1)! < countable; length *= tMul) {
    starts.push(starts.at(-1)! + length);
  }
  return starts;
}

/**
 * Half a cosine again and again: period `i` has `firstDecaySteps * tMul^i` steps and, at `fraction` of it,
 * the rate `initialLearningRate * ((1 - alpha) * mMul^i * (1 + cos(pi * fraction)) / 2 + alpha)`.
 * Source: Loshchilov and Hutter 2017; Keras 3 `CosineDecayRestarts`.
 * @throws HeklaError for `firstDecaySteps` that are not above 0, or `tMul` below 1
 */
export function cosineDecayRestarts(
  initialLearningRate: number,
  firstDecaySteps: number,
  options: CosineDecayRestartsOptions = {},
): Schedule {
  checkSteps("cosineDecayRestarts", "firstDecaySteps", firstDecaySteps);
  const { tMul = 2, mMul = 1, alpha = 0 } = options;
  if (!(tMul >= 1)) {
    throw new HeklaError(`cosineDecayRestarts: bad tMul, got ${tMul}, expected a number of at least 1`);
  }
  const starts = tMul === 1 ? [] : restarts(firstDecaySteps, tMul);
  const place = (step: Tensor): { period: Tensor; fraction: Tensor } => {
    if (tMul === 1) {
      const periods = step.divide(firstDecaySteps);
      const period = periods.floor();
      return { period, fraction: periods.subtract(period) };
    }
    const table = tensor(Float64Array.from(starts), { dtype: step.dtype });
    const reached = step.greaterEqual(table);
    const start = where(reached, table, 0).max();
    const length = start.multiply(tMul - 1).add(firstDecaySteps);
    return {
      period: where(reached, 1, 0).cast(step.dtype).sum().subtract(1),
      fraction: step.subtract(start).divide(length),
    };
  };
  const rate = (step: Tensor): Tensor => {
    const { period, fraction } = place(step);
    const falling = halfCosine(fraction).multiply(1 - alpha);
    const scaled = mMul === 1 ? falling : falling.multiply(power(mMul, period));
    return scaled.add(alpha).multiply(initialLearningRate);
  };
  return schedule(rate, "cosineDecayRestarts", [initialLearningRate, firstDecaySteps, options]);
}
