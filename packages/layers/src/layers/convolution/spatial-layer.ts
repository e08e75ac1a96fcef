import { type DataFormat, reshape, ShapeError, type TensorLike, type Variable } from "@hekla/tensor";
import { type BatchShape, checkRank, formatBatchShape } from "../../batch-shape.js";
import { type Config, Layer, type LayerOptions } from "../../layer.js";

/** Sizes along the spatial axes of a layer over steps, images or volumes. */
export type Along1 = readonly [number];
export type Along2 = readonly [number, number];
export type Along3 = readonly [number, number, number];
export type Along = Along1 | Along2 | Along3;
/** One number for all spatial axes, or one for each. */
export type Each<Size extends Along> = number | Size;

export interface SpatialOptions extends LayerOptions {
  /**
   * Order of axes: `channelsLast` is `[batch, ...spatial, channels]`, `channelsFirst` `[batch, channels, ...spatial]`.
   * Default: that of the nearest layer before it in the model which names one, else "channelsLast".
   */
  readonly dataFormat?: DataFormat | null;
}

/** The order of axes itself, undefined where none is given; throws ShapeError for one that there is not. */
export function checkDataFormat(
  owner: string,
  format: DataFormat | null | undefined,
): DataFormat | undefined {
  if (format === undefined || format === null) return undefined;
  if (format === "channelsFirst" || format === "channelsLast") return format;
  throw new ShapeError(
    `${owner}: bad dataFormat, got "${format}", expected "channelsFirst" or "channelsLast"`,
  );
}

/** What layers over steps, images and volumes share: where the channels are. Masks end here, as in Keras. */
export abstract class SpatialLayer<Size extends Along = Along> extends Layer {
  /** Number of spatial axes. */
  readonly rank: Size["length"];
  readonly #hasFormat: boolean;
  #dataFormat: DataFormat | undefined;

  /** @param hasFormat false for layers that Keras knows in "channelsLast" only */
  constructor(rank: Size["length"], options: SpatialOptions, hasFormat = true) {
    super(options);
    this.rank = rank;
    this.#hasFormat = hasFormat;
    this.#dataFormat = checkDataFormat(this.name, options.dataFormat);
  }

  get dataFormat(): DataFormat {
    return this.#dataFormat ?? "channelsLast";
  }

  override adoptDataFormat(format: DataFormat | undefined): DataFormat | undefined {
    if (!this.#hasFormat) return format;
    this.#dataFormat ??= format;
    return this.#dataFormat;
  }

  /** The same number along all spatial axes, or those given, checked. */
  protected each(name: string, value: Each<Size>, least = 1): Size {
    const sizes = typeof value === "number" ? Array.from({ length: this.rank }, () => value) : [...value];
    if (sizes.length !== this.rank || !sizes.every((size) => Number.isInteger(size) && size >= least)) {
      const expected = this.rank === 1 ? "an integer" : `an integer or ${this.rank} integers`;
      throw new ShapeError(
        `${this.name}: bad ${name}, got ${sizes}, expected ${expected} of at least ${least}`,
      );
    }
    return sizes as unknown as Size;
  }

  /** Number of input channels. */
  protected channels(inputShape: BatchShape): number {
    checkRank(this.name, inputShape, this.rank + 2);
    const channels = inputShape[this.dataFormat === "channelsFirst" ? 1 : this.rank + 1];
    if (typeof channels !== "number") {
      throw new ShapeError(
        `${this.name}: the channels must have a known size, got ${formatBatchShape(inputShape)} ` +
          `(${this.dataFormat})`,
      );
    }
    return channels;
  }

  /** The shape with other sizes along the spatial axes, where they are known, and maybe other channels. */
  protected resized(
    inputShape: BatchShape,
    size: (size: number, axis: number) => number,
    channels?: number,
  ): BatchShape {
    checkRank(this.name, inputShape, this.rank + 2);
    const first = this.dataFormat === "channelsFirst" ? 2 : 1;
    return inputShape.map((given, at) => {
      const axis = at - first;
      if (at > 0 && (axis < 0 || axis >= this.rank)) return channels ?? given;
      return at === 0 || given === null ? given : size(given, axis);
    });
  }

  /** One value for each axis of a batch: those given along the spatial axes, `other` along the others. */
  protected alongAxes<T>(spatial: readonly T[], other: T): T[] {
    return this.dataFormat === "channelsFirst" ? [other, other, ...spatial] : [other, ...spatial, other];
  }

  /** A vector of one value a channel, shaped so that it is added to all places. */
  protected perChannel(values: Variable): TensorLike {
    const ones = new Array<number>(this.rank).fill(1);
    return this.dataFormat === "channelsFirst" ? reshape(values, [values.size, ...ones]) : values;
  }

  override computeMask(): undefined {
    return undefined;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), ...(this.#hasFormat ? { dataFormat: this.dataFormat } : {}) };
  }
}
