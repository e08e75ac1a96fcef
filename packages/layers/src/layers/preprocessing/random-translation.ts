import { multiply, type Tensor } from "@hekla/tensor";
import type { Config } from "../../layer.js";
import { type AffineMatrix, affineTranslation } from "./affine-transform.js";
import { bounds, type Factor, RandomAffineLayer, type RandomAffineOptions } from "./random-image-layer.js";

/**
 * In training moves each image down and to the right by a random share of its height and width, up and to the
 * left where negative. Factors of 0.2 and [-0.2, 0.2] are the same.
 * Source: Keras 3 `RandomTranslation`.
 */
export class RandomTranslation extends RandomAffineLayer {
  static override readonly className: string = "RandomTranslation";
  readonly heightFactor: Factor;
  readonly widthFactor: Factor;

  /** @throws DataError for factors outside of [-1, 1] */
  constructor(heightFactor: Factor, widthFactor: Factor, options: RandomAffineOptions = {}) {
    super(options);
    bounds("randomTranslation", "heightFactor", heightFactor, -1, 1);
    bounds("randomTranslation", "widthFactor", widthFactor, -1, 1);
    this.heightFactor = heightFactor;
    this.widthFactor = widthFactor;
  }

  protected override matrix(images: Tensor, height: number, width: number): AffineMatrix {
    const share = (name: string, factor: Factor): Tensor =>
      this.draw(images, bounds(this.name, name, factor, -1, 1));
    const down = multiply(share("heightFactor", this.heightFactor), height);
    return affineTranslation(multiply(share("widthFactor", this.widthFactor), width), down);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), heightFactor: this.heightFactor, widthFactor: this.widthFactor };
  }

  static fromConfig({ heightFactor, widthFactor, ...options }: Config): RandomTranslation {
    return new RandomTranslation(heightFactor as Factor, widthFactor as Factor, options);
  }
}
