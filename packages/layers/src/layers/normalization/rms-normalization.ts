import {
  add,
  type Dtype,
  mean,
  multiply,
  reshape,
  rsqrt,
  square,
  type Tensor,
  type Variable,
} from "@hekla/tensor";
import { type Axes, knownSizes, resolveAxes } from "../../axes.js";
import type { BatchShape } from "../../batch-shape.js";
import { resolveInitializer } from "../../initializers.js";
import type { Config, LayerOptions } from "../../layer.js";
import { SameShapeLayer } from "../../same-shape-layer.js";

export interface RMSNormalizationOptions extends LayerOptions {
  /** The axes that are normalized together. Default -1. */
  readonly axis?: Axes;
  /** Added to the mean square. Default 1e-6. */
  readonly epsilon?: number;
}

/**
 * `scale x / sqrt(mean(x^2) + epsilon)`, the mean over `axis`. Any shape, the same out; no mask goes on, as in Keras.
 * Weight: scale, of the sizes of `axis`, ones at first.
 * Source: Zhang and Sennrich 2019, equation 4; Keras 3 `RMSNormalization`.
 */
export class RMSNormalization extends SameShapeLayer {
  static override readonly className: string = "RMSNormalization";
  readonly axis: Axes;
  readonly epsilon: number;
  #scale: Variable | undefined;

  constructor(options: RMSNormalizationOptions = {}) {
    super(options);
    this.axis = options.axis ?? -1;
    this.epsilon = options.epsilon ?? 1e-6;
  }

  protected override get callDtype(): Dtype {
    return "float32";
  }

  override build(inputShape: BatchShape): void {
    const sizes = knownSizes(this.name, inputShape, resolveAxes(this.name, this.axis, inputShape));
    this.#scale = this.addWeight("scale", sizes, resolveInitializer("ones"));
    super.build(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    const axes = resolveAxes(this.name, this.axis, inputs.shape);
    const shape = inputs.shape.map((size, axis) => (axes.includes(axis) ? size : 1));
    const inverse = rsqrt(add(mean(square(inputs), { axes, keepDims: true }), this.epsilon));
    return multiply(multiply(inputs, inverse), reshape(this.#scale!.read(), shape));
  }

  override computeMask(): undefined {
    return undefined;
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    resolveAxes(this.name, this.axis, inputShape);
    return inputShape;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis, epsilon: this.epsilon };
  }

  static fromConfig(config: Config): RMSNormalization {
    return new RMSNormalization(config);
  }
}
