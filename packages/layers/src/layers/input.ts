import { ShapeError, type Tensor } from "@hekla/tensor";
import type { BatchShape } from "../batch-shape.js";
import { type Config, Layer, type LayerOptions } from "../layer.js";

/** Tells a model the shape of one sample: the first entry of a `Sequential`, not shown as a layer. */
export class Input extends Layer {
  static override readonly className = "Input";

  /** @param shape shape of one sample, without the batch axis */
  constructor(shape: readonly number[], options: LayerOptions = {}) {
    super({ ...options, inputShape: shape });
    if (!shape.every((size) => Number.isInteger(size) && size >= 1)) {
      throw new ShapeError(`input: bad shape, got [${shape}], expected integers of at least 1`);
    }
  }

  override call(inputs: Tensor): Tensor {
    return inputs;
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return inputShape;
  }

  static fromConfig({ inputShape, ...options }: Config): Input {
    return new Input(inputShape as readonly number[], options);
  }
}
