import { add, type Tensor } from "@hekla/tensor";
import type { Config } from "../../layer.js";
import { type AffineMatrix, affineZoom } from "./affine-transform.js";
import { bounds, type Factor, RandomAffineLayer, type RandomAffineOptions } from "./random-image-layer.js";

/** Options of `RandomZoom`. */
export interface RandomZoomOptions extends RandomAffineOptions {
  /** Of the width. Default: as the height, so that images keep their proportions. */
  readonly widthFactor?: Factor | null;
}

/**
 * In training stretches each image about its middle: by a factor of 0.2 it shows from 0.8 to 1.2 of its
 * height, so that things grow where the factor is negative. Factors of 0.2 and [-0.2, 0.2] are the same.
 * Source: Keras 3 `RandomZoom`.
 */
export class RandomZoom extends RandomAffineLayer {
  static override readonly className: string = "RandomZoom";
  readonly heightFactor: Factor;
  readonly widthFactor: Factor | null;

  /** @throws DataError for factors outside of (-1, 1] */
  constructor(heightFactor: Factor, options: RandomZoomOptions = {}) {
    super(options);
    this.heightFactor = heightFactor;
    this.widthFactor = options.widthFactor ?? null;
    shares("heightFactor", heightFactor);
    if (this.widthFactor !== null) shares("widthFactor", this.widthFactor);
  }

  protected override matrix(images: Tensor, height: number, width: number): AffineMatrix {
    const down = add(this.draw(images, shares("heightFactor", this.heightFactor)), 1);
    const across =
      this.widthFactor === null ? down : add(this.draw(images, shares("widthFactor", this.widthFactor)), 1);
    return affineZoom(across, down, height, width);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), heightFactor: this.heightFactor, widthFactor: this.widthFactor };
  }

  static fromConfig({ heightFactor, ...options }: Config): RandomZoom {
    return new RandomZoom(heightFactor as Factor, options);
  }
}

/** Above -1: an image of no height shows nothing. */
const shares = (name: string, factor: Factor): readonly [number, number] =>
  bounds("randomZoom", name, factor, -1 + Number.EPSILON, 1);
