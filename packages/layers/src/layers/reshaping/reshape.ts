import { reshape, ShapeError, type Tensor } from "@hekla/tensor";
import { type BatchShape, formatBatchShape, product } from "../../batch-shape.js";
import type { Config, LayerOptions } from "../../layer.js";
import { RearrangingLayer } from "./rearranging-layer.js";

/**
 * Gives each sample another shape of the same size; one axis may be -1, which stays open where the inputs have an open
 * size. A mask ends here.
 * Source: Keras 3 `Reshape`.
 */
export class Reshape extends RearrangingLayer {
  static override readonly className: string = "Reshape";
  readonly targetShape: readonly number[];

  /** @param targetShape shape of one sample, without the batch axis */
  constructor(targetShape: readonly number[], options: LayerOptions = {}) {
    super(options);
    const valid = targetShape.every((size) => Number.isInteger(size) && size >= -1);
    if (!valid || targetShape.filter((size) => size === -1).length > 1) {
      throw new ShapeError(
        `reshape: bad targetShape, got [${targetShape}], expected sizes with at most one -1`,
      );
    }
    this.targetShape = targetShape;
  }

  override call(inputs: Tensor): Tensor {
    return reshape(inputs, [inputs.shape[0]!, ...(this.#resolve(inputs.shape) as number[])]);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return [inputShape[0] ?? null, ...this.#resolve(inputShape)];
  }

  #resolve(inputShape: BatchShape): BatchShape {
    const sizes = inputShape.slice(1);
    const known = sizes.filter((size) => size !== null);
    if (known.length < sizes.length) return this.targetShape.map((length) => (length === -1 ? null : length));
    const size = product(known);
    const rest = product(this.targetShape.filter((length) => length !== -1));
    const target = this.targetShape.map((length) => (length === -1 ? size / rest : length));
    if (product(target) !== size || !target.every(Number.isInteger)) {
      throw new ShapeError(
        `${this.name}: sizes do not fit, got input ${formatBatchShape(inputShape)}, ` +
          `expected one of the size of [${this.targetShape}]`,
      );
    }
    return target;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), targetShape: this.targetShape };
  }

  static fromConfig({ targetShape, ...options }: Config): Reshape {
    return new Reshape(targetShape as readonly number[], options);
  }
}
