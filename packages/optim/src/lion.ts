import type { Tensor } from "@hekla/tensor";
import { towards } from "./moving-average.js";
import { type OptimizerOptions, PerWeightOptimizer, type Rule } from "./per-weight-optimizer.js";
import { share, shareAboveZero } from "./ranges.js";
import type { Schedule } from "./schedules/schedule.js";

export interface LionOptions extends OptimizerOptions {
  /** Weight of the average beside the gradient in a step, above 0. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the average of gradients. Default 0.99. */
  readonly beta2?: number;
}

/**
 * `w -= learningRate * sign(beta1 m + (1 - beta1) g)`, then `m = beta2 m + (1 - beta2) g`: steps of one size.
 * Source: Chen et al. 2023; Keras 3 `Lion`.
 */
export class Lion extends PerWeightOptimizer<LionOptions> {
  readonly className: string = "Lion";

  /** @param learningRate number or schedule, default 0.001 */
  constructor(learningRate: number | Schedule = 0.001, options: LionOptions = {}) {
    super(learningRate, options, { beta1: 0.9, beta2: 0.99 }, { beta1: shareAboveZero, beta2: share });
  }

  protected override slots() {
    return [["momentum"]];
  }

  protected override rule(learningRate: Tensor): Rule {
    const { beta1, beta2 } = this.settings;
    return (weight, gradient, slots) => {
      const average = slots.read("momentum");
      const move = average
        .multiply(beta1)
        .add(gradient.multiply(1 - beta1))
        .sign();
      slots.next("momentum", (old) => towards(old, gradient, 1 - beta2));
      return weight.subtract(move.multiply(learningRate));
    };
  }
}
