import { full, HeklaError, type Tensor } from "@hekla/tensor";

/**
 * Learning rate by step: takes the number of steps taken (a float scalar, from 0) and returns a scalar. Under
 * gradient accumulation every call of `apply` counts as a step, as in Keras.
 */
export interface Schedule {
  (step: Tensor): Tensor;
  /** How to make it again, where it was made by a function of this package. */
  readonly config?: ScheduleConfig;
}

/** A schedule as plain JSON: the function's name and its arguments. */
export interface ScheduleConfig {
  readonly schedule: string;
  readonly args: readonly unknown[];
}

/** A schedule with the config that makes it again. */
export const schedule = (rate: (step: Tensor) => Tensor, name: string, args: readonly unknown[]): Schedule =>
  Object.assign((step: Tensor) => rate(step), { config: { schedule: name, args } });

/** A number in the float type of the steps. */
export const rateLike = (step: Tensor, rate: number): Tensor => full([], rate, { dtype: step.dtype });

/** @throws HeklaError unless `value` is above 0 */
export function checkSteps(name: string, what: string, value: number): void {
  if (!(value > 0)) throw new HeklaError(`${name}: bad ${what}, got ${value}, expected a number above 0`);
}

/** The same rate at every step. */
export const constant = (learningRate: number): Schedule =>
  schedule((step) => rateLike(step, learningRate), "constant", [learningRate]);
