import { add, type Tensor, type TensorLike } from "@hekla/tensor";
import { type ActivationLike, type NamedActivation, resolveActivation } from "../../activations.js";
import type { InitializerLike } from "../../initializers.js";
import type { Config, LayerOptions } from "../../layer.js";
import {
  type WeightChoices,
  type WeightSettings,
  weightConfig,
  weightSettings,
} from "../../weight-settings.js";

/** Options of what follows a product or a convolution: bias, then activation. */
export interface OutputOptions extends WeightChoices<"bias"> {
  /** Applied to the result. Default "linear". */
  readonly activation?: ActivationLike | null;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default "zeros". */
  readonly biasInitializer?: InitializerLike;
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

/** Options of layers with a kernel and a bias. */
export interface KernelOptions extends LayerOptions, OutputOptions, WeightChoices<"kernel"> {
  /** Default "glorotUniform". */
  readonly kernelInitializer?: InitializerLike;
}

/** What `KernelOptions` come to. */
export class KernelSettings extends OutputSettings {
  readonly kernel: WeightSettings;

  constructor(options: KernelOptions) {
    super(options);
    this.kernel = weightSettings("kernel", options, "glorotUniform");
  }

  override getConfig(): Config {
    return { ...super.getConfig(), ...weightConfig("kernel", this.kernel) };
  }
}
