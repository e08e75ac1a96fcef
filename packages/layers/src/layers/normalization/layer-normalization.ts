import { add, multiply, rsqrt, type Tensor } from "@hekla/tensor";
import { type Axes, knownSizes, resolveAxes } from "../../axes.js";
import type { BatchShape } from "../../batch-shape.js";
import type { Config } from "../../layer.js";
import { AffineNormalization, type AffineOptions } from "./affine-normalization.js";
import { moments, normalize } from "./moments.js";

export interface LayerNormalizationOptions extends AffineOptions {
  /** The axes that are normalized together, which gamma and beta have, too. Default -1. */
  readonly axis?: Axes;
  /**
   * Divide by the standard deviation without subtracting the mean, and add no beta. Deprecated in Keras, kept for its
   * files: see `RMSNormalization`. Default false.
   */
  readonly rmsScaling?: boolean;
}

/**
 * `gamma (x - mean) / sqrt(variance + epsilon) + beta` within each sample: mean and variance over `axis`. Any shape,
 * the same out. Weights: gamma and beta, of the sizes of `axis`.
 * Source: Ba et al. 2016, equation 4; Keras 3 `LayerNormalization`.
 */
export class LayerNormalization extends AffineNormalization {
  static override readonly className: string = "LayerNormalization";
  readonly axis: Axes;
  readonly rmsScaling: boolean;

  constructor(options: LayerNormalizationOptions = {}) {
    super(options);
    this.axis = options.axis ?? -1;
    this.rmsScaling = options.rmsScaling ?? false;
  }

  override build(inputShape: BatchShape): void {
    const sizes = knownSizes(this.name, inputShape, resolveAxes(this.name, this.axis, inputShape));
    this.addAffine(sizes, this.center && !this.rmsScaling, this.scale || this.rmsScaling);
    super.build(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    const axes = resolveAxes(this.name, this.axis, inputs.shape);
    const { gamma, beta } = this.affine(inputs.shape.map((size, axis) => (axes.includes(axis) ? size : 1)));
    const statistics = moments(inputs, axes);
    const normal = this.rmsScaling
      ? multiply(inputs, rsqrt(add(statistics.variance, this.epsilon)))
      : normalize(statistics, this.epsilon);
    const scaled = gamma ? multiply(normal, gamma) : normal;
    return beta ? add(scaled, beta) : scaled;
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    resolveAxes(this.name, this.axis, inputShape);
    return inputShape;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis, rmsScaling: this.rmsScaling };
  }

  static fromConfig(config: Config): LayerNormalization {
    return new LayerNormalization(config);
  }
}
