import { add, type Tensor, type TensorLike } from "@hekla/tensor";
import { type ActivationLike, type NamedActivation, resolveActivation } from "../../activations.js";
import {
  type WeightChoices,
  type WeightSettings,
  weightConfig,
  weightSettings,
} from "../../kernel-options.js";
import type { Config } from "../../layer.js";

/** Options of what follows a convolution: bias, then activation. */
export interface OutputOptions extends WeightChoices<"bias"> {
  /** Applied to the result. Default "linear". */
  readonly activation?: ActivationLike | null;
  /** Default true. */
  readonly useBias?: boolean;
}

/** What `OutputOptions` come to. */
export class OutputSettings {
  readonly activation: NamedActivation;
  readonly useBias: boolean;
  readonly bias: WeightSettings;

  constructor(options: OutputOptions) {
    this.activation = resolveActivation(options.activation ?? undefined);
    this.useBias = options.useBias ?? true;
    this.bias = weightSettings("bias", options, "zeros");
  }

  /** `activation(result + bias)`. */
  apply(result: Tensor, bias: TensorLike | undefined): Tensor {
    return this.activation.apply(bias === undefined ? result : add(result, bias));
  }

  getConfig(): Config {
    return {
      activation: this.activation.name,
      useBias: this.useBias,
      ...weightConfig("bias", this.bias),
    };
  }
}
