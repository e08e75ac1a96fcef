import { add, DataError, multiply, randomNormal, type Tensor } from "@hekla/tensor";
import type { CallOptions, Config } from "../../layer.js";
import { checkRate, RandomLayer, type RandomOptions } from "./random-layer.js";

/**
 * In training adds normal noise of mean 0 and standard deviation `stddev`; else passes values on.
 * Source: Keras 3 `GaussianNoise`.
 */
export class GaussianNoise extends RandomLayer {
  static override readonly className: string = "GaussianNoise";
  readonly stddev: number;

  /** @throws DataError unless `stddev` is from 0 to 1 */
  constructor(stddev: number, options: RandomOptions = {}) {
    super(options);
    if (!(stddev >= 0 && stddev <= 1)) {
      throw new DataError(`${this.name}: bad stddev, got ${stddev}, expected a number from 0 to 1`);
    }
    this.stddev = stddev;
  }

  override call(inputs: Tensor, { training = false }: CallOptions): Tensor {
    if (!training || this.stddev === 0) return inputs;
    return add(inputs, randomNormal(inputs.shape, this.stream, { standardDeviation: this.stddev }));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), stddev: this.stddev };
  }

  static fromConfig({ stddev, ...options }: Config): GaussianNoise {
    return new GaussianNoise(stddev as number, options);
  }
}

/**
 * In training multiplies by normal noise of mean 1 and standard deviation `sqrt(rate / (1 - rate))`, that of the mask of
 * a `Dropout` of this rate; else passes values on.
 * Source: Srivastava et al. 2014, section 10; Keras 3 `GaussianDropout`.
 */
export class GaussianDropout extends RandomLayer {
  static override readonly className: string = "GaussianDropout";
  readonly rate: number;

  /** @throws DataError unless `rate` is from 0 to below 1 */
  constructor(rate: number, options: RandomOptions = {}) {
    super(options);
    this.rate = checkRate(this.name, rate);
  }

  override call(inputs: Tensor, { training = false }: CallOptions): Tensor {
    if (!training || this.rate === 0) return inputs;
    const standardDeviation = Math.sqrt(this.rate / (1 - this.rate));
    return multiply(inputs, randomNormal(inputs.shape, this.stream, { mean: 1, standardDeviation }));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), rate: this.rate };
  }

  static fromConfig({ rate, ...options }: Config): GaussianDropout {
    return new GaussianDropout(rate as number, options);
  }
}
