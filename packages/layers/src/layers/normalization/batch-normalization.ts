import {
  add,
  broadcastTo,
  cast,
  DataError,
  expandDims,
  multiply,
  reshape,
  rsqrt,
  ShapeError,
  subtract,
  type Tensor,
  type Variable,
} from "@hekla/tensor";
import { knownSizes, resolveAxes } from "../../axes.js";
import type { BatchShape } from "../../batch-shape.js";
import { type Initializer, type InitializerLike, resolveInitializer } from "../../initializers.js";
import { type CallOptions, type Config, firstMask } from "../../layer.js";
import { objectConfig } from "../../named-object.js";
import { AffineNormalization, type AffineOptions } from "./affine-normalization.js";
import { moments, normalize } from "./moments.js";

export interface BatchNormalizationOptions extends AffineOptions {
  /** The axis of the features, each of which is normalized by itself. Default -1; 1 for channelsFirst. */
  readonly axis?: number;
  /** Share of the old value that the moving statistics keep at each step. Default 0.99. */
  readonly momentum?: number;
  /** Default "zeros". */
  readonly movingMeanInitializer?: InitializerLike;
  /** Default "ones". */
  readonly movingVarianceInitializer?: InitializerLike;
}

/**
 * `gamma (x - mean) / sqrt(variance + epsilon) + beta` for each feature: `[batch, ..., features]`, same shape out.
 * In training mean and variance are those of the batch (of the places that the mask marks, if there is one), and the
 * moving statistics follow them: `moving = momentum moving + (1 - momentum) batch`. Else, and where the layer is not
 * trainable, they are the moving statistics. Weights: gamma, beta, and not trained moving_mean, moving_variance, each
 * `[features]`.
 * Source: Ioffe and Szegedy 2015; Keras 3 `BatchNormalization` without renorm.
 */
export class BatchNormalization extends AffineNormalization {
  static override readonly className: string = "BatchNormalization";
  readonly axis: number;
  readonly momentum: number;
  readonly #meanInitializer: Initializer;
  readonly #varianceInitializer: Initializer;
  #movingMean: Variable | undefined;
  #movingVariance: Variable | undefined;

  constructor(options: BatchNormalizationOptions = {}) {
    super(options);
    this.axis = options.axis ?? -1;
    this.momentum = options.momentum ?? 0.99;
    this.#meanInitializer = resolveInitializer(options.movingMeanInitializer ?? "zeros");
    this.#varianceInitializer = resolveInitializer(options.movingVarianceInitializer ?? "ones");
  }

  override build(inputShape: BatchShape): void {
    const size = knownSizes(this.name, inputShape, resolveAxes(this.name, this.axis, inputShape));
    const fixed = { trainable: false };
    this.addAffine(size);
    this.#movingMean = this.addWeight("moving_mean", size, this.#meanInitializer, fixed);
    this.#movingVariance = this.addWeight("moving_variance", size, this.#varianceInitializer, fixed);
    super.build(inputShape);
  }

  /** @throws ShapeError for a mask that does not lie on the leading axes of the inputs */
  override call(inputs: Tensor, { training, mask }: CallOptions): Tensor {
    const [axis] = resolveAxes(this.name, this.axis, inputs.shape);
    const shape = inputs.shape.map((size, other) => (other === axis ? size : 1));
    const { gamma, beta } = this.affine(shape);
    const [mean, variance] = [this.#movingMean!, this.#movingVariance!];
    if (!training || !this.trainable) {
      const inverse = rsqrt(add(reshape(variance.read(), shape), this.epsilon));
      const scaled = multiply(
        subtract(inputs, reshape(mean.read(), shape)),
        gamma ? multiply(inverse, gamma) : inverse,
      );
      return beta ? add(scaled, beta) : scaled;
    }
    const others = inputs.shape.map((_, other) => other).filter((other) => other !== axis);
    const batch = moments(inputs, others, this.#spread(firstMask(mask), inputs));
    this.#follow(mean, batch.mean);
    this.#follow(variance, batch.variance);
    return normalize(batch, this.epsilon, gamma, beta);
  }

  /** The mask for each value. */
  #spread(mask: Tensor | undefined, inputs: Tensor): Tensor | undefined {
    if (!mask) return undefined;
    if (mask.rank >= inputs.rank || mask.shape.some((size, axis) => size !== inputs.shape[axis])) {
      throw new ShapeError(
        `${this.name}: the mask does not fit, got [${mask.shape}] for inputs [${inputs.shape}], ` +
          `expected [${inputs.shape.slice(0, -1)}]`,
      );
    }
    let spread = cast(mask, "bool");
    while (spread.rank < inputs.rank) spread = expandDims(spread, -1);
    return broadcastTo(spread, inputs.shape);
  }

  #follow(moving: Variable, batch: Tensor): void {
    const now = reshape(batch, moving.shape);
    moving.assign(add(multiply(moving.read(), this.momentum), multiply(now, 1 - this.momentum)));
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    resolveAxes(this.name, this.axis, inputShape);
    return inputShape;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      axis: this.axis,
      momentum: this.momentum,
      movingMeanInitializer: objectConfig(this.#meanInitializer),
      movingVarianceInitializer: objectConfig(this.#varianceInitializer),
    };
  }

  /** @throws DataError for the config of a layer with renorm, which computes something else */
  static fromConfig(config: Config): BatchNormalization {
    if (config["renorm"]) {
      throw new DataError(
        "batchNormalization: got renorm true, expected a layer without batch renormalization",
      );
    }
    return new BatchNormalization(config);
  }
}
