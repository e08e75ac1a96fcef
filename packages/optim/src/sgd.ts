import { add, multiply, subtract, type Tensor, type Variable } from "@hekla/tensor";
import { checkNumber, OptimizerBase, type OptimizerOptions } from "./optimizer-base.js";
import type { Schedule } from "./schedule.js";

export interface SGDOptions extends OptimizerOptions {
  /** Share of the last step that goes on. Default 0. */
  readonly momentum?: number;
  /** Nesterov's momentum: the gradient is taken as if one step ahead. Default false. */
  readonly nesterov?: boolean;
}

/**
 * Gradient descent: `w -= learningRate * g`; with momentum `v = momentum * v - learningRate * g` and `w += v`, or
 * `w += momentum * v - learningRate * g` for Nesterov's form.
 * Source: Keras 3 `SGD`.
 */
export class SGD extends OptimizerBase {
  readonly className = "SGD";
  readonly #momentum: number;
  readonly #nesterov: boolean;

  /** @param learningRate number or schedule, default 0.01 */
  constructor(learningRate: number | Schedule = 0.01, options: SGDOptions = {}) {
    const { momentum = 0, nesterov = false, ...common } = options;
    super(learningRate, common);
    checkNumber("momentum", momentum);
    this.#momentum = momentum;
    this.#nesterov = nesterov;
  }

  protected override slotNames(): readonly string[] {
    return this.#momentum === 0 ? [] : ["momentum"];
  }

  protected override update(weight: Variable, gradient: Tensor, rate: Tensor): void {
    const move = multiply(gradient, rate);
    if (this.#momentum === 0) {
      weight.assign(subtract(weight, move));
      return;
    }
    const velocity = this.slot(weight, "momentum");
    const next = subtract(multiply(velocity, this.#momentum), move);
    velocity.assign(next);
    weight.assign(
      this.#nesterov ? add(weight, subtract(multiply(next, this.#momentum), move)) : add(weight, next),
    );
  }

  override getConfig(): Readonly<Record<string, unknown>> {
    return { ...super.getConfig(), momentum: this.#momentum, nesterov: this.#nesterov };
  }
}
