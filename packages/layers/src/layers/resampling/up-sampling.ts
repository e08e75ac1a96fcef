import { broadcastTo, DataError, reshape, type Tensor } from "@hekla/tensor";
import type { BatchShape } from "../../batch-shape.js";
import type { Config, LayerOptions } from "../../layer.js";
import {
  type Along,
  type Along1,
  type Along2,
  type Along3,
  type Each,
  SpatialLayer,
  type SpatialOptions,
} from "../convolution/spatial-layer.js";
import { type Interpolation, interpolate, interpolations } from "./interpolation.js";

/** What the upsamplings share. */
abstract class UpSampling<Size extends Along> extends SpatialLayer<Size> {
  /** By spatial axis. */
  protected readonly factors: Size;

  constructor(rank: Size["length"], size: Each<Size>, options: SpatialOptions, hasFormat = true) {
    super(rank, options, hasFormat);
    this.factors = this.each("size", size);
  }

  /** Every place as often as the factors say. */
  override call(inputs: Tensor): Tensor {
    const factors = this.alongAxes<number>(this.factors, 1);
    const apart = inputs.shape.flatMap((size) => [size, 1]);
    const repeated = inputs.shape.flatMap((size, axis) => [size, factors[axis]!]);
    const shape = inputs.shape.map((size, axis) => size * factors[axis]!);
    return reshape(broadcastTo(reshape(inputs, apart), repeated), shape);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return this.resized(inputShape, (size, axis) => size * this.factors[axis]!);
  }
}

/** Every step of `[batch, steps, channels]` repeated `size` times. Source: Keras 3 `UpSampling1D`. */
export class UpSampling1D extends UpSampling<Along1> {
  static override readonly className: string = "UpSampling1D";

  /**
   * @param size default 2
   * @throws ShapeError unless it is an integer of at least 1
   */
  constructor(size = 2, options: LayerOptions = {}) {
    super(1, size, options, false);
  }

  get size(): number {
    return this.factors[0];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), size: this.size };
  }

  static fromConfig({ size, ...options }: Config): UpSampling1D {
    return new UpSampling1D(size as number, options);
  }
}

export interface UpSampling2DOptions extends SpatialOptions {
  /** What is between pixels. Default "nearest": they are repeated. */
  readonly interpolation?: Interpolation;
}

/** Images `size` times as high and wide. Source: Keras 3 `UpSampling2D`. */
export class UpSampling2D extends UpSampling<Along2> {
  static override readonly className: string = "UpSampling2D";
  readonly interpolation: Interpolation;

  /**
   * @param size factors for height and width; default 2
   * @throws ShapeError unless they are integers of at least 1, DataError for an unknown interpolation
   */
  constructor(size: Each<Along2> = 2, options: UpSampling2DOptions = {}) {
    super(2, size, options);
    this.interpolation = options.interpolation ?? "nearest";
    if (!interpolations.includes(this.interpolation)) {
      throw new DataError(
        `${this.name}: unknown interpolation, got "${this.interpolation}", ` +
          `expected one of ${interpolations.join(", ")}`,
      );
    }
  }

  get size(): Along2 {
    return this.factors;
  }

  override call(inputs: Tensor): Tensor {
    if (this.interpolation === "nearest") return super.call(inputs);
    return interpolate(inputs, this.size, this.interpolation, this.dataFormat);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), size: this.size, interpolation: this.interpolation };
  }

  static fromConfig({ size, ...options }: Config): UpSampling2D {
    return new UpSampling2D(size as Each<Along2>, options);
  }
}

/** Every voxel repeated `size` times along each axis. Source: Keras 3 `UpSampling3D`. */
export class UpSampling3D extends UpSampling<Along3> {
  static override readonly className: string = "UpSampling3D";

  /**
   * @param size factors for depth, height and width; default 2
   * @throws ShapeError unless they are integers of at least 1
   */
  constructor(size: Each<Along3> = 2, options: SpatialOptions = {}) {
    super(3, size, options);
  }

  get size(): Along3 {
    return this.factors;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), size: this.size };
  }

  static fromConfig({ size, ...options }: Config): UpSampling3D {
    return new UpSampling3D(size as Each<Along3>, options);
  }
}
