import { depthwiseConv1d, depthwiseConv2d, type Tensor, transpose, type Variable } from "@hekla/tensor";
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

/** `depthwiseInitializer` is "glorotUniform" by default. */
export interface DepthwiseConvolutionOptions<Size extends Along>
  extends OutputOptions,
    WindowOptions<Size>,
    WeightChoices<"depthwise"> {
  /** Steps of the window. Default 1. */
  readonly strides?: Each<Size>;
  /** Kernels that each channel has, and outputs that it makes. Default 1. */
  readonly depthMultiplier?: number;
}

export type DepthwiseConv1DOptions = DepthwiseConvolutionOptions<Along1>;
export type DepthwiseConv2DOptions = DepthwiseConvolutionOptions<Along2>;

/** What the depthwise convolutions share: kernel, bias and activation. */
abstract class DepthwiseConvolution<Size extends Along> extends WindowLayer<Size> {
  readonly depthMultiplier: number;
  readonly #depthwise: WeightSettings;
  readonly #output: OutputSettings;
  #kernel: Variable | undefined;
  #bias: Variable | undefined;

  constructor(rank: Size["length"], kernelSize: Each<Size>, options: DepthwiseConvolutionOptions<Size>) {
    super(rank, ["kernelSize", kernelSize], options);
    this.depthMultiplier = positiveInteger(this.name, "depthMultiplier", options.depthMultiplier ?? 1);
    this.#depthwise = weightSettings("depthwise", options, "glorotUniform");
    this.#output = new OutputSettings(options);
  }

  get kernelSize(): Size {
    return this.windowSize;
  }

  /** The op, its kernel `[channels, depthMultiplier, ...kernelSize]`. */
  protected abstract convolve(inputs: Tensor, kernel: Tensor): Tensor;

  override build(inputShape: BatchShape): void {
    this.computeOutputShape(inputShape);
    const channels = this.channels(inputShape);
    const shape = [...this.kernelSize, channels, this.depthMultiplier];
    this.#kernel = this.addWeight("kernel", shape, this.#depthwise.initializer, this.#depthwise);
    const { bias, useBias } = this.#output;
    if (useBias) {
      this.#bias = this.addWeight("bias", [channels * this.depthMultiplier], bias.initializer, bias);
    }
    super.build(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    const axes = this.kernelSize.map((_, axis) => axis);
    const kernel = transpose(this.#kernel!, [this.rank, this.rank + 1, ...axes]);
    const bias = this.#bias && this.perChannel(this.#bias);
    return this.#output.apply(this.convolve(inputs, kernel), bias);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return this.windowsIn(inputShape, this.channels(inputShape) * this.depthMultiplier);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      kernelSize: this.kernelSize,
      depthMultiplier: this.depthMultiplier,
      dilationRate: this.dilationRate,
      ...weightConfig("depthwise", this.#depthwise),
      ...this.#output.getConfig(),
    };
  }
}

/**
 * Convolution of each channel by itself over time, then bias and activation:
 * `[batch, steps, channels]` to `[batch, newSteps, channels * depthMultiplier]`.
 * Weights: kernel `[kernelSize, channels, depthMultiplier]`, bias `[channels * depthMultiplier]`.
 * Source: Keras 3 `DepthwiseConv1D`.
 */
export class DepthwiseConv1D extends DepthwiseConvolution<Along1> {
  static override readonly className: string = "DepthwiseConv1D";

  /** @throws ShapeError unless sizes, strides, dilation and depthMultiplier are integers of at least 1 */
  constructor(kernelSize: Each<Along1>, options: DepthwiseConv1DOptions = {}) {
    super(1, kernelSize, options);
  }

  protected override convolve(inputs: Tensor, kernel: Tensor): Tensor {
    const { padding, dataFormat } = this;
    const [[strides], [dilation]] = [this.strides, this.dilationRate];
    return depthwiseConv1d(inputs, kernel, { strides, padding, dilation, dataFormat });
  }

  static fromConfig({ kernelSize, ...options }: Config): DepthwiseConv1D {
    return new DepthwiseConv1D(kernelSize as Each<Along1>, options);
  }
}

/**
 * 2D convolution of each channel by itself, then bias and activation:
 * `[batch, height, width, channels]` to `[batch, newHeight, newWidth, channels * depthMultiplier]`.
 * Weights: kernel `[kernelHeight, kernelWidth, channels, depthMultiplier]`, bias `[channels * depthMultiplier]`.
 * Source: Keras 3 `DepthwiseConv2D`.
 */
export class DepthwiseConv2D extends DepthwiseConvolution<Along2> {
  static override readonly className: string = "DepthwiseConv2D";

  /** @throws ShapeError unless sizes, strides, dilation and depthMultiplier are integers of at least 1 */
  constructor(kernelSize: Each<Along2>, options: DepthwiseConv2DOptions = {}) {
    super(2, kernelSize, options);
  }

  protected override convolve(inputs: Tensor, kernel: Tensor): Tensor {
    const { strides, padding, dilationRate: dilation, dataFormat } = this;
    return depthwiseConv2d(inputs, kernel, { strides, padding, dilation, dataFormat });
  }

  static fromConfig({ kernelSize, ...options }: Config): DepthwiseConv2D {
    return new DepthwiseConv2D(kernelSize as Each<Along2>, options);
  }
}
