import type { Tensor } from "@hekla/tensor";
import { type ActivationLike, type Activation as Resolved, resolveActivation } from "../../activations.js";
import type { BatchShape } from "../../batch-shape.js";
import { type Config, Layer, type LayerOptions } from "../../layer.js";

/** Applies an activation, "relu" for instance. Source: Keras 3 `Activation`. */
export class Activation extends Layer {
  static override readonly className = "Activation";
  readonly #activation: Resolved;

  /** @throws DataError for an unknown name */
  constructor(activation: ActivationLike, options: LayerOptions = {}) {
    super(options);
    this.#activation = resolveActivation(activation);
  }

  override call(inputs: Tensor): Tensor {
    return this.#activation.apply(inputs);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return inputShape;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), activation: this.#activation.name };
  }

  static fromConfig({ activation, ...options }: Config): Activation {
    return new Activation(activation as string, options);
  }
}
