import { ShapeError } from "@hekla/tensor";
import { type BatchShape, formatBatchShape } from "../../batch-shape.js";
import type { Config } from "../../layer.js";
import { type Along, type Each, SpatialLayer, type SpatialOptions } from "./spatial-layer.js";

/** `valid`: no padding; `same`: zeros around, so that the output has `ceil(input / strides)` places. */
export type Padding = "valid" | "same";

export interface WindowOptions<Size extends Along, Mode extends string = Padding> extends SpatialOptions {
  /** Default "valid". */
  readonly padding?: Mode;
  /** Steps of the window. */
  readonly strides?: Each<Size>;
  /** Distance between the places a window looks at. Default 1. */
  readonly dilationRate?: Each<Size>;
}

/** What convolutions and poolings share: a window that goes over the spatial axes. */
export abstract class WindowLayer<
  Size extends Along,
  Mode extends string = Padding,
> extends SpatialLayer<Size> {
  readonly strides: Size;
  readonly dilationRate: Size;
  readonly padding: Mode;
  protected readonly windowSize: Size;

  /** @param window the option that gives the window's size, and its value */
  constructor(
    rank: Size["length"],
    window: readonly [name: string, size: Each<Size>],
    options: WindowOptions<Size, Mode>,
    modes: readonly string[] = ["valid", "same"],
  ) {
    super(rank, options);
    this.windowSize = this.each(...window);
    this.strides = this.each("strides", options.strides ?? 1);
    this.dilationRate = this.each("dilationRate", options.dilationRate ?? 1);
    this.padding = options.padding ?? ("valid" as Mode);
    if (!modes.includes(this.padding)) {
      const expected = modes.map((mode) => `"${mode}"`).join(" or ");
      throw new ShapeError(`${this.name}: bad padding, got "${this.padding}", expected ${expected}`);
    }
  }

  /** Throws ShapeError where windows step by more than 1 and have gaps, as Keras does. */
  protected refuseStridesWithDilation(): void {
    const { strides, dilationRate } = this;
    if (Math.max(...strides) > 1 && Math.max(...dilationRate) > 1) {
      throw new ShapeError(
        `${this.name}: strides above 1 do not go with a dilationRate above 1, got strides ${strides} and ` +
          `dilationRate ${dilationRate}, expected one of them to be 1`,
      );
    }
  }

  /** Places from the first to the last one a window looks at. */
  protected reach(axis: number): number {
    return (this.windowSize[axis]! - 1) * this.dilationRate[axis]! + 1;
  }

  /** Output shape, maybe with other channels. */
  protected windowsIn(inputShape: BatchShape, channels?: number): BatchShape {
    const count = (size: number, axis: number): number => {
      const stride = this.strides[axis]!;
      if (this.padding !== "valid") return Math.ceil(size / stride);
      const reach = this.reach(axis);
      if (size < reach) {
        throw new ShapeError(
          `${this.name}: the window does not fit, got input ${formatBatchShape(inputShape)} ` +
            `(${this.dataFormat}) and a window over ${reach} places, expected at least that many`,
        );
      }
      return Math.floor((size - reach) / stride) + 1;
    };
    return this.resized(inputShape, count, channels);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), strides: this.strides, padding: this.padding };
  }
}
