import type { Tensor } from "@hekla/tensor";
import { towards } from "./moving-average.js";
import { type OptimizerOptions, PerWeightOptimizer, type Rule } from "./per-weight-optimizer.js";
import type { Schedule } from "./schedules/schedule.js";

export interface AdadeltaOptions extends OptimizerOptions {
  /** Decay of both averages. Default 0.95. */
  readonly rho?: number;
  /** Added to both averages under their roots. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * `a = rho * a + (1 - rho) * g^2`, `d = sqrt(b + epsilon) / sqrt(a + epsilon) * g`,
 * `b = rho * b + (1 - rho) * d^2`, `w -= learningRate * d`: steps in the unit of the weight.
 * Source: Zeiler 2012 (with the rate 1); Keras 3 `Adadelta`.
 */
export class Adadelta extends PerWeightOptimizer<AdadeltaOptions> {
  readonly className: string = "Adadelta";

  /** @param learningRate number or schedule, default 0.001 */
  constructor(learningRate: number | Schedule = 0.001, options: AdadeltaOptions = {}) {
    super(learningRate, options, { rho: 0.95, epsilon: 1e-7 });
  }

  protected override slots() {
    return [["accumulatedGrad", "accumulatedDeltaVar"]];
  }

  protected override rule(learningRate: Tensor): Rule {
    const { rho, epsilon } = this.settings;
    const root = (x: Tensor): Tensor => x.add(epsilon).sqrt();
    return (weight, gradient, slots) => {
      const squares = slots.next("accumulatedGrad", (old) => towards(old, gradient.square(), 1 - rho));
      const move = root(slots.read("accumulatedDeltaVar")).multiply(gradient).divide(root(squares));
      slots.next("accumulatedDeltaVar", (old) => towards(old, move.square(), 1 - rho));
      return weight.subtract(move.multiply(learningRate));
    };
  }
}
