import { elu, type Tensor } from "@hekla/tensor";
import type { Config, LayerOptions } from "../../layer.js";
import { SameShapeLayer } from "../../same-shape-layer.js";

export interface ELUOptions extends LayerOptions {
  /** What large negative values go to, negated. Default 1. */
  readonly alpha?: number;
}

/** `x` where positive, else `alpha (e^x - 1)`. Source: Clevert et al. 2015, equation 15; Keras 3 `ELU`. */
export class ELU extends SameShapeLayer {
  static override readonly className: string = "ELU";
  readonly alpha: number;

  constructor(options: ELUOptions = {}) {
    super(options);
    this.alpha = options.alpha ?? 1;
  }

  override call(inputs: Tensor): Tensor {
    return elu(inputs, { alpha: this.alpha });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), alpha: this.alpha };
  }

  static fromConfig(config: Config): ELU {
    return new ELU(config);
  }
}
