import { type Dtype, ShapeError, type Tensor } from "@hekla/tensor";
import type { BatchShape } from "../../batch-shape.js";
import { type Config, Layer, type LayerOptions } from "../../layer.js";

export interface InputOptions extends Omit<LayerOptions, "dtype"> {
  /** Type of the values: "int32" for indices. Default "float32". */
  readonly dtype?: Dtype;
}

/** Tells a model the shape of one sample: the first entry of a `Sequential`, or what `input` is made of. */
export class Input extends Layer {
  static override readonly className: string = "InputLayer";
  readonly dtype: Dtype;

  /** @param shape shape of one sample, without the batch axis; null where a size is open (time steps, say) */
  constructor(shape: readonly (number | null)[], options: InputOptions = {}) {
    const { dtype = "float32", ...others } = options;
    super({ ...others, dtype: "float32", inputShape: shape });
    this.dtype = dtype;
    this.built = true;
    if (!shape.every((size) => size === null || (Number.isInteger(size) && size >= 1))) {
      throw new ShapeError(`input: bad shape, got [${shape}], expected integers of at least 1, or null`);
    }
  }

  override call(inputs: Tensor): Tensor {
    return inputs;
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return inputShape;
  }

  override getConfig(): Config {
    const { dtype: _policy, ...config } = super.getConfig();
    return { ...config, ...(this.dtype === "float32" ? {} : { dtype: this.dtype }) };
  }

  static fromConfig({ inputShape, ...options }: Config): Input {
    return new Input(inputShape as readonly (number | null)[], options);
  }
}
