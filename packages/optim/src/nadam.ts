import { power, type Tensor } from "@hekla/tensor";
import { biasCorrection, towards } from "./moving-average.js";
import { type OptimizerOptions, PerWeightOptimizer, type Rule } from "./per-weight-optimizer.js";
import { belowOne } from "./ranges.js";
import type { Schedule } from "./schedules/schedule.js";
import type { SlotStep } from "./slots.js";

export interface NadamOptions extends OptimizerOptions {
  /** Decay of the average of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the average of squared gradients. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adam with Nesterov's momentum, whose share grows: `u(t) = beta1 (1 - 0.96^t / 2)`, `p(t) = u(1) ... u(t)`,
 * `m += (1 - beta1) (g - m)`, `v += (1 - beta2) (g^2 - v)`,
 * `d = u(t+1) m / (1 - p(t+1)) + (1 - u(t)) g / (1 - p(t))`,
 * `w -= learningRate * d / (sqrt(v / (1 - beta2^t)) + epsilon)`.
 * Source: Dozat 2015; Keras 3 `Nadam`.
 */
export class Nadam extends PerWeightOptimizer<NadamOptions> {
  readonly className: string = "Nadam";

  /** @param learningRate number or schedule, default 0.001 */
  constructor(learningRate: number | Schedule = 0.001, options: NadamOptions = {}) {
    const defaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
    super(learningRate, options, defaults, { beta1: belowOne, beta2: belowOne });
  }

  protected override slots() {
    return [["momentum", "velocity"]];
  }

  protected override ownSlots() {
    return [{ name: "uProduct", initial: 1 }];
  }

  protected override rule(learningRate: Tensor, step: Tensor, own: SlotStep): Rule {
    const { beta1, beta2, epsilon } = this.settings;
    const momentumAt = (at: Tensor): Tensor => power(0.96, at).multiply(-0.5).add(1).multiply(beta1);
    const [now, after] = [momentumAt(step), momentumAt(step.add(1))];
    const product = own.next("uProduct", (old) => old.multiply(now));
    // Share of `values` in the step: rate * share / (1 - rest).
    const rateOf = (share: Tensor, rest: Tensor): Tensor =>
      learningRate.multiply(share).divide(rest.negative().add(1));
    const firstRate = rateOf(after, product.multiply(after));
    const gradientRate = rateOf(now.negative().add(1), product);
    const scale = biasCorrection(beta2, step).rsqrt();
    return (weight, gradient, slots) => {
      const first = slots.next("momentum", (old) => towards(old, gradient, 1 - beta1));
      const second = slots.next("velocity", (old) => towards(old, gradient.square(), 1 - beta2));
      const move = first.multiply(firstRate).add(gradient.multiply(gradientRate));
      return weight.subtract(move.divide(second.sqrt().multiply(scale).add(epsilon)));
    };
  }
}
