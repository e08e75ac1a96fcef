import {
  averagePool1d,
  averagePool2d,
  averagePool3d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type Tensor,
} from "@hekla/tensor";
import type { BatchShape } from "../../batch-shape.js";
import type { Config } from "../../layer.js";
import type { Along, Along1, Along2, Along3, Each, SpatialOptions } from "../convolution/spatial-layer.js";
import { type Padding, WindowLayer } from "../convolution/window-layer.js";

export interface PoolingOptions<Size extends Along> extends SpatialOptions {
  /** Steps of the window. Default: the pool size. */
  readonly strides?: Each<Size> | null;
  /** Default "valid". */
  readonly padding?: Padding;
}

export type Pooling1DOptions = PoolingOptions<Along1>;
export type Pooling2DOptions = PoolingOptions<Along2>;
export type Pooling3DOptions = PoolingOptions<Along3>;

/** What all poolings share. */
abstract class Pooling<Size extends Along> extends WindowLayer<Size> {
  constructor(rank: Size["length"], poolSize: Each<Size>, { strides, ...options }: PoolingOptions<Size>) {
    super(rank, ["poolSize", poolSize], { ...options, strides: strides ?? poolSize });
  }

  get poolSize(): Size {
    return this.windowSize;
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return this.windowsIn(inputShape);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), poolSize: this.poolSize };
  }
}

abstract class Pooling1D extends Pooling<Along1> {
  /** @throws ShapeError unless sizes and strides are integers of at least 1 */
  constructor(poolSize: Each<Along1> = 2, options: Pooling1DOptions = {}) {
    super(1, poolSize, options);
  }

  /** What the op takes. */
  protected get settings() {
    const { padding, dataFormat } = this;
    return { poolSize: this.poolSize[0], strides: this.strides[0], padding, dataFormat };
  }
}

abstract class Pooling2D extends Pooling<Along2> {
  /** @throws ShapeError unless sizes and strides are integers of at least 1 */
  constructor(poolSize: Each<Along2> = 2, options: Pooling2DOptions = {}) {
    super(2, poolSize, options);
  }
}

abstract class Pooling3D extends Pooling<Along3> {
  /** @throws ShapeError unless sizes and strides are integers of at least 1 */
  constructor(poolSize: Each<Along3> = 2, options: Pooling3DOptions = {}) {
    super(3, poolSize, options);
  }
}

/** The largest value of each window of steps. Source: Keras 3 `MaxPooling1D`. */
export class MaxPooling1D extends Pooling1D {
  static override readonly className: string = "MaxPooling1D";

  override call(inputs: Tensor): Tensor {
    return maxPool1d(inputs, this.settings);
  }

  static fromConfig({ poolSize, ...options }: Config): MaxPooling1D {
    return new MaxPooling1D(poolSize as Each<Along1>, options);
  }
}

/** The largest value of each window of an image. Source: Keras 3 `MaxPooling2D`. */
export class MaxPooling2D extends Pooling2D {
  static override readonly className: string = "MaxPooling2D";

  override call(inputs: Tensor): Tensor {
    const { poolSize, strides, padding, dataFormat } = this;
    return maxPool2d(inputs, { poolSize, strides, padding, dataFormat });
  }

  static fromConfig({ poolSize, ...options }: Config): MaxPooling2D {
    return new MaxPooling2D(poolSize as Each<Along2>, options);
  }
}

/** The largest value of each window of a volume. Source: Keras 3 `MaxPooling3D`. */
export class MaxPooling3D extends Pooling3D {
  static override readonly className: string = "MaxPooling3D";

  override call(inputs: Tensor): Tensor {
    const { poolSize, strides, padding, dataFormat } = this;
    return maxPool3d(inputs, { poolSize, strides, padding, dataFormat });
  }

  static fromConfig({ poolSize, ...options }: Config): MaxPooling3D {
    return new MaxPooling3D(poolSize as Each<Along3>, options);
  }
}

/** The mean of each window of steps; padding is not counted. Source: Keras 3 `AveragePooling1D`. */
export class AveragePooling1D extends Pooling1D {
  static override readonly className: string = "AveragePooling1D";

  override call(inputs: Tensor): Tensor {
    return averagePool1d(inputs, this.settings);
  }

  static fromConfig({ poolSize, ...options }: Config): AveragePooling1D {
    return new AveragePooling1D(poolSize as Each<Along1>, options);
  }
}

/** The mean of each window of an image; padding is not counted. Source: Keras 3 `AveragePooling2D`. */
export class AveragePooling2D extends Pooling2D {
  static override readonly className: string = "AveragePooling2D";

  override call(inputs: Tensor): Tensor {
    const { poolSize, strides, padding, dataFormat } = this;
    return averagePool2d(inputs, { poolSize, strides, padding, dataFormat });
  }

  static fromConfig({ poolSize, ...options }: Config): AveragePooling2D {
    return new AveragePooling2D(poolSize as Each<Along2>, options);
  }
}

/** The mean of each window of a volume; padding is not counted. Source: Keras 3 `AveragePooling3D`. */
export class AveragePooling3D extends Pooling3D {
  static override readonly className: string = "AveragePooling3D";

  override call(inputs: Tensor): Tensor {
    const { poolSize, strides, padding, dataFormat } = this;
    return averagePool3d(inputs, { poolSize, strides, padding, dataFormat });
  }

  static fromConfig({ poolSize, ...options }: Config): AveragePooling3D {
    return new AveragePooling3D(poolSize as Each<Along3>, options);
  }
}
