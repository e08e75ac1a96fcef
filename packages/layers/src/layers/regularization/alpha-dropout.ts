import { add, multiply, randomBernoulli, type Tensor, where } from "@hekla/tensor";
import type { CallOptions, Config } from "../../layer.js";
import { Dropout, type DropoutOptions } from "./dropout.js";
import { checkRate } from "./random-layer.js";

/** What selu goes to for large negative values. Source: Klambauer et al. 2017, appendix 1. */
const saturation = -1.6732632423543772 * 1.0507009873554805;

/**
 * In training sets a share `rate` of values to the value at which selu saturates, then scales and moves all such that
 * mean 0 and variance 1 stay. Else passes them on.
 * Source: Klambauer et al. 2017, section "alpha dropout"; Keras 3 `AlphaDropout`.
 */
export class AlphaDropout extends Dropout {
  static override readonly className: string = "AlphaDropout";

  /** @throws DataError unless `rate` is from 0 to below 1 */
  constructor(rate: number, options: DropoutOptions = {}) {
    super(rate, options);
    checkRate(this.name, rate);
  }

  override call(inputs: Tensor, { training = false }: CallOptions): Tensor {
    const { rate } = this;
    if (!training || rate === 0) return inputs;
    const scale = ((1 - rate) * (1 + rate * saturation ** 2)) ** -0.5;
    const shift = -scale * saturation * rate;
    const keep = randomBernoulli(this.maskShape(inputs.shape), this.stream, { probability: 1 - rate });
    return add(multiply(where(keep, inputs, saturation), scale), shift);
  }

  static override fromConfig({ rate, ...options }: Config): AlphaDropout {
    return new AlphaDropout(rate as number, options);
  }
}
