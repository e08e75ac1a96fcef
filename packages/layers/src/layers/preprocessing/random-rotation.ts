import { multiply, type Tensor } from "@hekla/tensor";
import type { Config } from "../../layer.js";
import type { Along2 } from "../convolution/spatial-layer.js";
import { type AffineMatrix, affineRotation } from "./affine-transform.js";
import { bounds, type Factor, RandomAffineLayer, type RandomAffineOptions } from "./random-image-layer.js";

/**
 * In training turns each image about its middle by a random share of a whole turn, counterclockwise where
 * positive. Factors of 0.1 and [-0.1, 0.1] are the same: up to 36 degrees each way.
 * Source: Keras 3 `RandomRotation`.
 */
export class RandomRotation extends RandomAffineLayer {
  static override readonly className: string = "RandomRotation";
  readonly factor: Along2;

  /** @throws DataError for factors outside of [-1, 1] */
  constructor(factor: Factor, options: RandomAffineOptions = {}) {
    super(options);
    this.factor = bounds("randomRotation", "factor", factor, -1, 1);
  }

  protected override matrix(images: Tensor, height: number, width: number): AffineMatrix {
    return affineRotation(multiply(this.draw(images, this.factor), 2 * Math.PI), height, width);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), factor: this.factor };
  }

  static fromConfig({ factor, ...options }: Config): RandomRotation {
    return new RandomRotation(factor as Factor, options);
  }
}
