import { cast, divide, expandDims, max, mean, sum, type Tensor, where } from "@hekla/tensor";
import type { BatchShape } from "../../batch-shape.js";
import { type CallOptions, type Config, firstMask } from "../../layer.js";
import {
  type Along,
  type Along1,
  type Along2,
  type Along3,
  SpatialLayer,
  type SpatialOptions,
} from "../convolution/spatial-layer.js";

export interface GlobalPoolingOptions extends SpatialOptions {
  /** Leaves the spatial axes in place, with size 1. Default false: `[batch, channels]`. */
  readonly keepdims?: boolean;
}

/** What all poolings over whole inputs share. */
abstract class GlobalPooling<Size extends Along> extends SpatialLayer<Size> {
  readonly keepdims: boolean;

  constructor(rank: Size["length"], options: GlobalPoolingOptions) {
    super(rank, options);
    this.keepdims = options.keepdims ?? false;
  }

  /** The spatial axes, and whether they stay. */
  protected get reduction(): { axes: number[]; keepDims: boolean } {
    const first = this.dataFormat === "channelsFirst" ? 2 : 1;
    return { axes: Array.from({ length: this.rank }, (_, axis) => first + axis), keepDims: this.keepdims };
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    const { axes } = this.reduction;
    const pooled = this.resized(inputShape, () => 1).map((size, axis) => (axes.includes(axis) ? 1 : size));
    return this.keepdims ? pooled : pooled.filter((_, axis) => !axes.includes(axis));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), keepdims: this.keepdims };
  }
}

/** The largest value over all steps. Source: Keras 3 `GlobalMaxPooling1D`. */
export class GlobalMaxPooling1D extends GlobalPooling<Along1> {
  static override readonly className: string = "GlobalMaxPooling1D";

  constructor(options: GlobalPoolingOptions = {}) {
    super(1, options);
  }

  override call(inputs: Tensor): Tensor {
    return max(inputs, this.reduction);
  }

  static fromConfig(config: Config): GlobalMaxPooling1D {
    return new GlobalMaxPooling1D(config);
  }
}

/** The largest value over all pixels. Source: Keras 3 `GlobalMaxPooling2D`. */
export class GlobalMaxPooling2D extends GlobalPooling<Along2> {
  static override readonly className: string = "GlobalMaxPooling2D";

  constructor(options: GlobalPoolingOptions = {}) {
    super(2, options);
  }

  override call(inputs: Tensor): Tensor {
    return max(inputs, this.reduction);
  }

  static fromConfig(config: Config): GlobalMaxPooling2D {
    return new GlobalMaxPooling2D(config);
  }
}

/** The largest value over all voxels. Source: Keras 3 `GlobalMaxPooling3D`. */
export class GlobalMaxPooling3D extends GlobalPooling<Along3> {
  static override readonly className: string = "GlobalMaxPooling3D";

  constructor(options: GlobalPoolingOptions = {}) {
    super(3, options);
  }

  override call(inputs: Tensor): Tensor {
    return max(inputs, this.reduction);
  }

  static fromConfig(config: Config): GlobalMaxPooling3D {
    return new GlobalMaxPooling3D(config);
  }
}

/**
 * The mean over all steps, or over those that a mask `[batch, steps]` marks (NaN where it marks none).
 * Source: Keras 3 `GlobalAveragePooling1D`.
 */
export class GlobalAveragePooling1D extends GlobalPooling<Along1> {
  static override readonly className: string = "GlobalAveragePooling1D";

  constructor(options: GlobalPoolingOptions = {}) {
    super(1, options);
  }

  override call(inputs: Tensor, options: CallOptions = {}): Tensor {
    const mask = firstMask(options.mask);
    if (!mask) return mean(inputs, this.reduction);
    const counts = expandDims(cast(mask, "bool"), this.dataFormat === "channelsFirst" ? 1 : 2);
    const total = sum(where(counts, inputs, 0), this.reduction);
    return divide(total, sum(cast(counts, inputs.dtype), this.reduction));
  }

  static fromConfig(config: Config): GlobalAveragePooling1D {
    return new GlobalAveragePooling1D(config);
  }
}

/** The mean over all pixels. Source: Keras 3 `GlobalAveragePooling2D`. */
export class GlobalAveragePooling2D extends GlobalPooling<Along2> {
  static override readonly className: string = "GlobalAveragePooling2D";

  constructor(options: GlobalPoolingOptions = {}) {
    super(2, options);
  }

  override call(inputs: Tensor): Tensor {
    return mean(inputs, this.reduction);
  }

  static fromConfig(config: Config): GlobalAveragePooling2D {
    return new GlobalAveragePooling2D(config);
  }
}

/** The mean over all voxels. Source: Keras 3 `GlobalAveragePooling3D`. */
export class GlobalAveragePooling3D extends GlobalPooling<Along3> {
  static override readonly className: string = "GlobalAveragePooling3D";

  constructor(options: GlobalPoolingOptions = {}) {
    super(3, options);
  }

  override call(inputs: Tensor): Tensor {
    return mean(inputs, this.reduction);
  }

  static fromConfig(config: Config): GlobalAveragePooling3D {
    return new GlobalAveragePooling3D(config);
  }
}
