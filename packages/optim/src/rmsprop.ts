import type { Tensor } from "@hekla/tensor";
import { towards } from "./moving-average.js";
import { type OptimizerOptions, PerWeightOptimizer, type Rule } from "./per-weight-optimizer.js";
import type { Schedule } from "./schedules/schedule.js";

export interface RMSpropOptions extends OptimizerOptions {
  /** Decay of the average of squared gradients. Default 0.9. */
  readonly rho?: number;
  /** Share of the last step that goes on. Default 0. */
  readonly momentum?: number;
  /** Added to the average under the root. Default 1e-7. */
  readonly epsilon?: number;
  /** Divide by the estimated variance instead of the second moment. Default false. */
  readonly centered?: boolean;
}

/**
 * `v = rho * v + (1 - rho) * g^2`, `w -= learningRate * g / sqrt(v + epsilon)`; centered subtracts the
 * squared running mean of the gradient from `v` under the root.
 * Source: Keras 3 `RMSprop` (after Hinton 2012).
 */
export class RMSprop extends PerWeightOptimizer<RMSpropOptions> {
  readonly className: string = "RMSprop";

  /** @param learningRate number or schedule, default 0.001 */
  constructor(learningRate: number | Schedule = 0.001, options: RMSpropOptions = {}) {
    super(learningRate, options, { rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false });
  }

  protected override slots() {
    const { momentum, centered } = this.settings;
    return [["velocity"], momentum > 0 ? ["momentum"] : [], centered ? ["averageGradient"] : []];
  }

  protected override rule(learningRate: Tensor): Rule {
    const { rho, momentum, epsilon, centered } = this.settings;
    return (weight, gradient, slots) => {
      const second = slots.next("velocity", (old) => towards(old, gradient.square(), 1 - rho));
      const variance = (): Tensor => {
        const mean = slots.next("averageGradient", (old) => towards(old, gradient, 1 - rho));
        // Never below 0 but for rounding, which epsilon may be too small to make up for.
        return second.subtract(mean.square()).maximum(0);
      };
      const spread = centered ? variance() : second;
      const move = gradient.multiply(learningRate).divide(spread.add(epsilon).sqrt());
      if (momentum === 0) return weight.subtract(move);
      return weight.subtract(slots.next("momentum", (old) => old.multiply(momentum).add(move)));
    };
  }
}
