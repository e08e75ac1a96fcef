import { leakyRelu, type Tensor } from "@hekla/tensor";
import type { Config, LayerOptions } from "../../layer.js";
import { SameShapeLayer } from "../../same-shape-layer.js";
import { notNegative } from "./relu.js";

export interface LeakyReLUOptions extends LayerOptions {
  /** Default 0.3 (the activation "leakyRelu" has 0.2, as in Keras). */
  readonly negativeSlope?: number;
}

/** `x` where positive, else `negativeSlope x`. Source: Maas et al. 2013; Keras 3 `LeakyReLU`. */
export class LeakyReLU extends SameShapeLayer {
  static override readonly className: string = "LeakyReLU";
  readonly negativeSlope: number;

  /** @throws DataError for a negative slope below 0 */
  constructor(options: LeakyReLUOptions = {}) {
    super(options);
    this.negativeSlope = notNegative(this.name, "negativeSlope", options.negativeSlope ?? 0.3);
  }

  override call(inputs: Tensor): Tensor {
    return leakyRelu(inputs, { negativeSlope: this.negativeSlope });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), negativeSlope: this.negativeSlope };
  }

  static fromConfig(config: Config): LeakyReLU {
    return new LeakyReLU(config);
  }
}
