import { add, clip, divide, maximum, multiply, sqrt, square, sum, type Tensor } from "@hekla/tensor";
import type { Axes } from "./axes.js";
import { type Config, type Configurable, type Like, type Makers, resolveObject } from "./named-object.js";

/** A projection that a weight goes through after each update. */
export interface Constraint extends Configurable {
  /** The weight's values as they may be; same shape. */
  project(weight: Tensor): Tensor;
}

/** What layers take: "nonNeg", "maxNorm", ..., a constraint, or the config of one. */
export type ConstraintLike = Like<Constraint, Uncapitalize<keyof typeof makers>>;

/** Keras 3 `config.epsilon()`. */
const epsilon = 1e-7;

const normOver = (weight: Tensor, axis: Axes): Tensor =>
  sqrt(sum(square(weight), { axes: axis, keepDims: true }));

/** No negative values. Source: Keras 3 `NonNeg`. */
export class NonNeg implements Constraint {
  readonly className: string = "NonNeg";
  project(weight: Tensor): Tensor {
    return maximum(weight, 0);
  }
  getConfig(): Config {
    return {};
  }
}

export interface MinMaxNormOptions {
  /** Default 0. */
  readonly minValue?: number;
  /** Default 1. */
  readonly maxValue?: number;
  /** How much of the way to go at each step. Default 1. */
  readonly rate?: number;
  /** Axes along which norms are taken. Default 0. */
  readonly axis?: Axes;
}

/** Norms along `axis` between two bounds. Source: Keras 3 `MinMaxNorm`. */
export class MinMaxNorm implements Constraint {
  readonly className: string = "MinMaxNorm";
  protected readonly options: Required<MinMaxNormOptions>;

  constructor({ minValue = 0, maxValue = 1, rate = 1, axis = 0 }: MinMaxNormOptions = {}) {
    this.options = { minValue, maxValue, rate, axis };
  }

  project(weight: Tensor): Tensor {
    const { minValue, maxValue, rate, axis } = this.options;
    const norms = normOver(weight, axis);
    const clipped = clip(norms, minValue, maxValue);
    const desired = rate === 1 ? clipped : add(multiply(clipped, rate), multiply(norms, 1 - rate));
    return multiply(weight, divide(desired, add(norms, epsilon)));
  }

  getConfig(): Config {
    return { ...this.options };
  }
}

/** Norms along `axis` of at most `maxValue`, 2 by default. Source: Keras 3 `MaxNorm`. */
export class MaxNorm extends MinMaxNorm {
  override readonly className: string = "MaxNorm";
  constructor(maxValue = 2, { axis = 0 }: { readonly axis?: Axes } = {}) {
    super({ maxValue, axis });
  }
  override getConfig(): Config {
    return { maxValue: this.options.maxValue, axis: this.options.axis };
  }
}

/** Norms along `axis` of 1. Source: Keras 3 `UnitNorm`. */
export class UnitNorm implements Constraint {
  readonly className: string = "UnitNorm";
  readonly #axis: Axes;
  constructor({ axis = 0 }: { readonly axis?: Axes } = {}) {
    this.#axis = axis;
  }
  project(weight: Tensor): Tensor {
    return divide(weight, add(normOver(weight, this.#axis), epsilon));
  }
  getConfig(): Config {
    return { axis: this.#axis };
  }
}

const makers = {
  NonNeg: () => new NonNeg(),
  MinMaxNorm: (options: MinMaxNormOptions) => new MinMaxNorm(options),
  MaxNorm: ({ maxValue, ...options }: { maxValue?: number; axis?: Axes }) => new MaxNorm(maxValue, options),
  UnitNorm: (options: { axis?: Axes }) => new UnitNorm(options),
} satisfies Makers<Constraint>;

/**
 * The constraint meant, undefined where none is.
 * @throws DataError for an unknown name
 */
export const resolveConstraint = (like: ConstraintLike | null | undefined): Constraint | undefined =>
  resolveObject("constraint", like, makers);
