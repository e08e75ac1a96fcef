import {
  conv1d,
  conv2d,
  depthwiseConv1d,
  depthwiseConv2d,
  type Tensor,
  transpose,
  type Variable,
} from "@hekla/tensor";
import { type BatchShape, positiveInteger } from "../../batch-shape.js";
import type { Config } from "../../layer.js";
import {
  type WeightChoices,
  type WeightSettings,
  weightConfig,
  weightSettings,
} from "../../weight-settings.js";
import { type OutputOptions, OutputSettings } from "../core/kernel-settings.js";
import type { Along, Along1, Along2, Each } from "./spatial-layer.js";
import { WindowLayer, type WindowOptions } from "./window-layer.js";

/** `depthwiseInitializer` and `pointwiseInitializer` are "glorotUniform" by default. */
export interface SeparableConvolutionOptions<Size extends Along>
  extends OutputOptions,
    WindowOptions<Size>,
    WeightChoices<"depthwise">,
    WeightChoices<"pointwise"> {
  /** Steps of the window. Default 1. */
  readonly strides?: Each<Size>;
  /** Kernels that each channel has. Default 1. */
  readonly depthMultiplier?: number;
}

export type SeparableConv1DOptions = SeparableConvolutionOptions<Along1>;
export type SeparableConv2DOptions = SeparableConvolutionOptions<Along2>;

/** What the separable convolutions share: two kernels, bias and activation. */
abstract class SeparableConvolution<Size extends Along> extends WindowLayer<Size> {
  readonly filters: number;
  readonly depthMultiplier: number;
  readonly #depthwise: WeightSettings;
  readonly #pointwise: WeightSettings;
  readonly #output: OutputSettings;
  #depthwiseKernel: Variable | undefined;
  #pointwiseKernel: Variable | undefined;
  #bias: Variable | undefined;

  constructor(
    rank: Size["length"],
    filters: number,
    kernelSize: Each<Size>,
    options: SeparableConvolutionOptions<Size>,
  ) {
    super(rank, ["kernelSize", kernelSize], options);
    this.filters = positiveInteger(this.name, "filters", filters);
    this.depthMultiplier = positiveInteger(this.name, "depthMultiplier", options.depthMultiplier ?? 1);
    this.#depthwise = weightSettings("depthwise", options, "glorotUniform");
    this.#pointwise = weightSettings("pointwise", options, "glorotUniform");
    this.#output = new OutputSettings(options);
  }

  get kernelSize(): Size {
    return this.windowSize;
  }

  /** Both ops, kernels `[channels, depthMultiplier, ...kernelSize]` and `[filters, channels * depthMultiplier, 1...]`. */
  protected abstract convolve(inputs: Tensor, depthwise: Tensor, pointwise: Tensor): Tensor;

  override build(inputShape: BatchShape): void {
    this.computeOutputShape(inputShape);
    const channels = this.channels(inputShape);
    const [deep, point] = [this.#depthwise, this.#pointwise];
    const deepShape = [...this.kernelSize, channels, this.depthMultiplier];
    const pointShape = [...this.kernelSize.map(() => 1), channels * this.depthMultiplier, this.filters];
    this.#depthwiseKernel = this.addWeight("depthwise_kernel", deepShape, deep.initializer, deep);
    this.#pointwiseKernel = this.addWeight("pointwise_kernel", pointShape, point.initializer, point);
    const { bias, useBias } = this.#output;
    if (useBias) this.#bias = this.addWeight("bias", [this.filters], bias.initializer, bias);
    super.build(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    const axes = this.kernelSize.map((_, axis) => axis);
    const depthwise = transpose(this.#depthwiseKernel!, [this.rank, this.rank + 1, ...axes]);
    const pointwise = transpose(this.#pointwiseKernel!, [this.rank + 1, this.rank, ...axes]);
    const bias = this.#bias && this.perChannel(this.#bias);
    return this.#output.apply(this.convolve(inputs, depthwise, pointwise), bias);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    this.channels(inputShape);
    return this.windowsIn(inputShape, this.filters);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernelSize: this.kernelSize,
      depthMultiplier: this.depthMultiplier,
      dilationRate: this.dilationRate,
      ...weightConfig("depthwise", this.#depthwise),
      ...weightConfig("pointwise", this.#pointwise),
      ...this.#output.getConfig(),
    };
  }
}

/**
 * Convolution of each channel by itself over time, then of all channels at each step, then bias and activation.
 * Weights: depthwise_kernel `[kernelSize, channels, depthMultiplier]`,
 * pointwise_kernel `[1, channels * depthMultiplier, filters]`, bias `[filters]`.
 * Source: Keras 3 `SeparableConv1D`.
 */
export class SeparableConv1D extends SeparableConvolution<Along1> {
  static override readonly className: string = "SeparableConv1D";

  /** @throws ShapeError unless filters, sizes, strides, dilation and depthMultiplier are integers of at least 1 */
  constructor(filters: number, kernelSize: Each<Along1>, options: SeparableConv1DOptions = {}) {
    super(1, filters, kernelSize, options);
  }

  protected override convolve(inputs: Tensor, depthwise: Tensor, pointwise: Tensor): Tensor {
    const { padding, dataFormat } = this;
    const [[strides], [dilation]] = [this.strides, this.dilationRate];
    const channels = depthwiseConv1d(inputs, depthwise, { strides, padding, dilation, dataFormat });
    return conv1d(channels, pointwise, { dataFormat });
  }

  static fromConfig({ filters, kernelSize, ...options }: Config): SeparableConv1D {
    return new SeparableConv1D(filters as number, kernelSize as Each<Along1>, options);
  }
}

/**
 * 2D convolution of each channel by itself, then of all channels at each place, then bias and activation.
 * Weights: depthwise_kernel `[kernelHeight, kernelWidth, channels, depthMultiplier]`,
 * pointwise_kernel `[1, 1, channels * depthMultiplier, filters]`, bias `[filters]`.
 * Source: Keras 3 `SeparableConv2D`.
 */
export class SeparableConv2D extends SeparableConvolution<Along2> {
  static override readonly className: string = "SeparableConv2D";

  /** @throws ShapeError unless filters, sizes, strides, dilation and depthMultiplier are integers of at least 1 */
  constructor(filters: number, kernelSize: Each<Along2>, options: SeparableConv2DOptions = {}) {
    super(2, filters, kernelSize, options);
  }

  protected override convolve(inputs: Tensor, depthwise: Tensor, pointwise: Tensor): Tensor {
    const { strides, padding, dilationRate: dilation, dataFormat } = this;
    const channels = depthwiseConv2d(inputs, depthwise, { strides, padding, dilation, dataFormat });
    return conv2d(channels, pointwise, { dataFormat });
  }

  static fromConfig({ filters, kernelSize, ...options }: Config): SeparableConv2D {
    return new SeparableConv2D(filters as number, kernelSize as Each<Along2>, options);
  }
}
