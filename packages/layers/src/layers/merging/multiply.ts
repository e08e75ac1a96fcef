import { logicalOr, multiply, type Tensor, where } from "@hekla/tensor";
import type { Config } from "../../layer.js";
import type { Masks } from "../../masks.js";
import { Merge, maskLike } from "./merge.js";

/**
 * `x * y * ...` of a list of inputs. A masked value counts as 1; where all are masked the product is 0.
 * Source: Keras 3 `Multiply`.
 */
export class Multiply extends Merge {
  static override readonly className: string = "Multiply";

  protected override merge(inputs: readonly Tensor[], masks: Masks): Tensor {
    const own = inputs.map((x, index) => masks[index] && maskLike(masks[index], x.rank));
    const factors = inputs.map((x, index) => (own[index] ? where(own[index], x, 1) : x));
    const product = factors.reduce((a, b) => multiply(a, b));
    if (!own.every((mask) => mask !== undefined)) return product;
    return where(
      own.reduce((a, b) => logicalOr(a, b)),
      product,
      0,
    );
  }

  static fromConfig(config: Config): Multiply {
    return new Multiply(config);
  }
}
