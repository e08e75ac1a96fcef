import {
  conv1dTranspose,
  conv2dTranspose,
  conv3dTranspose,
  ShapeError,
  type Tensor,
  transpose,
  type Variable,
} from "@hekla/tensor";
import { type BatchShape, formatBatchShape, positiveInteger } from "../../batch-shape.js";
import type { Config } from "../../layer.js";
import { type KernelOptions, KernelSettings } from "../core/kernel-settings.js";
import type { Along, Along1, Along2, Along3, Each } from "./spatial-layer.js";
import { WindowLayer, type WindowOptions } from "./window-layer.js";

export interface ConvolutionTransposeOptions<Size extends Along> extends KernelOptions, WindowOptions<Size> {
  /** Distance between the places that neighbouring inputs add to. Default 1. */
  readonly strides?: Each<Size>;
  /**
   * Places more at the end than the least; below `strides`. Default: "valid" gives
   * `(size - 1) * strides + max(reach, strides)` places and "same" `size * strides`; with a number "valid" gives
   * `(size - 1) * strides + reach + outputPadding` and "same" `(size - 1) * strides + reach % 2 + outputPadding`,
   * reach being `(kernelSize - 1) * dilationRate + 1`.
   */
  readonly outputPadding?: Each<Size> | null;
}

export type Conv1DTransposeOptions = ConvolutionTransposeOptions<Along1>;
export type Conv2DTransposeOptions = ConvolutionTransposeOptions<Along2>;
export type Conv3DTransposeOptions = ConvolutionTransposeOptions<Along3>;

/** Settings of a transposed convolution without those that are not given. */
export interface TransposeSettings<Size extends Along> {
  readonly padding: "valid" | "same";
  readonly dataFormat: "channelsFirst" | "channelsLast";
  readonly outputPadding?: Size;
}

/** What the transposed convolutions share: kernel, bias, activation and the size of the output. */
abstract class ConvolutionTranspose<Size extends Along> extends WindowLayer<Size> {
  readonly filters: number;
  readonly outputPadding: Size | null;
  readonly #settings: KernelSettings;
  #kernel: Variable | undefined;
  #bias: Variable | undefined;

  constructor(
    rank: Size["length"],
    filters: number,
    kernelSize: Each<Size>,
    options: ConvolutionTransposeOptions<Size>,
  ) {
    super(rank, ["kernelSize", kernelSize], options);
    this.filters = positiveInteger(this.name, "filters", filters);
    const outputPadding = options.outputPadding ?? null;
    this.outputPadding = outputPadding === null ? null : this.each("outputPadding", outputPadding, 0);
    this.#settings = new KernelSettings(options);
    this.refuseStridesWithDilation();
    if (this.outputPadding?.some((extra, axis) => extra >= this.strides[axis]!)) {
      throw new ShapeError(
        `${this.name}: bad outputPadding, got ${this.outputPadding}, ` +
          `expected less than the strides ${this.strides}`,
      );
    }
  }

  get kernelSize(): Size {
    return this.windowSize;
  }

  /** The op, its kernel `[channels, filters, ...kernelSize]`. */
  protected abstract convolve(inputs: Tensor, kernel: Tensor, settings: TransposeSettings<Size>): Tensor;

  override build(inputShape: BatchShape): void {
    this.computeOutputShape(inputShape);
    const { kernel, bias, useBias } = this.#settings;
    const shape = [...this.kernelSize, this.filters, this.channels(inputShape)];
    this.#kernel = this.addWeight("kernel", shape, kernel.initializer, kernel);
    if (useBias) this.#bias = this.addWeight("bias", [this.filters], bias.initializer, bias);
    super.build(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    const { padding, dataFormat, outputPadding } = this;
    // Keras's order in the weight (and in files), the op's order in the call.
    const axes = this.kernelSize.map((_, axis) => axis);
    const kernel = transpose(this.#kernel!, [this.rank + 1, this.rank, ...axes]);
    const settings = { padding, dataFormat, ...(outputPadding && { outputPadding }) };
    const result = this.convolve(inputs, kernel, settings);
    return this.#settings.apply(result, this.#bias && this.perChannel(this.#bias));
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    this.channels(inputShape);
    const places = (size: number, axis: number): number => {
      const [stride, reach, extra] = [this.strides[axis]!, this.reach(axis), this.outputPadding?.[axis]];
      const least = (size - 1) * stride;
      if (extra === undefined)
        return this.padding === "same" ? size * stride : least + Math.max(reach, stride);
      return least + extra + (this.padding === "same" ? reach % 2 : reach);
    };
    const shape = this.resized(inputShape, places, this.filters);
    if (shape.slice(1).some((size) => size !== null && size < 1)) {
      throw new ShapeError(
        `${this.name}: nothing is left, got input ${formatBatchShape(inputShape)} and outputPadding ` +
          `${this.outputPadding}, expected a larger input, kernel or outputPadding`,
      );
    }
    return shape;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernelSize: this.kernelSize,
      outputPadding: this.outputPadding,
      dilationRate: this.dilationRate,
      ...this.#settings.getConfig(),
    };
  }
}

/**
 * Transposed convolution over time, then bias and activation: each step is spread over the places of a window.
 * Weights: kernel `[kernelSize, filters, channels]`, bias `[filters]`.
 * Source: Keras 3 `Conv1DTranspose`.
 */
export class Conv1DTranspose extends ConvolutionTranspose<Along1> {
  static override readonly className: string = "Conv1DTranspose";

  /** @throws ShapeError unless filters, sizes, strides, dilation and outputPadding are integers that fit */
  constructor(filters: number, kernelSize: Each<Along1>, options: Conv1DTransposeOptions = {}) {
    super(1, filters, kernelSize, options);
  }

  protected override convolve(inputs: Tensor, kernel: Tensor, settings: TransposeSettings<Along1>): Tensor {
    const [[strides], [dilation]] = [this.strides, this.dilationRate];
    const { outputPadding, ...rest } = settings;
    const extra = outputPadding && { outputPadding: outputPadding[0] };
    return conv1dTranspose(inputs, kernel, { ...rest, ...extra, strides, dilation });
  }

  static fromConfig({ filters, kernelSize, ...options }: Config): Conv1DTranspose {
    return new Conv1DTranspose(filters as number, kernelSize as Each<Along1>, options);
  }
}

/**
 * Transposed 2D convolution, then bias and activation: each pixel is spread over the places of a window.
 * Weights: kernel `[kernelHeight, kernelWidth, filters, channels]`, bias `[filters]`.
 * Source: Keras 3 `Conv2DTranspose`.
 */
export class Conv2DTranspose extends ConvolutionTranspose<Along2> {
  static override readonly className: string = "Conv2DTranspose";

  /** @throws ShapeError unless filters, sizes, strides, dilation and outputPadding are integers that fit */
  constructor(filters: number, kernelSize: Each<Along2>, options: Conv2DTransposeOptions = {}) {
    super(2, filters, kernelSize, options);
  }

  protected override convolve(inputs: Tensor, kernel: Tensor, settings: TransposeSettings<Along2>): Tensor {
    const { strides, dilationRate: dilation } = this;
    return conv2dTranspose(inputs, kernel, { ...settings, strides, dilation });
  }

  static fromConfig({ filters, kernelSize, ...options }: Config): Conv2DTranspose {
    return new Conv2DTranspose(filters as number, kernelSize as Each<Along2>, options);
  }
}

/**
 * Transposed 3D convolution, then bias and activation: each voxel is spread over the places of a window.
 * Weights: kernel `[kernelDepth, kernelHeight, kernelWidth, filters, channels]`, bias `[filters]`.
 * Source: Keras 3 `Conv3DTranspose`.
 */
export class Conv3DTranspose extends ConvolutionTranspose<Along3> {
  static override readonly className: string = "Conv3DTranspose";

  /** @throws ShapeError unless filters, sizes, strides, dilation and outputPadding are integers that fit */
  constructor(filters: number, kernelSize: Each<Along3>, options: Conv3DTransposeOptions = {}) {
    super(3, filters, kernelSize, options);
  }

  protected override convolve(inputs: Tensor, kernel: Tensor, settings: TransposeSettings<Along3>): Tensor {
    const { strides, dilationRate: dilation } = this;
    return conv3dTranspose(inputs, kernel, { ...settings, strides, dilation });
  }

  static fromConfig({ filters, kernelSize, ...options }: Config): Conv3DTranspose {
    return new Conv3DTranspose(filters as number, kernelSize as Each<Along3>, options);
  }
}
