import { add, HeklaError, subtract, type Tensor, type Variable } from "@hekla/tensor";
import { checkNumber, OptimizerBase, type OptimizerOptions } from "./optimizer-base.js";
import type { Schedule } from "./schedule.js";

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

/** `1 - beta^step` without the cancellation that float32 would suffer near 0. */
const biasCorrection = (beta: number, step: Tensor): Tensor =>
  step.multiply(Math.log(beta)).expm1().negative();

/**
 * `m += (1 - beta1) (g - m)`, `v += (1 - beta2) (g^2 - v)`,
 * `w -= learningRate * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)`.
 * Source: Kingma and Ba 2015, section 2, last paragraph; Keras 3 `Adam`.
 */
export class Adam extends OptimizerBase {
  readonly className: string = "Adam";
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;
  readonly #amsgrad: boolean;

  /** @param learningRate number or schedule, default 0.001 */
  constructor(learningRate: number | Schedule = 0.001, options: AdamOptions = {}) {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, amsgrad = false, ...common } = options;
    super(learningRate, common);
    for (const [name, beta] of Object.entries({ beta1, beta2 })) {
      if (!(beta >= 0 && beta < 1)) {
        throw new HeklaError(`optimizer: bad ${name}, got ${beta}, expected a number from 0 to below 1`);
      }
    }
    checkNumber("epsilon", epsilon);
    this.#beta1 = beta1;
    this.#beta2 = beta2;
    this.#epsilon = epsilon;
    this.#amsgrad = amsgrad;
  }

  protected override slotNames(): readonly string[] {
    return this.#amsgrad ? ["momentum", "velocity", "velocityMax"] : ["momentum", "velocity"];
  }

  protected override stepRate(learningRate: Tensor, step: Tensor): Tensor {
    const second = biasCorrection(this.#beta2, step).sqrt();
    return learningRate.multiply(second).divide(biasCorrection(this.#beta1, step));
  }

  protected override update(weight: Variable, gradient: Tensor, rate: Tensor): void {
    const towards = (name: string, value: Tensor, share: number): Tensor => {
      const slot = this.slot(weight, name);
      const next = add(slot, value.subtract(slot).multiply(share));
      slot.assign(next);
      return next;
    };
    const first = towards("momentum", gradient, 1 - this.#beta1);
    let second = towards("velocity", gradient.square(), 1 - this.#beta2);
    if (this.#amsgrad) {
      const largest = this.slot(weight, "velocityMax");
      second = second.maximum(largest);
      largest.assign(second);
    }
    weight.assign(subtract(weight, first.multiply(rate).divide(second.sqrt().add(this.#epsilon))));
  }

  override getConfig(): Readonly<Record<string, unknown>> {
    return {
      ...super.getConfig(),
      beta1: this.#beta1,
      beta2: this.#beta2,
      epsilon: this.#epsilon,
      amsgrad: this.#amsgrad,
    };
  }
}

/** Adam with decoupled weight decay, 0.004 by default. Source: Loshchilov and Hutter 2019; Keras 3 `AdamW`. */
export class AdamW extends Adam {
  override readonly className = "AdamW";

  /** @param learningRate number or schedule, default 0.001 */
  constructor(learningRate: number | Schedule = 0.001, options: AdamOptions = {}) {
    super(learningRate, { weightDecay: 0.004, ...options });
  }
}
