import type { DataFormat } from "@hekla/tensor";
import type { Config } from "../../layer.js";
import type { Along, Along1, Along2, Along3, Each } from "../convolution/spatial-layer.js";
import { ConvLSTMCell, type ConvLSTMCellOptions } from "./conv-lstm-cell.js";
import { cellOptions, FlatRNN } from "./flat-rnn.js";
import type { RNNOptions } from "./rnn.js";

/** Options of convolutional LSTMs: their cell's and those of all recurrent layers. */
export interface ConvLSTMOptions<Size extends Along> extends ConvLSTMCellOptions<Size>, RNNOptions {}

/** Options of `ConvLSTM1D`. */
export type ConvLSTM1DOptions = ConvLSTMOptions<Along1>;
/** Options of `ConvLSTM2D`. */
export type ConvLSTM2DOptions = ConvLSTMOptions<Along2>;
/** Options of `ConvLSTM3D`. */
export type ConvLSTM3DOptions = ConvLSTMOptions<Along3>;

/** What convolutional LSTMs share. */
abstract class ConvLSTM extends FlatRNN<ConvLSTMCell> {
  constructor(rank: 1 | 2 | 3, filters: number, kernelSize: Each<Along>, options: ConvLSTMOptions<Along>) {
    const owner = options.name ?? `conv_lstm${rank}d`;
    super(new ConvLSTMCell(owner, rank, filters, kernelSize, cellOptions(options)), options);
  }

  get filters(): number {
    return this.cell.filters;
  }

  override adoptDataFormat(format: DataFormat | undefined): DataFormat | undefined {
    return this.cell.adoptDataFormat(format);
  }
}

/**
 * Convolutional LSTM over sequences of sequences: `[batch, steps, places, channels]` to
 * `[batch, newPlaces, filters]`, or `[batch, steps, newPlaces, filters]` with `returnSequences`; channels
 * before places with "channelsFirst". With `returnState` also the last h and c, of the shape of one output.
 * The step is `ConvLSTMCell`'s.
 * Source: Shi et al. 2015; Keras 3 `ConvLSTM1D`.
 */
export class ConvLSTM1D extends ConvLSTM {
  static override readonly className: string = "ConvLSTM1D";

  /** @throws ShapeError unless filters, sizes, strides and dilation are integers of at least 1 */
  constructor(filters: number, kernelSize: Each<Along1>, options: ConvLSTM1DOptions = {}) {
    super(1, filters, kernelSize, options);
  }

  static override fromConfig({ filters, kernelSize, ...options }: Config): ConvLSTM1D {
    return new ConvLSTM1D(filters as number, kernelSize as Each<Along1>, options);
  }
}

/**
 * Convolutional LSTM over sequences of images: `[batch, steps, height, width, channels]` to
 * `[batch, newHeight, newWidth, filters]`, or `[batch, steps, newHeight, newWidth, filters]` with
 * `returnSequences`.
 * Otherwise as `ConvLSTM1D`.
 * Source: Shi et al. 2015; Keras 3 `ConvLSTM2D`.
 */
export class ConvLSTM2D extends ConvLSTM {
  static override readonly className: string = "ConvLSTM2D";

  /** @throws ShapeError unless filters, sizes, strides and dilation are integers of at least 1 */
  constructor(filters: number, kernelSize: Each<Along2>, options: ConvLSTM2DOptions = {}) {
    super(2, filters, kernelSize, options);
  }

  static override fromConfig({ filters, kernelSize, ...options }: Config): ConvLSTM2D {
    return new ConvLSTM2D(filters as number, kernelSize as Each<Along2>, options);
  }
}

/**
 * Convolutional LSTM over sequences of volumes: `[batch, steps, depth, height, width, channels]` to
 * `[batch, newDepth, newHeight, newWidth, filters]`, or with the steps. Otherwise as `ConvLSTM1D`.
 * Source: Shi et al. 2015; Keras 3 `ConvLSTM3D`.
 */
export class ConvLSTM3D extends ConvLSTM {
  static override readonly className: string = "ConvLSTM3D";

  /** @throws ShapeError unless filters, sizes, strides and dilation are integers of at least 1 */
  constructor(filters: number, kernelSize: Each<Along3>, options: ConvLSTM3DOptions = {}) {
    super(3, filters, kernelSize, options);
  }

  static override fromConfig({ filters, kernelSize, ...options }: Config): ConvLSTM3D {
    return new ConvLSTM3D(filters as number, kernelSize as Each<Along3>, options);
  }
}
