import { DataError, greater, minimum, multiply, relu, subtract, type Tensor, where } from "@hekla/tensor";
import type { Config, LayerOptions } from "../../layer.js";
import { SameShapeLayer } from "../../same-shape-layer.js";

export interface ReLUOptions extends LayerOptions {
  /** Values are cut to it. Default null: they are not. */
  readonly maxValue?: number | null;
  /** Slope below the threshold. Default 0. */
  readonly negativeSlope?: number;
  /** Default 0. */
  readonly threshold?: number;
}

/**
 * `min(x, maxValue)` above `threshold`, else `negativeSlope (x - threshold)`; by default `max(x, 0)`.
 * Source: Keras 3 `ReLU`.
 */
export class ReLU extends SameShapeLayer {
  static override readonly className: string = "ReLU";
  readonly maxValue: number | null;
  readonly negativeSlope: number;
  readonly threshold: number;

  /** @throws DataError for a negative setting */
  constructor(options: ReLUOptions = {}) {
    super(options);
    this.maxValue = options.maxValue ?? null;
    this.negativeSlope = options.negativeSlope ?? 0;
    this.threshold = options.threshold ?? 0;
    for (const setting of ["maxValue", "negativeSlope", "threshold"] as const) {
      notNegative(this.name, setting, this[setting] ?? 0);
    }
  }

  override call(inputs: Tensor): Tensor {
    const { maxValue, negativeSlope, threshold } = this;
    const above = threshold === 0 ? relu(inputs) : where(greater(inputs, threshold), inputs, 0);
    const cut = maxValue === null ? above : minimum(above, maxValue);
    if (negativeSlope === 0) return cut;
    return subtract(cut, multiply(relu(subtract(threshold, inputs)), negativeSlope));
  }

  override getConfig(): Config {
    const { maxValue, negativeSlope, threshold } = this;
    return { ...super.getConfig(), maxValue, negativeSlope, threshold };
  }

  static fromConfig(config: Config): ReLU {
    return new ReLU(config);
  }
}

/** The number itself; throws DataError unless it is at least 0. */
export function notNegative(owner: string, name: string, value: number): number {
  if (value >= 0) return value;
  throw new DataError(`${owner}: bad ${name}, got ${value}, expected a number of at least 0`);
}
