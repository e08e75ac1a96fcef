import { multiply, subtract, type Tensor, type Variable } from "@hekla/tensor";
import { checkNumber, OptimizerBase, type OptimizerOptions } from "./optimizer-base.js";
import type { Schedule } from "./schedule.js";

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
 * `v = rho * v + (1 - rho) * g^2`, `w -= learningRate * g / sqrt(v + epsilon)`; centered subtracts the squared
 * running mean of the gradient from `v` under the root.
 * Source: Keras 3 `RMSprop` (after Hinton 2012).
 */
export class RMSprop extends OptimizerBase {
  readonly className = "RMSprop";
  readonly #rho: number;
  readonly #momentum: number;
  readonly #epsilon: number;
  readonly #centered: boolean;

  /** @param learningRate number or schedule, default 0.001 */
  constructor(learningRate: number | Schedule = 0.001, options: RMSpropOptions = {}) {
    const { rho = 0.9, momentum = 0, epsilon = 1e-7, centered = false, ...common } = options;
    super(learningRate, common);
    checkNumber("rho", rho);
    checkNumber("momentum", momentum);
    checkNumber("epsilon", epsilon);
    this.#rho = rho;
    this.#momentum = momentum;
    this.#epsilon = epsilon;
    this.#centered = centered;
  }

  protected override slotNames(): readonly string[] {
    return [
      "velocity",
      ...(this.#centered ? ["averageGradient"] : []),
      ...(this.#momentum > 0 ? ["momentum"] : []),
    ];
  }

  protected override update(weight: Variable, gradient: Tensor, rate: Tensor): void {
    const average = (slot: Variable, value: Tensor): Tensor =>
      multiply(slot, this.#rho).add(value.multiply(1 - this.#rho));
    const velocity = this.slot(weight, "velocity");
    const second = average(velocity, gradient.square());
    velocity.assign(second);
    let spread = second;
    if (this.#centered) {
      const mean = this.slot(weight, "averageGradient");
      const first = average(mean, gradient);
      mean.assign(first);
      spread = second.subtract(first.square());
    }
    let step = gradient.multiply(rate).divide(spread.add(this.#epsilon).sqrt());
    if (this.#momentum > 0) {
      const momentum = this.slot(weight, "momentum");
      step = multiply(momentum, this.#momentum).add(step);
      momentum.assign(step);
    }
    weight.assign(subtract(weight, step));
  }

  override getConfig(): Readonly<Record<string, unknown>> {
    return {
      ...super.getConfig(),
      rho: this.#rho,
      momentum: this.#momentum,
      epsilon: this.#epsilon,
      centered: this.#centered,
    };
  }
}
