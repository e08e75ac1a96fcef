import { add, multiply, reshape, ShapeError, type Tensor } from "@hekla/tensor";
import { knownSizes, resolveAxes } from "../../axes.js";
import { type BatchShape, formatBatchShape } from "../../batch-shape.js";
import type { Config } from "../../layer.js";
import { AffineNormalization, type AffineOptions } from "./affine-normalization.js";
import { moments, normalize } from "./moments.js";

export interface GroupNormalizationOptions extends AffineOptions {
  /** Number of groups; -1 makes each channel one (instance normalization). Default 32. */
  readonly groups?: number;
  /** The axis of the channels. Default -1. */
  readonly axis?: number;
}

/**
 * Normalizes each group of channels of each sample: mean and variance over the group and all places, then
 * `gamma normal + beta`. `[batch, ..., channels]`, same shape out. Weights: gamma and beta, `[channels]`.
 * Source: Wu and He 2018, equations 1 to 7; Keras 3 `GroupNormalization`.
 */
export class GroupNormalization extends AffineNormalization {
  static override readonly className: string = "GroupNormalization";
  readonly groups: number;
  readonly axis: number;

  /** @throws ShapeError for a bad number of groups */
  constructor(options: GroupNormalizationOptions = {}) {
    super(options);
    this.groups = options.groups ?? 32;
    this.axis = options.axis ?? -1;
    if (!Number.isInteger(this.groups) || (this.groups < 1 && this.groups !== -1)) {
      throw new ShapeError(
        `${this.name}: bad groups, got ${this.groups}, expected an integer of at least 1, or -1`,
      );
    }
  }

  override build(inputShape: BatchShape): void {
    this.addAffine([this.#layout(inputShape).channels]);
    super.build(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    const { axis, channels, groups } = this.#layout(inputs.shape);
    const { shape } = inputs;
    const grouped = [...shape.slice(0, axis), groups, channels / groups, ...shape.slice(axis + 1)];
    const places = grouped.map((_, other) => other).filter((other) => other !== 0 && other !== axis);
    const { gamma, beta } = this.affine(
      grouped.map((size, other) => (other === axis || other === axis + 1 ? size : 1)),
    );
    const normal = normalize(moments(reshape(inputs, grouped), places), this.epsilon);
    const scaled = gamma ? multiply(normal, gamma) : normal;
    return reshape(beta ? add(scaled, beta) : scaled, shape);
  }

  #layout(inputShape: BatchShape): { axis: number; channels: number; groups: number } {
    const axes = resolveAxes(this.name, this.axis, inputShape);
    const [channels] = knownSizes(this.name, inputShape, axes) as [number];
    const groups = this.groups === -1 ? channels : this.groups;
    if (axes[0] === 0 || channels % groups !== 0) {
      throw new ShapeError(
        `${this.name}: the channels do not fall into groups, got ${formatBatchShape(inputShape)} with axis ` +
          `${this.axis} and ${groups} groups, expected a multiple of ${groups} there`,
      );
    }
    return { axis: axes[0]!, channels, groups };
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    this.#layout(inputShape);
    return inputShape;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), groups: this.groups, axis: this.axis };
  }

  static fromConfig(config: Config): GroupNormalization {
    return new GroupNormalization(config);
  }
}
