import { broadcastTo, expandDims, type Tensor } from "@hekla/tensor";
import { type BatchShape, checkRank, positiveInteger } from "../../batch-shape.js";
import type { Config, LayerOptions } from "../../layer.js";
import { RearrangingLayer } from "./rearranging-layer.js";

/**
 * The same features at each of `n` time steps: `[batch, features]` to `[batch, n, features]`. A mask ends here.
 * Source: Keras 3 `RepeatVector`.
 */
export class RepeatVector extends RearrangingLayer {
  static override readonly className: string = "RepeatVector";
  readonly n: number;

  /** @throws ShapeError unless `n` is an integer of at least 1 */
  constructor(n: number, options: LayerOptions = {}) {
    super(options);
    this.n = positiveInteger(this.name, "n", n);
  }

  override call(inputs: Tensor): Tensor {
    const [batch, features] = inputs.shape as [number, number];
    return broadcastTo(expandDims(inputs, 1), [batch, this.n, features]);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    checkRank(this.name, inputShape, 2);
    return [inputShape[0]!, this.n, inputShape[1]!];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), n: this.n };
  }

  static fromConfig({ n, ...options }: Config): RepeatVector {
    return new RepeatVector(n as number, options);
  }
}
