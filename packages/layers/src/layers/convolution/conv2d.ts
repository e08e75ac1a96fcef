import { add, conv2d, reshape, type Tensor, type TensorLike, transpose, type Variable } from "@hekla/tensor";
import { type BatchShape, type Pair, pair, positiveInteger } from "../../batch-shape.js";
import { type KernelOptions, KernelSettings } from "../../kernel-options.js";
import type { Config } from "../../layer.js";
import { SpatialLayer, type SpatialOptions } from "./spatial-layer.js";

export interface Conv2DOptions extends KernelOptions, SpatialOptions {
  /** Steps of the window, down and across. Default 1. */
  readonly strides?: Pair;
  /** Distance between the places a window looks at. Default 1. */
  readonly dilationRate?: Pair;
}

/**
 * 2D convolution (cross-correlation) of images with `filters` kernels, then bias and activation.
 * Weights: kernel `[kernelHeight, kernelWidth, channels, filters]`, bias `[filters]`.
 * Source: Keras 3 `Conv2D`.
 */
export class Conv2D extends SpatialLayer {
  static override readonly className = "Conv2D";
  readonly filters: number;
  readonly #settings: KernelSettings;
  #kernel: Variable | undefined;
  #bias: Variable | undefined;

  /** @throws ShapeError unless filters, sizes, strides and dilation are integers of at least 1 */
  constructor(filters: number, kernelSize: Pair, options: Conv2DOptions = {}) {
    const { strides = 1, dilationRate = 1 } = options;
    super(pair("conv2d", "kernelSize", kernelSize), strides, dilationRate, options);
    this.filters = positiveInteger("conv2d", "filters", filters);
    this.#settings = new KernelSettings(options);
  }

  get kernelSize(): readonly [number, number] {
    return this.windowSize;
  }

  override build(inputShape: BatchShape): void {
    const { kernel, bias, useBias } = this.#settings;
    const shape = [...this.kernelSize, this.channels(inputShape), this.filters];
    this.#kernel = this.addWeight("kernel", shape, kernel.initializer, kernel);
    if (useBias) this.#bias = this.addWeight("bias", [this.filters], bias.initializer, bias);
    super.build(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    const { strides, padding, dilationRate, dataFormat } = this;
    // Keras's order in the weight (and in files), the op's order in the call.
    const kernel = transpose(this.#kernel!, [3, 2, 0, 1]);
    const image = conv2d(inputs, kernel, { strides, padding, dilation: dilationRate, dataFormat });
    return this.#settings.activation.apply(this.#bias ? add(image, this.#shapedBias(this.#bias)) : image);
  }

  #shapedBias(bias: Variable): TensorLike {
    return this.dataFormat === "channelsFirst" ? reshape(bias, [this.filters, 1, 1]) : bias;
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return this.outputShape(inputShape, this.filters);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernelSize: this.kernelSize,
      dilationRate: this.dilationRate,
      ...this.#settings.getConfig(),
    };
  }

  static fromConfig({ filters, kernelSize, ...options }: Config): Conv2D {
    return new Conv2D(filters as number, kernelSize as Pair, options);
  }
}
