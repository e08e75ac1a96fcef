import {
  add,
  conv1d,
  conv2d,
  conv3d,
  type DataFormat,
  reshape,
  type Tensor,
  transpose,
  zeros,
} from "@hekla/tensor";
import { knownSizes } from "../../axes.js";
import { product, type Shapes, shapeList } from "../../batch-shape.js";
import { readDtype } from "../../dtype-policy.js";
import type { Config } from "../../layer.js";
import { Conv1D, Conv2D, Conv3D } from "../convolution/convolution.js";
import type { Along, Along1, Along2, Along3, Each } from "../convolution/spatial-layer.js";
import type { WindowOptions } from "../convolution/window-layer.js";
import { forgetGateOpen, type GatedCellOptions, GatedCellSettings } from "./cell-settings.js";
import { lstmStep } from "./lstm-cell.js";
import { ProjectingCell } from "./projecting-cell.js";

/** Options of a convolutional LSTM's step. */
export interface ConvLSTMCellOptions<Size extends Along>
  extends Omit<GatedCellOptions, "implementation">,
    WindowOptions<Size> {
  /** Steps of the window over the inputs. Default 1; above 1 it does not go with a `dilationRate` above 1. */
  readonly strides?: Each<Size>;
  /** The forget gate's bias begins at 1. Default true. */
  readonly unitForgetBias?: boolean;
}

/** A convolution that is never called: it checks the window's options and tells shapes. */
type Window = Conv1D | Conv2D | Conv3D;

function windowOf(rank: number, filters: number, size: Each<Along>, options: WindowOptions<Along>): Window {
  if (rank === 1) return new Conv1D(filters, size as Each<Along1>, options as WindowOptions<Along1>);
  if (rank === 2) return new Conv2D(filters, size as Each<Along2>, options as WindowOptions<Along2>);
  return new Conv3D(filters, size as Each<Along3>, options as WindowOptions<Along3>);
}

interface Windows {
  readonly strides: Along;
  readonly dilation: Along;
  readonly padding: "valid" | "same";
  readonly dataFormat: DataFormat;
}

function convolve(x: Tensor, kernel: Tensor, { strides, dilation, ...rest }: Windows): Tensor {
  if (strides.length === 1)
    return conv1d(x, kernel, { strides: strides[0], dilation: dilation[0]!, ...rest });
  if (strides.length === 2) return conv2d(x, kernel, { strides, dilation: dilation as Along2, ...rest });
  return conv3d(x, kernel, { strides, dilation: dilation as Along3, ...rest });
}

/**
 * A step of an LSTM whose products are convolutions: that of the input with the options given, that of the
 * state over the same size, with zeros around. Inputs `[x, h, c]`, outputs `[h, h, c]`;
 * x `[batch, ...spatial, channels]`, h and c `[batch, ...newSpatial, filters]`.
 * Weights: kernel `[...kernelSize, channels, 4 * filters]`,
 * recurrent_kernel `[...kernelSize, filters, 4 * filters]`, bias `[4 * filters]`.
 * Source: Shi et al. 2015; Keras 3 `ConvLSTMCell`.
 */
export class ConvLSTMCell extends ProjectingCell {
  static override readonly className: string = "ConvLSTMCell";
  declare protected readonly settings: GatedCellSettings;
  readonly filters: number;
  readonly rank: number;
  readonly unitForgetBias: boolean;
  readonly #window: Window;
  #stateShape: readonly number[] | undefined;

  /** @throws ShapeError unless filters, sizes, strides and dilation are integers of at least 1 */
  constructor(
    owner: string,
    rank: 1 | 2 | 3,
    filters: number,
    kernelSize: Each<Along>,
    options: ConvLSTMCellOptions<Along>,
  ) {
    super(new GatedCellSettings(options), 4, options);
    const { strides, padding, dilationRate, dataFormat, unitForgetBias = true } = options;
    const given = { strides, padding, dilationRate, dataFormat, name: owner };
    this.#window = windowOf(rank, filters, kernelSize, given as WindowOptions<Along>);
    this.filters = filters;
    this.rank = rank;
    this.unitForgetBias = unitForgetBias;
  }

  override get inputRank(): number {
    return this.rank + 2;
  }

  override get stateSize(): readonly number[] {
    return [this.filters, this.filters];
  }

  override adoptDataFormat(format: DataFormat | undefined): DataFormat | undefined {
    return this.#window.adoptDataFormat(format);
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    const output = this.#window.computeOutputShape(shapeList(inputShape)[0]!);
    return [output, output, output];
  }

  override build(inputShape: Shapes): void {
    const x = shapeList(inputShape)[0]!;
    const shape = shapeList(this.computeOutputShape(x))[0]!;
    const sizes = knownSizes(this.name, shape, shape.map((_, axis) => axis).slice(1));
    this.#stateShape = sizes;
    const { kernelSize } = this.#window;
    const channels = x[this.#channelAxis]!;
    const { bias } = this.settings;
    this.addWeights(
      [...kernelSize, channels, 4 * this.filters],
      [...kernelSize, this.filters, 4 * this.filters],
      [4 * this.filters],
      this.unitForgetBias ? forgetGateOpen(bias) : bias,
    );
    super.build(inputShape);
  }

  override getInitialState(batchSize: number): Tensor[] {
    return [0, 1].map(() => zeros([batchSize, ...this.#stateShape!], { dtype: readDtype() }));
  }

  get #channelAxis(): number {
    return this.#window.dataFormat === "channelsFirst" ? 1 : this.rank + 1;
  }

  get #gates() {
    return { axis: this.#channelAxis, size: this.filters, from: 0, to: 4 };
  }

  override project(x: Tensor, training: boolean): Tensor {
    const leading = x.shape.slice(0, x.rank - this.rank - 1);
    const place = x.shape.slice(x.rank - this.rank - 1);
    const masks = training ? this.dropoutMasks.masks("inputs", [x.shape[0]!, ...place]) : undefined;
    const { strides, padding, dilationRate: dilation, dataFormat } = this.#window;
    const windows = { strides, padding: padding as "valid" | "same", dilation, dataFormat };
    const images = (of: Tensor): Tensor => reshape(of, [product(leading), ...place]);
    const contract = (of: Tensor, kernel: Tensor): Tensor =>
      convolve(images(of), this.#asOp(kernel), windows);
    const result = this.product(contract, x, this.kernel, masks, this.#gates);
    const { bias } = this;
    const channels =
      dataFormat === "channelsFirst" ? [4 * this.filters, ...place.slice(1).map(() => 1)] : [-1];
    const sum = bias ? add(result, reshape(bias, channels)) : result;
    return reshape(sum, [...leading, ...sum.shape.slice(1)]);
  }

  override step(projected: Tensor, [hidden, carry]: readonly Tensor[], training: boolean): readonly Tensor[] {
    const masks = training ? this.dropoutMasks.masks("state", hidden!.shape) : undefined;
    const one = this.#window.strides.map(() => 1) as unknown as Along;
    const { dataFormat } = this.#window;
    const windows = { strides: one, dilation: one, padding: "same", dataFormat } as const;
    const contract = (x: Tensor, kernel: Tensor): Tensor => convolve(x, this.#asOp(kernel), windows);
    const recurrent = this.product(contract, hidden!, this.recurrentKernel, masks, this.#gates);
    return lstmStep(add(projected, recurrent), this.#channelAxis, carry!, this.settings);
  }

  /** Keras's order of axes in the weight (and in files), the op's order in the call. */
  #asOp(kernel: Tensor): Tensor {
    const { rank } = this;
    return transpose(kernel, [rank + 1, rank, ...this.#window.kernelSize.map((_, axis) => axis)]);
  }

  override settingsConfig(): Config {
    const { kernelSize, strides, padding, dilationRate, dataFormat } = this.#window;
    return {
      filters: this.filters,
      kernelSize,
      strides,
      padding,
      dataFormat,
      dilationRate,
      ...this.settings.getConfig(),
      unitForgetBias: this.unitForgetBias,
    };
  }
}
