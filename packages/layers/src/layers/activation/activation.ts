import { ShapeError, type Tensor } from "@hekla/tensor";
import { type ActivationLike, type NamedActivation, resolveActivation } from "../../activations.js";
import { type BatchShape, formatBatchShape } from "../../batch-shape.js";
import { type Config, Layer, type LayerOptions } from "../../layer.js";

/** Applies an activation, "relu" for instance; "glu" halves the last axis. Source: Keras 3 `Activation`. */
export class Activation extends Layer {
  static override readonly className: string = "Activation";
  readonly #activation: NamedActivation;

  /** @throws DataError for an unknown name */
  constructor(activation: ActivationLike, options: LayerOptions = {}) {
    super(options);
    this.#activation = resolveActivation(activation);
  }

  override call(inputs: Tensor): Tensor {
    return this.#activation.apply(inputs);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    if (this.#activation.name !== "glu") return inputShape;
    const size = inputShape.at(-1);
    if (typeof size !== "number" || size % 2 !== 0) {
      throw new ShapeError(
        `${this.name}: glu halves the last axis, got ${formatBatchShape(inputShape)}, expected an even size there`,
      );
    }
    return [...inputShape.slice(0, -1), size / 2];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), activation: this.#activation.name };
  }

  static fromConfig({ activation, ...options }: Config): Activation {
    return new Activation(activation as string, options);
  }
}
