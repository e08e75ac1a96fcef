import { add, divide, type Tensor } from "@hekla/tensor";
import type { Config } from "../../layer.js";
import { Merge } from "./merge.js";

/** `(x + y + ...) / n` of a list of n inputs. Source: Keras 3 `Average`. */
export class Average extends Merge {
  static override readonly className: string = "Average";

  protected override merge(inputs: readonly Tensor[]): Tensor {
    return divide(
      inputs.reduce((a, b) => add(a, b)),
      inputs.length,
    );
  }

  static fromConfig(config: Config): Average {
    return new Average(config);
  }
}
