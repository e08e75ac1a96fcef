import { multiply, sum, type Tensor, tanh, type Variable } from "@hekla/tensor";
import { knownSizes } from "../../axes.js";
import type { BatchShape } from "../../batch-shape.js";
import { resolveInitializer } from "../../initializers.js";
import type { Config } from "../../layer.js";
import { Attention, type AttentionOptions, sumOfPairs } from "./attention.js";

/** Options of `AdditiveAttention`; `useScale` is true by default. */
export type AdditiveAttentionOptions = Omit<AttentionOptions, "scoreMode">;

/**
 * Additive attention: scores `sum(scale * tanh(query + key))` over the features, with learned `scale
 * [features]`; inputs, masks and outputs as `Attention`. Source: Bahdanau et al. 2015; Keras 3
 * `AdditiveAttention`.
 */
export class AdditiveAttention extends Attention {
  static override readonly className: string = "AdditiveAttention";

  constructor(options: AdditiveAttentionOptions = {}) {
    super({ ...options, useScale: options.useScale ?? true, scoreMode: "dot" });
  }

  protected override addScale(query: BatchShape): Variable {
    const features = knownSizes(this.name, query, [query.length - 1]);
    return this.addWeight("scale", features, resolveInitializer("glorotUniform"));
  }

  protected override scores(query: Tensor, key: Tensor): Tensor {
    const bent = tanh(sumOfPairs(query, key));
    return sum(this.scale ? multiply(bent, this.scale) : bent, { axes: -1 });
  }

  override getConfig(): Config {
    const { scoreMode, ...config } = super.getConfig();
    return config;
  }

  static override fromConfig(config: Config): AdditiveAttention {
    return new AdditiveAttention(config);
  }
}
