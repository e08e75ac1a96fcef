import {
  cast,
  exp,
  greater,
  logSumExp,
  ShapeError,
  softmax,
  subtract,
  type Tensor,
  where,
} from "@hekla/tensor";
import { resolveActivation } from "../../activations.js";
import { type Axes, resolveAxes } from "../../axes.js";
import { type CallOptions, type Config, firstMask, type LayerOptions } from "../../layer.js";
import { maskOf } from "../../masks.js";
import { SameShapeLayer } from "../../same-shape-layer.js";
import { excludedFrom } from "../attention/score-mask.js";

export interface SoftmaxOptions extends LayerOptions {
  /** The axes over which the result sums to 1. Default -1. */
  readonly axis?: Axes;
}

/**
 * `e^x / sum(e^x)` over `axis`. A mask that broadcasts to the inputs leaves places out: they are 0, and the others sum
 * to 1.
 * Source: Keras 3 `Softmax`.
 */
export class Softmax extends SameShapeLayer {
  static override readonly className: string = "Softmax";
  readonly axis: Axes;

  constructor(options: SoftmaxOptions = {}) {
    super(options);
    this.axis = options.axis ?? -1;
  }

  /** @throws ShapeError for a mask that does not broadcast to the inputs */
  override call(inputs: Tensor, options: CallOptions): Tensor {
    const mask = this.#checked(firstMask(options.mask), inputs);
    const logits = mask ? where(mask, inputs, excludedFrom(inputs)) : inputs;
    const axes = resolveAxes(this.name, this.axis, inputs.shape);
    const result = this.#along(logits, axes);
    return mask ? where(mask, result, 0) : result;
  }

  #along(logits: Tensor, axes: readonly number[]): Tensor {
    if (axes.length > 1) return exp(subtract(logits, logSumExp(logits, { axes, keepDims: true })));
    // The activation keeps the logits, which losses use.
    if (axes[0] === logits.rank - 1) return resolveActivation("softmax").apply(logits);
    return softmax(logits, { axis: axes[0]! });
  }

  #checked(mask: Tensor | undefined, inputs: Tensor): Tensor | undefined {
    if (!mask) return undefined;
    const missing = inputs.rank - mask.rank;
    const fits = mask.shape.every((size, axis) => size === 1 || size === inputs.shape[axis + missing]);
    if (missing < 0 || !fits) {
      throw new ShapeError(
        `${this.name}: the mask does not fit, got [${mask.shape}] for inputs [${inputs.shape}], expected one ` +
          'that broadcasts to them (Activation "softmax" uses none)',
      );
    }
    return mask.dtype === "bool" ? mask : greater(cast(mask, inputs.dtype), 0.5);
  }

  /** That of the inputs: a mask given for the call is not one of places in time. */
  override computeMask(inputs: Tensor): Tensor | undefined {
    return maskOf(inputs);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis };
  }

  static fromConfig(config: Config): Softmax {
    return new Softmax(config);
  }
}
