import { any, notEqual, type Tensor, where } from "@hekla/tensor";
import type { Config, LayerOptions } from "../../layer.js";
import { SameShapeLayer } from "../../same-shape-layer.js";

export interface MaskingOptions extends LayerOptions {
  /** Default 0. */
  readonly maskValue?: number;
}

/**
 * Masks time steps of which all features equal `maskValue`, and sets them to 0: `[batch, time, features]`, the same out.
 * Layers behind that use masks skip those steps.
 * Source: Keras 3 `Masking`.
 */
export class Masking extends SameShapeLayer {
  static override readonly className: string = "Masking";
  readonly maskValue: number;

  constructor(options: MaskingOptions = {}) {
    super(options);
    this.maskValue = options.maskValue ?? 0;
  }

  override call(inputs: Tensor): Tensor {
    return where(this.#counts(inputs, true), inputs, 0);
  }

  override computeMask(inputs: Tensor): Tensor {
    return this.#counts(inputs, false);
  }

  #counts(inputs: Tensor, keepDims: boolean): Tensor {
    return any(notEqual(inputs, this.maskValue), { axes: -1, keepDims });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), maskValue: this.maskValue };
  }

  static fromConfig(config: Config): Masking {
    return new Masking(config);
  }
}
