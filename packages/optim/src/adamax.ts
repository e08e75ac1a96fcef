import type { Tensor } from "@hekla/tensor";
import { biasCorrection, towards } from "./moving-average.js";
import { type OptimizerOptions, PerWeightOptimizer, type Rule } from "./per-weight-optimizer.js";
import { belowOne } from "./ranges.js";
import type { Schedule } from "./schedules/schedule.js";

export interface AdamaxOptions extends OptimizerOptions {
  /** Decay of the average of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the largest gradient. Default 0.999. */
  readonly beta2?: number;
  /** Added to the largest gradient. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adam with the infinity norm: `m += (1 - beta1) (g - m)`, `u = max(beta2 * u, |g|)`,
 * `w -= learningRate / (1 - beta1^t) * m / (u + epsilon)`.
 * Source: Kingma and Ba 2015, section 7.1; Keras 3 `Adamax`.
 */
export class Adamax extends PerWeightOptimizer<AdamaxOptions> {
  readonly className: string = "Adamax";

  /** @param learningRate number or schedule, default 0.001 */
  constructor(learningRate: number | Schedule = 0.001, options: AdamaxOptions = {}) {
    const defaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
    super(learningRate, options, defaults, { beta1: belowOne, beta2: belowOne });
  }

  protected override slots() {
    return [["momentum", "norm"]];
  }

  protected override rule(learningRate: Tensor, step: Tensor): Rule {
    const { beta1, beta2, epsilon } = this.settings;
    const rate = learningRate.divide(biasCorrection(beta1, step));
    return (weight, gradient, slots) => {
      const first = slots.next("momentum", (old) => towards(old, gradient, 1 - beta1));
      const norm = slots.next("norm", (old) => old.multiply(beta2).maximum(gradient.abs()));
      return weight.subtract(first.multiply(rate).divide(norm.add(epsilon)));
    };
  }
}
