import type { Tensor } from "@hekla/tensor";
import { biasCorrection, towards } from "./moving-average.js";
import { type OptimizerOptions, PerWeightOptimizer, type Rule } from "./per-weight-optimizer.js";
import { belowOne } from "./ranges.js";
import type { Schedule } from "./schedules/schedule.js";

export interface AdamOptions extends OptimizerOptions {
  /** Decay of the average of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the average of squared gradients. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root ("epsilon hat" of the paper, outside the bias correction). Default 1e-7. */
  readonly epsilon?: number;
  /** Divide by the largest second moment so far. Default false. */
  readonly amsgrad?: boolean;
}

/**
 * `m += (1 - beta1) (g - m)`, `v += (1 - beta2) (g^2 - v)`,
 * `w -= learningRate * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)`.
 * Source: Kingma and Ba 2015, section 2, last paragraph; Keras 3 `Adam`.
 */
export class Adam extends PerWeightOptimizer<AdamOptions> {
  readonly className: string = "Adam";

  /** @param learningRate number or schedule, default 0.001 */
  constructor(learningRate: number | Schedule = 0.001, options: AdamOptions = {}) {
    const defaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false };
    super(learningRate, options, defaults, { beta1: belowOne, beta2: belowOne });
  }

  protected override slots() {
    const moments = ["momentum", "velocity"];
    return this.settings.amsgrad ? [moments, ["velocityHat"]] : [moments];
  }

  protected override rule(learningRate: Tensor, step: Tensor): Rule {
    const { beta1, beta2, epsilon, amsgrad } = this.settings;
    const rate = learningRate
      .multiply(biasCorrection(beta2, step).sqrt())
      .divide(biasCorrection(beta1, step));
    return (weight, gradient, slots) => {
      const first = slots.next("momentum", (old) => towards(old, gradient, 1 - beta1));
      const second = slots.next("velocity", (old) => towards(old, gradient.square(), 1 - beta2));
      const spread = amsgrad ? slots.next("velocityHat", (old) => second.maximum(old)) : second;
      return weight.subtract(first.multiply(rate).divide(spread.sqrt().add(epsilon)));
    };
  }
}

/**
 * Adam with decoupled weight decay, 0.004 by default. Source: Loshchilov and Hutter 2019; Keras 3 `AdamW`.
 */
export class AdamW extends Adam {
  override readonly className: string = "AdamW";

  /** @param learningRate number or schedule, default 0.001 */
  constructor(learningRate: number | Schedule = 0.001, options: AdamOptions = {}) {
    super(learningRate, { ...options, weightDecay: options.weightDecay ?? 0.004 });
  }
}
