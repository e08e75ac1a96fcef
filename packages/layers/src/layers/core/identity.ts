import type { Dtype, Tensor } from "@hekla/tensor";
import type { Shapes } from "../../batch-shape.js";
import { type Config, Layer } from "../../layer.js";
import type { Mask } from "../../masks.js";
import type { Inputs, SymbolicTensor } from "../../symbolic-tensor.js";

/** Gives back what it is given: a tensor, or a list of them. Source: Keras 3 `Identity`. */
export class Identity extends Layer {
  static override readonly className: string = "Identity";

  override call(inputs: Inputs<Tensor>): Inputs<Tensor> {
    return inputs;
  }

  override computeMask(_inputs: Inputs<Tensor>, mask: Mask): Mask {
    return mask;
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    return inputShape;
  }

  protected override outputDtype([input]: readonly SymbolicTensor[]): Dtype {
    return input!.dtype;
  }

  static fromConfig(config: Config): Identity {
    return new Identity(config);
  }
}
