import { logicalOr, maximum, minimum, type Tensor, where } from "@hekla/tensor";
import type { Config } from "../../layer.js";
import type { Masks } from "../../masks.js";
import { Merge, maskLike } from "./merge.js";

type Pick = (a: Tensor, b: Tensor) => Tensor;

/**
 * Joins input after input. A masked value is replaced by that of the other side, until one input without a
 * mask has been met: from there on only the masks of inputs are looked at.
 */
function pickUnmasked(pick: Pick, inputs: readonly Tensor[], masks: Masks): Tensor {
  const own = inputs.map((x, index) => masks[index] && maskLike(masks[index], x.rank));
  let output = inputs[0]!;
  let outputMask = own[0];
  inputs.slice(1).forEach((input, index) => {
    const mask = own[index + 1];
    const x = mask ? where(mask, input, output) : input;
    if (outputMask) output = where(outputMask, output, x);
    outputMask = mask && outputMask && logicalOr(outputMask, mask);
    output = pick(output, x);
  });
  return output;
}

/** Largest of the inputs, element by element; masked values do not count. Source: Keras 3 `Maximum`. */
export class Maximum extends Merge {
  static override readonly className: string = "Maximum";

  protected override merge(inputs: readonly Tensor[], masks: Masks): Tensor {
    return pickUnmasked(maximum, inputs, masks);
  }

  static fromConfig(config: Config): Maximum {
    return new Maximum(config);
  }
}

/** Smallest of the inputs, element by element; masked values do not count. Source: Keras 3 `Minimum`. */
export class Minimum extends Merge {
  static override readonly className: string = "Minimum";

  protected override merge(inputs: readonly Tensor[], masks: Masks): Tensor {
    return pickUnmasked(minimum, inputs, masks);
  }

  static fromConfig(config: Config): Minimum {
    return new Minimum(config);
  }
}
