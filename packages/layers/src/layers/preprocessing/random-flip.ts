import { DataError, flip, less, reshape, type Tensor, where } from "@hekla/tensor";
import type { Config } from "../../layer.js";
import { RandomImageLayer, type RandomImageOptions } from "./random-image-layer.js";

/** Which way images are flipped: left and right, top and bottom, or both at once. */
export type FlipMode = "horizontal" | "vertical" | "horizontalAndVertical";

/**
 * In training flips each image with probability 1/2; with "horizontalAndVertical" both ways or not at all.
 * Source: Keras 3 `RandomFlip`.
 */
export class RandomFlip extends RandomImageLayer {
  static override readonly className: string = "RandomFlip";
  readonly mode: FlipMode;

  /** @throws DataError for an unknown mode */
  constructor(mode: FlipMode = "horizontalAndVertical", options: RandomImageOptions = {}) {
    super(options);
    if (!["horizontal", "vertical", "horizontalAndVertical"].includes(mode)) {
      throw new DataError(
        `randomFlip: bad mode, got "${mode}", expected "horizontal", "vertical" or "horizontalAndVertical"`,
      );
    }
    this.mode = mode;
  }

  protected override change(images: Tensor): Tensor {
    const height = this.dataFormat === "channelsFirst" ? 2 : 1;
    const axes = {
      horizontal: [height + 1],
      vertical: [height],
      horizontalAndVertical: [height, height + 1],
    };
    const flips = less(this.draw(images, [0, 1]), 0.5);
    return where(reshape(flips, [images.shape[0]!, 1, 1, 1]), flip(images, axes[this.mode]), images);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), mode: this.mode };
  }

  static fromConfig({ mode, ...options }: Config): RandomFlip {
    return new RandomFlip(mode as FlipMode, options);
  }
}
