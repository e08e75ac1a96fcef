import { type DataFormat, reshape, type Tensor, transpose } from "@hekla/tensor";
import { type BatchShape, product } from "../../batch-shape.js";
import type { Config, LayerOptions } from "../../layer.js";
import { checkDataFormat } from "../convolution/spatial-layer.js";
import { RearrangingLayer } from "./rearranging-layer.js";

export interface FlattenOptions extends LayerOptions {
  /**
   * With "channelsFirst" the channels are moved behind the other axes before flattening, so that the order of values
   * does not depend on the format. Default "channelsLast": values keep their order.
   */
  readonly dataFormat?: DataFormat | null;
}

/**
 * Makes each sample a vector: `[batch, ...]` to `[batch, values]`, `[batch]` to `[batch, 1]`. A mask ends here.
 * Source: Keras 3 `Flatten`.
 */
export class Flatten extends RearrangingLayer {
  static override readonly className: string = "Flatten";
  readonly dataFormat: DataFormat;

  /** @throws ShapeError for a bad dataFormat */
  constructor(options: FlattenOptions = {}) {
    super(options);
    this.dataFormat = checkDataFormat(this.name, options.dataFormat) ?? "channelsLast";
  }

  override call(inputs: Tensor): Tensor {
    const moves = this.dataFormat === "channelsFirst" && inputs.rank > 2;
    const axes = inputs.shape.map((_, axis) => axis);
    const ordered = moves ? transpose(inputs, [0, ...axes.slice(2), 1]) : inputs;
    return reshape(ordered, [inputs.shape[0]!, product(inputs.shape.slice(1))]);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    const sizes = inputShape.slice(1);
    const known = sizes.filter((size) => size !== null);
    return [inputShape[0] ?? null, known.length < sizes.length ? null : product(known)];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), dataFormat: this.dataFormat };
  }

  static fromConfig(config: Config): Flatten {
    return new Flatten(config);
  }
}
