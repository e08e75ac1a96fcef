import type { Tensor } from "@hekla/tensor";
import { type OptimizerOptions, PerWeightOptimizer, type Rule } from "./per-weight-optimizer.js";
import { atMostZero } from "./ranges.js";
import type { Schedule } from "./schedules/schedule.js";

export interface FtrlOptions extends OptimizerOptions {
  /** At most 0; 0 is a fixed rate. Default -0.5. */
  readonly learningRatePower?: number;
  /** First value of the sum of squared gradients. Default 0.1. */
  readonly initialAccumulatorValue?: number;
  /** Weights whose pull is weaker than this are exactly 0. Default 0. */
  readonly l1RegularizationStrength?: number;
  /** A penalty that steadies. Default 0. */
  readonly l2RegularizationStrength?: number;
  /** A penalty on the size of the weights, added to the gradient. Default 0. */
  readonly l2ShrinkageRegularizationStrength?: number;
  /** The paper's beta. Default 0. */
  readonly beta?: number;
}

/**
 * Follow the regularized leader: with `p = -learningRatePower`
 * `n' = n + g^2`, `sigma = (n'^p - n^p) / learningRate`, `z += g + 2 l2Shrinkage w - sigma w`,
 * `w = (clip(z, -l1, l1) - z) / ((n'^p + beta) / learningRate + 2 l2)`.
 * The first step starts from `z = 0`, which leaves little of the first weights.
 * Source: McMahan et al. 2013; Keras 3 `Ftrl`.
 */
export class Ftrl extends PerWeightOptimizer<FtrlOptions> {
  readonly className: string = "Ftrl";

  /** @param learningRate number or schedule, default 0.001 */
  constructor(learningRate: number | Schedule = 0.001, options: FtrlOptions = {}) {
    const strengths = {
      l1RegularizationStrength: 0,
      l2RegularizationStrength: 0,
      l2ShrinkageRegularizationStrength: 0,
    };
    const defaults = { learningRatePower: -0.5, initialAccumulatorValue: 0.1, beta: 0, ...strengths };
    super(learningRate, options, defaults, { learningRatePower: atMostZero });
  }

  protected override slots() {
    const { initialAccumulatorValue } = this.settings;
    return [[{ name: "accumulator", initial: initialAccumulatorValue }, "linear"]];
  }

  protected override rule(learningRate: Tensor): Rule {
    const { learningRatePower, beta, ...strengths } = this.settings;
    const l1 = strengths.l1RegularizationStrength;
    const l2 = strengths.l2RegularizationStrength;
    const shrinkage = strengths.l2ShrinkageRegularizationStrength;
    const raised = (n: Tensor): Tensor =>
      learningRatePower === -0.5 ? n.sqrt() : n.power(-learningRatePower);
    return (weight, gradient, slots) => {
      const before = raised(slots.read("accumulator"));
      const after = raised(slots.next("accumulator", (old) => old.add(gradient.square())));
      const sigma = after.subtract(before).divide(learningRate);
      const pull = shrinkage === 0 ? gradient : gradient.add(weight.multiply(2 * shrinkage));
      const linear = slots.next("linear", (old) => old.add(pull.subtract(sigma.multiply(weight))));
      const quadratic = after
        .add(beta)
        .divide(learningRate)
        .add(2 * l2);
      return linear.clip(-l1, l1).subtract(linear).divide(quadratic);
    };
  }
}
