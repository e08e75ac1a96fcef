import { type DataFormat, ShapeError } from "@hekla/tensor";
import { type BatchShape, checkRank, formatBatchShape, type Pair, pair } from "../../batch-shape.js";
import { type Config, Layer, type LayerOptions } from "../../layer.js";

/** `valid`: no padding; `same`: zeros around, so that the output has `ceil(input / strides)` places. */
export type Padding = "valid" | "same";

export interface SpatialOptions extends LayerOptions {
  /** Default "valid". */
  readonly padding?: Padding;
  /**
   * Order of axes: `channelsLast` is `[batch, height, width, channels]`, `channelsFirst`
   * `[batch, channels, height, width]`. Default: that of the nearest layer before it in the model which names one,
   * else "channelsLast".
   */
  readonly dataFormat?: DataFormat;
}

/** What layers over images share: the window's strides and padding, and where the channels are. */
export abstract class SpatialLayer extends Layer {
  readonly windowSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilationRate: readonly [number, number];
  readonly padding: Padding;
  #dataFormat: DataFormat | undefined;

  constructor(windowSize: readonly [number, number], strides: Pair, dilation: Pair, options: SpatialOptions) {
    super(options);
    const owner = this.name;
    this.windowSize = windowSize;
    this.strides = pair(owner, "strides", strides);
    this.dilationRate = pair(owner, "dilationRate", dilation);
    this.padding = options.padding ?? "valid";
    if (this.padding !== "valid" && this.padding !== "same") {
      throw new ShapeError(`${owner}: bad padding, got "${this.padding}", expected "valid" or "same"`);
    }
    const { dataFormat } = options;
    if (dataFormat !== undefined && dataFormat !== "channelsFirst" && dataFormat !== "channelsLast") {
      throw new ShapeError(
        `${owner}: bad dataFormat, got "${dataFormat}", expected "channelsFirst" or "channelsLast"`,
      );
    }
    this.#dataFormat = dataFormat;
  }

  get dataFormat(): DataFormat {
    return this.#dataFormat ?? "channelsLast";
  }

  override adoptDataFormat(format: DataFormat | undefined): DataFormat | undefined {
    this.#dataFormat ??= format;
    return this.#dataFormat;
  }

  /** Number of input channels. */
  protected channels(inputShape: BatchShape): number {
    checkRank(this.name, inputShape, 4);
    return inputShape[this.dataFormat === "channelsFirst" ? 1 : 3]!;
  }

  /** Output shape with this many channels. */
  protected outputShape(inputShape: BatchShape, channels: number): BatchShape {
    checkRank(this.name, inputShape, 4);
    const first = this.dataFormat === "channelsFirst" ? 2 : 1;
    const sizes = [0, 1].map((axis) => this.#outputSize(inputShape, axis, inputShape[first + axis]!));
    const batch = inputShape[0] ?? null;
    return first === 2 ? [batch, channels, ...sizes] : [batch, ...sizes, channels];
  }

  #outputSize(inputShape: BatchShape, axis: number, size: number): number {
    const stride = this.strides[axis]!;
    if (this.padding === "same") return Math.ceil(size / stride);
    const reach = (this.windowSize[axis]! - 1) * this.dilationRate[axis]! + 1;
    if (size < reach) {
      throw new ShapeError(
        `${this.name}: the window does not fit, got input ${formatBatchShape(inputShape)} ` +
          `(${this.dataFormat}) and a window over ${reach} places, expected at least that many`,
      );
    }
    return Math.floor((size - reach) / stride) + 1;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      strides: this.strides,
      padding: this.padding,
      dataFormat: this.dataFormat,
    };
  }
}
