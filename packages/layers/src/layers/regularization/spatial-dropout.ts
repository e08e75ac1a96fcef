import type { DataFormat } from "@hekla/tensor";
import { type BatchShape, checkRank } from "../../batch-shape.js";
import type { Config } from "../../layer.js";
import { checkDataFormat } from "../convolution/spatial-layer.js";
import { Dropout } from "./dropout.js";
import type { RandomOptions } from "./random-layer.js";

export interface SpatialDropoutOptions extends RandomOptions {
  /** Where the channels are. Default: that of the nearest layer before it which names one, else "channelsLast". */
  readonly dataFormat?: DataFormat | null;
}

/** Drops whole channels: one draw for all places of a channel of a sample. */
abstract class SpatialDropout extends Dropout {
  protected abstract readonly rank: number;
  protected abstract get channelAxis(): number;

  protected override maskShape(inputShape: readonly number[]): readonly number[] {
    return inputShape.map((size, axis) => (axis === 0 || axis === this.channelAxis ? size : 1));
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    checkRank(this.name, inputShape, this.rank);
    return inputShape;
  }

  override build(inputShape: BatchShape): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }
}

/** `Dropout` of whole features of `[batch, time, features]`. Source: Tompson et al. 2014; Keras 3 `SpatialDropout1D`. */
export class SpatialDropout1D extends SpatialDropout {
  static override readonly className: string = "SpatialDropout1D";
  protected readonly rank = 3;
  protected readonly channelAxis = 2;

  constructor(rate: number, options: RandomOptions = {}) {
    super(rate, options);
  }

  static override fromConfig({ rate, ...options }: Config): SpatialDropout1D {
    return new SpatialDropout1D(rate as number, options);
  }
}

abstract class SpatialDropoutND extends SpatialDropout {
  #dataFormat: DataFormat | undefined;

  /** @throws DataError unless `rate` is from 0 to 1, ShapeError for a bad dataFormat */
  constructor(rate: number, options: SpatialDropoutOptions = {}) {
    super(rate, options);
    this.#dataFormat = checkDataFormat(this.name, options.dataFormat);
  }

  get dataFormat(): DataFormat {
    return this.#dataFormat ?? "channelsLast";
  }

  override adoptDataFormat(format: DataFormat | undefined): DataFormat | undefined {
    this.#dataFormat ??= format;
    return this.#dataFormat;
  }

  protected get channelAxis(): number {
    return this.dataFormat === "channelsFirst" ? 1 : this.rank - 1;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), dataFormat: this.dataFormat };
  }
}

/**
 * `Dropout` of whole channels of images, `[batch, height, width, channels]` or the other order.
 * Source: Tompson et al. 2014; Keras 3 `SpatialDropout2D`.
 */
export class SpatialDropout2D extends SpatialDropoutND {
  static override readonly className: string = "SpatialDropout2D";
  protected readonly rank = 4;

  static override fromConfig({ rate, ...options }: Config): SpatialDropout2D {
    return new SpatialDropout2D(rate as number, options);
  }
}

/** `Dropout` of whole channels of volumes, five axes. Source: Tompson et al. 2014; Keras 3 `SpatialDropout3D`. */
export class SpatialDropout3D extends SpatialDropoutND {
  static override readonly className: string = "SpatialDropout3D";
  protected readonly rank = 5;

  static override fromConfig({ rate, ...options }: Config): SpatialDropout3D {
    return new SpatialDropout3D(rate as number, options);
  }
}
