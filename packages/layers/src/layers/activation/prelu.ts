import { multiply, negative, relu, subtract, type Tensor, type Variable } from "@hekla/tensor";
import { type Axes, knownSizes, resolveAxes } from "../../axes.js";
import type { BatchShape } from "../../batch-shape.js";
import type { Config, LayerOptions } from "../../layer.js";
import { SameShapeLayer } from "../../same-shape-layer.js";
import {
  type WeightChoices,
  type WeightSettings,
  weightConfig,
  weightSettings,
} from "../../weight-settings.js";

export interface PReLUOptions extends LayerOptions, WeightChoices<"alpha"> {
  /** Axes along which all places have one slope: `[1, 2]` for one a channel of an image. Default null: none. */
  readonly sharedAxes?: Axes | null;
}

/**
 * `x` where positive, else `alpha x`, with slopes that are learned. Weight: alpha, of the shape of a sample with 1 on
 * the shared axes, zeros at first.
 * Source: He et al. 2015, equation 1; Keras 3 `PReLU`.
 */
export class PReLU extends SameShapeLayer {
  static override readonly className: string = "PReLU";
  readonly sharedAxes: Axes | null;
  readonly #settings: WeightSettings;
  #alpha: Variable | undefined;

  constructor(options: PReLUOptions = {}) {
    super(options);
    this.sharedAxes = options.sharedAxes ?? null;
    this.#settings = weightSettings("alpha", options, "zeros");
  }

  override build(inputShape: BatchShape): void {
    const { sharedAxes } = this;
    const none = sharedAxes === null || (Array.isArray(sharedAxes) && sharedAxes.length === 0);
    const shared = none ? [] : resolveAxes(this.name, sharedAxes, inputShape);
    const axes = inputShape.map((_, axis) => axis).slice(1);
    const shape = axes.map((axis) =>
      shared.includes(axis) ? 1 : knownSizes(this.name, inputShape, [axis])[0]!,
    );
    this.#alpha = this.addWeight("alpha", shape, this.#settings.initializer, this.#settings);
    super.build(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    return subtract(relu(inputs), multiply(relu(negative(inputs)), this.#alpha!));
  }

  override getConfig(): Config {
    const { sharedAxes } = this;
    return { ...super.getConfig(), ...weightConfig("alpha", this.#settings), sharedAxes };
  }

  static fromConfig(config: Config): PReLU {
    return new PReLU(config);
  }
}
