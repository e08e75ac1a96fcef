import { add, type Tensor } from "@hekla/tensor";
import type { Config } from "../../layer.js";
import { Merge } from "./merge.js";

/** `x + y + ...` of a list of inputs. Source: Keras 3 `Add`. */
export class Add extends Merge {
  static override readonly className: string = "Add";

  protected override merge(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce((a, b) => add(a, b));
  }

  static fromConfig(config: Config): Add {
    return new Add(config);
  }
}
