import { averagePool2d, maxPool2d, type Tensor } from "@hekla/tensor";
import { type BatchShape, type Pair, pair } from "../../batch-shape.js";
import type { Config } from "../../layer.js";
import { SpatialLayer, type SpatialOptions } from "../convolution/spatial-layer.js";

export interface Pooling2DOptions extends SpatialOptions {
  /** Steps of the window, down and across. Default: the pool size. */
  readonly strides?: Pair;
}

/** What both poolings share. */
abstract class Pooling2D extends SpatialLayer {
  constructor(poolSize: Pair = 2, options: Pooling2DOptions = {}) {
    const size = pair("pooling2d", "poolSize", poolSize);
    super(size, options.strides ?? size, 1, options);
  }

  get poolSize(): readonly [number, number] {
    return this.windowSize;
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return this.outputShape(inputShape, this.channels(inputShape));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), poolSize: this.poolSize };
  }
}

/** The largest value of each window of an image. Source: Keras 3 `MaxPooling2D`. */
export class MaxPooling2D extends Pooling2D {
  static override readonly className = "MaxPooling2D";

  override call(inputs: Tensor): Tensor {
    const { poolSize, strides, padding, dataFormat } = this;
    return maxPool2d(inputs, { poolSize, strides, padding, dataFormat });
  }

  static fromConfig({ poolSize, ...options }: Config): MaxPooling2D {
    return new MaxPooling2D(poolSize as Pair, options);
  }
}

/** The mean of each window of an image; padding is not counted. Source: Keras 3 `AveragePooling2D`. */
export class AveragePooling2D extends Pooling2D {
  static override readonly className = "AveragePooling2D";

  override call(inputs: Tensor): Tensor {
    const { poolSize, strides, padding, dataFormat } = this;
    return averagePool2d(inputs, { poolSize, strides, padding, dataFormat });
  }

  static fromConfig({ poolSize, ...options }: Config): AveragePooling2D {
    return new AveragePooling2D(poolSize as Pair, options);
  }
}
