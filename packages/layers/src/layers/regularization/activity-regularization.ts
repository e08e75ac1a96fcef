import type { Tensor } from "@hekla/tensor";
import type { Config, LayerOptions } from "../../layer.js";
import { L1L2 } from "../../regularizers.js";
import { SameShapeLayer } from "../../same-shape-layer.js";

export interface ActivityRegularizationOptions extends Omit<LayerOptions, "activityRegularizer"> {
  /** Default 0. */
  readonly l1?: number;
  /** Default 0. */
  readonly l2?: number;
}

/**
 * Passes values on and adds `(l1 sum |x| + l2 sum x^2) / batch` to the loss.
 * Source: Keras 3 `ActivityRegularization`.
 */
export class ActivityRegularization extends SameShapeLayer {
  static override readonly className: string = "ActivityRegularization";
  readonly #factors: { readonly l1: number; readonly l2: number };

  /** @throws DataError for a factor below 0 */
  constructor({ l1 = 0, l2 = 0, ...options }: ActivityRegularizationOptions = {}) {
    super({ ...options, activityRegularizer: new L1L2({ l1, l2 }) });
    this.#factors = { l1, l2 };
  }

  override call(inputs: Tensor): Tensor {
    return inputs;
  }

  override getConfig(): Config {
    const { activityRegularizer: _, ...config } = super.getConfig();
    return { ...config, ...this.#factors };
  }

  static fromConfig(config: Config): ActivityRegularization {
    return new ActivityRegularization(config);
  }
}
