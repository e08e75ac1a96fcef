import { multiply, randomBernoulli, ShapeError, type Tensor, where } from "@hekla/tensor";
import type { BatchShape } from "../../batch-shape.js";
import type { CallOptions, Config } from "../../layer.js";
import { checkRate, RandomLayer, type RandomOptions } from "./random-layer.js";

export interface DropoutOptions extends RandomOptions {
  /** Shape of the mask, null for the input's own size; 1 drops whole axes together. Default: the input's shape. */
  readonly noiseShape?: BatchShape | null;
}

/**
 * In training sets a share `rate` of values to 0 and scales the others by `1 / (1 - rate)`; else passes them on.
 * Source: Srivastava et al. 2014; Keras 3 `Dropout`.
 */
export class Dropout extends RandomLayer {
  static override readonly className: string = "Dropout";
  readonly rate: number;
  readonly #noiseShape: BatchShape | null;

  /** @throws DataError unless `rate` is from 0 to 1, ShapeError for a bad noiseShape */
  constructor(rate: number, options: DropoutOptions = {}) {
    super(options);
    this.rate = checkRate(this.name, rate, 1);
    this.#noiseShape = options.noiseShape ?? null;
    if (this.#noiseShape?.some((size) => size !== null && !(Number.isInteger(size) && size >= 1))) {
      throw new ShapeError(
        `${this.name}: bad noiseShape, got [${this.#noiseShape}], expected integers of at least 1, or null`,
      );
    }
  }

  /** Shape of the mask for inputs of a shape. */
  protected maskShape(inputShape: readonly number[]): readonly number[] {
    const wanted = this.#noiseShape ?? inputShape;
    const fits = wanted.every((size, axis) => size === null || size === 1 || size === inputShape[axis]);
    if (wanted.length !== inputShape.length || !fits) {
      throw new ShapeError(
        `${this.name}: noiseShape does not fit, got [${wanted}] for inputs [${inputShape}], ` +
          "expected the same number of axes, each of them 1, null or as long",
      );
    }
    return inputShape.map((size, axis) => wanted[axis] ?? size);
  }

  override call(inputs: Tensor, { training = false }: CallOptions): Tensor {
    if (!training || this.rate === 0) return inputs;
    if (this.rate === 1) return multiply(inputs, 0);
    const keep = randomBernoulli(this.maskShape(inputs.shape), this.stream, { probability: 1 - this.rate });
    return where(keep, multiply(inputs, 1 / (1 - this.rate)), 0);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      rate: this.rate,
      ...(this.#noiseShape ? { noiseShape: this.#noiseShape } : {}),
    };
  }

  static fromConfig({ rate, ...options }: Config): Dropout {
    return new Dropout(rate as number, options);
  }
}
