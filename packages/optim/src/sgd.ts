import type { Tensor } from "@hekla/tensor";
import { type OptimizerOptions, PerWeightOptimizer, type Rule } from "./per-weight-optimizer.js";
import { share } from "./ranges.js";
import type { Schedule } from "./schedules/schedule.js";

export interface SGDOptions extends OptimizerOptions {
  /** Share of the last step that goes on, 0 to 1. Default 0. */
  readonly momentum?: number;
  /** Nesterov's momentum: the gradient is taken as if one step ahead. Default false. */
  readonly nesterov?: boolean;
}

/**
 * Gradient descent: `w -= learningRate * g`; with momentum `v = momentum * v - learningRate * g` and `w +=
 * v`, or `w += momentum * v - learningRate * g` for Nesterov's form.
 * Source: Keras 3 `SGD`.
 */
export class SGD extends PerWeightOptimizer<SGDOptions> {
  readonly className: string = "SGD";

  /** @param learningRate number or schedule, default 0.01 */
  constructor(learningRate: number | Schedule = 0.01, options: SGDOptions = {}) {
    super(learningRate, options, { momentum: 0, nesterov: false }, { momentum: share });
  }

  protected override slots() {
    return this.settings.momentum === 0 ? [] : [["momentum"]];
  }

  protected override rule(learningRate: Tensor): Rule {
    const { momentum, nesterov } = this.settings;
    return (weight, gradient, slots) => {
      const move = gradient.multiply(learningRate);
      if (momentum === 0) return weight.subtract(move);
      const velocity = slots.next("momentum", (old) => old.multiply(momentum).subtract(move));
      return weight.add(nesterov ? velocity.multiply(momentum).subtract(move) : velocity);
    };
  }
}
