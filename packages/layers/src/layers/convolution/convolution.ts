import { conv1d, conv2d, conv3d, ShapeError, type Tensor, transpose, type Variable } from "@hekla/tensor";
import { type BatchShape, formatBatchShape, positiveInteger } from "../../batch-shape.js";
import type { Config } from "../../layer.js";
import { type KernelOptions, KernelSettings } from "../core/kernel-settings.js";
import type { Along, Along1, Along2, Along3, Each } from "./spatial-layer.js";
import { type Padding, WindowLayer, type WindowOptions } from "./window-layer.js";

export interface ConvolutionOptions<Size extends Along, Mode extends string = Padding>
  extends KernelOptions,
    WindowOptions<Size, Mode> {
  /** Steps of the window. Default 1; above 1 it does not go with a `dilationRate` above 1. */
  readonly strides?: Each<Size>;
  /** Groups of neighbouring channels, each convolved by itself with its share of the filters. Default 1. */
  readonly groups?: number;
}

/** "causal": zeros before the start only, so that no output sees later steps. */
export type Conv1DOptions = ConvolutionOptions<Along1, Padding | "causal">;
export type Conv2DOptions = ConvolutionOptions<Along2>;
export type Conv3DOptions = ConvolutionOptions<Along3>;

/** What the convolutions share: kernel, groups, bias and activation. */
abstract class Convolution<Size extends Along, Mode extends string = Padding> extends WindowLayer<
  Size,
  Mode
> {
  readonly filters: number;
  readonly groups: number;
  readonly #settings: KernelSettings;
  #kernel: Variable | undefined;
  #bias: Variable | undefined;

  constructor(
    rank: Size["length"],
    filters: number,
    kernelSize: Each<Size>,
    options: ConvolutionOptions<Size, Mode>,
    modes?: readonly Mode[],
  ) {
    super(rank, ["kernelSize", kernelSize], options, modes);
    this.filters = positiveInteger(this.name, "filters", filters);
    this.groups = positiveInteger(this.name, "groups", options.groups ?? 1);
    this.#settings = new KernelSettings(options);
    this.refuseStridesWithDilation();
    if (filters % this.groups !== 0) {
      throw new ShapeError(
        `${this.name}: bad groups, got ${this.groups}, expected a divisor of the ${filters} filters`,
      );
    }
  }

  get kernelSize(): Size {
    return this.windowSize;
  }

  /** The op, its kernel `[filters, channels / groups, ...kernelSize]`. */
  protected abstract convolve(inputs: Tensor, kernel: Tensor): Tensor;

  override build(inputShape: BatchShape): void {
    this.computeOutputShape(inputShape);
    const { kernel, bias, useBias } = this.#settings;
    const shape = [...this.kernelSize, this.#channelsPerGroup(inputShape), this.filters];
    this.#kernel = this.addWeight("kernel", shape, kernel.initializer, kernel);
    if (useBias) this.#bias = this.addWeight("bias", [this.filters], bias.initializer, bias);
    super.build(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    // Keras's order in the weight (and in files), the op's order in the call.
    const axes = this.kernelSize.map((_, axis) => axis);
    const kernel = transpose(this.#kernel!, [this.rank + 1, this.rank, ...axes]);
    const result = this.convolve(inputs, kernel);
    return this.#settings.apply(result, this.#bias && this.perChannel(this.#bias));
  }

  #channelsPerGroup(inputShape: BatchShape): number {
    const channels = this.channels(inputShape);
    if (channels % this.groups !== 0) {
      throw new ShapeError(
        `${this.name}: the groups do not divide the channels, got ${this.groups} groups and input ` +
          `${formatBatchShape(inputShape)}, expected a divisor of ${channels}`,
      );
    }
    return channels / this.groups;
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    this.#channelsPerGroup(inputShape);
    return this.windowsIn(inputShape, this.filters);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernelSize: this.kernelSize,
      dilationRate: this.dilationRate,
      groups: this.groups,
      ...this.#settings.getConfig(),
    };
  }
}

/**
 * Convolution (cross-correlation) over time with `filters` kernels, then bias and activation:
 * `[batch, steps, channels]` to `[batch, newSteps, filters]`.
 * Weights: kernel `[kernelSize, channels / groups, filters]`, bias `[filters]`.
 * Source: Keras 3 `Conv1D`.
 */
export class Conv1D extends Convolution<Along1, Padding | "causal"> {
  static override readonly className: string = "Conv1D";

  /** @throws ShapeError unless filters, sizes, strides, dilation and groups are integers of at least 1 that fit */
  constructor(filters: number, kernelSize: Each<Along1>, options: Conv1DOptions = {}) {
    super(1, filters, kernelSize, options, ["valid", "same", "causal"]);
  }

  protected override convolve(inputs: Tensor, kernel: Tensor): Tensor {
    const { padding, dataFormat, groups } = this;
    const [[strides], [dilation]] = [this.strides, this.dilationRate];
    return conv1d(inputs, kernel, { strides, padding, dilation, dataFormat, groups });
  }

  static fromConfig({ filters, kernelSize, ...options }: Config): Conv1D {
    return new Conv1D(filters as number, kernelSize as Each<Along1>, options);
  }
}

/**
 * 2D convolution (cross-correlation) of images with `filters` kernels, then bias and activation:
 * `[batch, height, width, channels]` to `[batch, newHeight, newWidth, filters]`.
 * Weights: kernel `[kernelHeight, kernelWidth, channels / groups, filters]`, bias `[filters]`.
 * Source: Keras 3 `Conv2D`.
 */
export class Conv2D extends Convolution<Along2> {
  static override readonly className: string = "Conv2D";

  /** @throws ShapeError unless filters, sizes, strides, dilation and groups are integers of at least 1 that fit */
  constructor(filters: number, kernelSize: Each<Along2>, options: Conv2DOptions = {}) {
    super(2, filters, kernelSize, options);
  }

  protected override convolve(inputs: Tensor, kernel: Tensor): Tensor {
    const { strides, padding, dilationRate: dilation, dataFormat, groups } = this;
    return conv2d(inputs, kernel, { strides, padding, dilation, dataFormat, groups });
  }

  static fromConfig({ filters, kernelSize, ...options }: Config): Conv2D {
    return new Conv2D(filters as number, kernelSize as Each<Along2>, options);
  }
}

/**
 * 3D convolution (cross-correlation) of volumes with `filters` kernels, then bias and activation:
 * `[batch, depth, height, width, channels]` to `[batch, newDepth, newHeight, newWidth, filters]`.
 * Weights: kernel `[kernelDepth, kernelHeight, kernelWidth, channels / groups, filters]`, bias `[filters]`.
 * Source: Keras 3 `Conv3D`.
 */
export class Conv3D extends Convolution<Along3> {
  static override readonly className: string = "Conv3D";

  /** @throws ShapeError unless filters, sizes, strides, dilation and groups are integers of at least 1 that fit */
  constructor(filters: number, kernelSize: Each<Along3>, options: Conv3DOptions = {}) {
    super(3, filters, kernelSize, options);
  }

  protected override convolve(inputs: Tensor, kernel: Tensor): Tensor {
    const { strides, padding, dilationRate: dilation, dataFormat, groups } = this;
    return conv3d(inputs, kernel, { strides, padding, dilation, dataFormat, groups });
  }

  static fromConfig({ filters, kernelSize, ...options }: Config): Conv3D {
    return new Conv3D(filters as number, kernelSize as Each<Along3>, options);
  }
}
