import type { Tensor } from "@hekla/tensor";
import { type OptimizerOptions, PerWeightOptimizer, type Rule } from "./per-weight-optimizer.js";
import type { Schedule } from "./schedules/schedule.js";

export interface AdagradOptions extends OptimizerOptions {
  /** First value of the sum of squared gradients. Default 0.1. */
  readonly initialAccumulatorValue?: number;
  /** Added to the sum under the root. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * `n += g^2`, `w -= learningRate * g / sqrt(n + epsilon)`: weights that change often change less.
 * Source: Duchi, Hazan and Singer 2011; Keras 3 `Adagrad`.
 */
export class Adagrad extends PerWeightOptimizer<AdagradOptions> {
  readonly className: string = "Adagrad";

  /** @param learningRate number or schedule, default 0.001 */
  constructor(learningRate: number | Schedule = 0.001, options: AdagradOptions = {}) {
    super(learningRate, options, { initialAccumulatorValue: 0.1, epsilon: 1e-7 });
  }

  protected override slots() {
    return [[{ name: "accumulator", initial: this.settings.initialAccumulatorValue }]];
  }

  protected override rule(learningRate: Tensor): Rule {
    return (weight, gradient, slots) => {
      const sum = slots.next("accumulator", (old) => old.add(gradient.square()));
      return weight.subtract(gradient.multiply(learningRate).divide(sum.add(this.settings.epsilon).sqrt()));
    };
  }
}
