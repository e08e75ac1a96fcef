import { ShapeError, type Tensor, transpose } from "@hekla/tensor";
import { type BatchShape, checkRank } from "../../batch-shape.js";
import type { Config, LayerOptions } from "../../layer.js";
import { RearrangingLayer } from "./rearranging-layer.js";

/**
 * Axes of each sample in another order: `new Permute([2, 1])` makes `[batch, features, time]` of
 * `[batch, time, features]`. A mask ends here.
 * Source: Keras 3 `Permute`.
 */
export class Permute extends RearrangingLayer {
  static override readonly className: string = "Permute";
  readonly dims: readonly number[];

  /**
   * @param dims the axes in their new order, counted from 1; the batch is not among them
   * @throws ShapeError unless they are the numbers from 1 up
   */
  constructor(dims: readonly number[], options: LayerOptions = {}) {
    super(options);
    this.dims = dims;
    const sorted = [...dims].sort((a, b) => a - b);
    if (dims.length === 0 || sorted.some((axis, index) => axis !== index + 1)) {
      throw new ShapeError(`${this.name}: bad dims, got [${dims}], expected each of 1, 2, ... once`);
    }
  }

  override call(inputs: Tensor): Tensor {
    return transpose(inputs, [0, ...this.dims]);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    checkRank(this.name, inputShape, this.dims.length + 1);
    return [inputShape[0]!, ...this.dims.map((axis) => inputShape[axis]!)];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), dims: this.dims };
  }

  static fromConfig({ dims, ...options }: Config): Permute {
    return new Permute(dims as readonly number[], options);
  }
}
