import { DataError, multiply, type RandomStream, randomBernoulli, type Tensor, where } from "@hekla/tensor";
import type { BatchShape } from "../../batch-shape.js";
import { type CallOptions, type Config, Layer, type LayerOptions } from "../../layer.js";

export interface DropoutOptions extends LayerOptions {
  /** Shape of the mask, null for the input's own size; 1 drops whole axes together. Default: the input's shape. */
  readonly noiseShape?: readonly (number | null)[];
  /** Default: the model's seed. */
  readonly seed?: number;
}

/**
 * In training sets a share `rate` of values to 0 and scales the others by `1 / (1 - rate)`; else passes them on.
 * Source: Srivastava et al. 2014; Keras 3 `Dropout`.
 */
export class Dropout extends Layer {
  static override readonly className = "Dropout";
  readonly rate: number;
  readonly #noiseShape: readonly (number | null)[] | undefined;
  readonly #seed: number | undefined;
  #stream: RandomStream | undefined;

  /** @throws DataError unless `rate` is from 0 to below 1 */
  constructor(rate: number, options: DropoutOptions = {}) {
    super(options);
    if (!(rate >= 0 && rate < 1)) {
      throw new DataError(`dropout: bad rate, got ${rate}, expected a number from 0 to below 1`);
    }
    this.rate = rate;
    this.#noiseShape = options.noiseShape;
    this.#seed = options.seed;
  }

  override build(inputShape: BatchShape): void {
    this.#stream = this.seeds.nextStream("dropout", this.#seed);
    this.addState(this.#stream.state);
    super.build(inputShape);
  }

  override call(inputs: Tensor, { training = false }: CallOptions): Tensor {
    if (!training || this.rate === 0) return inputs;
    const shape = inputs.shape.map((size, axis) => this.#noiseShape?.[axis] ?? size);
    const keep = randomBernoulli(shape, this.#stream!, { probability: 1 - this.rate });
    return where(keep, multiply(inputs, 1 / (1 - this.rate)), 0);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return inputShape;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      rate: this.rate,
      ...(this.#noiseShape ? { noiseShape: this.#noiseShape } : {}),
      ...(this.#seed === undefined ? {} : { seed: this.#seed }),
    };
  }

  static fromConfig({ rate, ...options }: Config): Dropout {
    return new Dropout(rate as number, options);
  }
}
