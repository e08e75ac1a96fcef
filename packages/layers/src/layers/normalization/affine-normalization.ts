import { type Dtype, reshape, type Tensor, type Variable } from "@hekla/tensor";
import type { Config, LayerOptions } from "../../layer.js";
import { SameShapeLayer } from "../../same-shape-layer.js";
import {
  type WeightChoices,
  type WeightSettings,
  weightConfig,
  weightSettings,
} from "../../weight-settings.js";

/** Options of layers that scale and move what they normalize. */
export interface AffineOptions extends LayerOptions, WeightChoices<"beta">, WeightChoices<"gamma"> {
  /** Added to the variance, so that nothing is divided by 0. Default 1e-3. */
  readonly epsilon?: number;
  /** Whether `beta` is added. Default true. */
  readonly center?: boolean;
  /** Whether the result is multiplied by `gamma`. Default true. */
  readonly scale?: boolean;
}

/** A layer that normalizes, then multiplies by weights `gamma`, ones at first, and adds weights `beta`, zeros at first. */
export abstract class AffineNormalization extends SameShapeLayer {
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly #settings: { readonly gamma: WeightSettings; readonly beta: WeightSettings };
  #gamma: Variable | undefined;
  #beta: Variable | undefined;

  constructor(options: AffineOptions) {
    super(options);
    this.epsilon = options.epsilon ?? 1e-3;
    this.center = options.center ?? true;
    this.scale = options.scale ?? true;
    this.#settings = {
      gamma: weightSettings("gamma", options, "ones"),
      beta: weightSettings("beta", options, "zeros"),
    };
  }

  /** Half precision has neither the digits nor the range for sums of squares. */
  protected override get callDtype(): Dtype {
    return "float32";
  }

  /** Makes gamma and beta, where they are wanted. */
  protected addAffine(shape: readonly number[], center = this.center, scale = this.scale): void {
    const { gamma, beta } = this.#settings;
    if (scale) this.#gamma = this.addWeight("gamma", shape, gamma.initializer, gamma);
    if (center) this.#beta = this.addWeight("beta", shape, beta.initializer, beta);
  }

  /** Gamma and beta under a shape that broadcasts. */
  protected affine(shape: readonly number[]): { gamma: Tensor | undefined; beta: Tensor | undefined } {
    const read = (weight: Variable | undefined) => weight && reshape(weight.read(), shape);
    return { gamma: read(this.#gamma), beta: read(this.#beta) };
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      ...weightConfig("gamma", this.#settings.gamma),
      ...weightConfig("beta", this.#settings.beta),
    };
  }
}
