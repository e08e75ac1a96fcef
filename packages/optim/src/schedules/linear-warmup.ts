import { type Tensor, where } from "@hekla/tensor";
import { checkSteps, constant, type Schedule, schedule } from "./schedule.js";

export interface LinearWarmupOptions {
  /** Rate of the first step. Default 0. */
  readonly initialLearningRate?: number;
}

/**
 * A straight line from `initialLearningRate` to the first rate of `then`, over `warmupSteps` steps; after
 * them `then` from its own first step on, as the warm-up of Keras 3's `CosineDecay`.
 * @param then a schedule, or a rate to stay at
 * @throws HeklaError for `warmupSteps` that are not above 0
 */
export function linearWarmup(
  then: number | Schedule,
  warmupSteps: number,
  options: LinearWarmupOptions = {},
): Schedule {
  checkSteps("linearWarmup", "warmupSteps", warmupSteps);
  const inner = typeof then === "number" ? constant(then) : then;
  const { initialLearningRate = 0 } = options;
  const rate = (step: Tensor): Tensor => {
    // Up to the end of the warm-up the inner schedule stands at its first step.
    const reached = inner(step.subtract(warmupSteps).maximum(0));
    const share = step.divide(warmupSteps);
    const warm = reached.subtract(initialLearningRate).multiply(share).add(initialLearningRate);
    return where(step.less(warmupSteps), warm, reached);
  };
  const config = typeof then === "number" ? then : then.config;
  if (config === undefined) return rate;
  return schedule(rate, "linearWarmup", [config, warmupSteps, options]);
}
