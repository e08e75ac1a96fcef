import { type Dtype, maximum, multiply, rsqrt, square, sum, type Tensor } from "@hekla/tensor";
import { type Axes, resolveAxes } from "../../axes.js";
import type { BatchShape } from "../../batch-shape.js";
import type { Config, LayerOptions } from "../../layer.js";
import { SameShapeLayer } from "../../same-shape-layer.js";

export interface UnitNormalizationOptions extends LayerOptions {
  /** The axes over which the norm is taken. Default -1. */
  readonly axis?: Axes;
}

/** `x / |x|`, the Euclidean norm over `axis`; zeros stay. Source: Keras 3 `UnitNormalization`. */
export class UnitNormalization extends SameShapeLayer {
  static override readonly className: string = "UnitNormalization";
  readonly axis: Axes;

  constructor(options: UnitNormalizationOptions = {}) {
    super(options);
    this.axis = options.axis ?? -1;
  }

  protected override get callDtype(): Dtype {
    return "float32";
  }

  override call(inputs: Tensor): Tensor {
    const axes = resolveAxes(this.name, this.axis, inputs.shape);
    const squares = sum(square(inputs), { axes, keepDims: true });
    // Keras bounds 1 / |x| by 1e12; bounding |x|^2 instead keeps the gradient of zeros finite.
    return multiply(inputs, rsqrt(maximum(squares, 1e-24)));
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    resolveAxes(this.name, this.axis, inputShape);
    return inputShape;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis };
  }

  static fromConfig(config: Config): UnitNormalization {
    return new UnitNormalization(config);
  }
}
