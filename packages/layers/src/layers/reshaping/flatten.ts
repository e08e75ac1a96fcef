import { type DataFormat, reshape, type Tensor, transpose } from "@hekla/tensor";
import { type BatchShape, product, sampleShape } from "../../batch-shape.js";
import { type Config, Layer, type LayerOptions } from "../../layer.js";

export interface FlattenOptions extends LayerOptions {
  /**
   * With "channelsFirst" the channels are moved behind the other axes before flattening, so that the order of values
   * does not depend on the format. Default "channelsLast": values keep their order.
   */
  readonly dataFormat?: DataFormat;
}

/** Makes each sample a vector: `[batch, ...]` to `[batch, values]`. Source: Keras 3 `Flatten`. */
export class Flatten extends Layer {
  static override readonly className = "Flatten";
  readonly dataFormat: DataFormat;

  constructor(options: FlattenOptions = {}) {
    super(options);
    this.dataFormat = options.dataFormat ?? "channelsLast";
  }

  override call(inputs: Tensor): Tensor {
    const moves = this.dataFormat === "channelsFirst" && inputs.rank > 2;
    const axes = inputs.shape.map((_, axis) => axis);
    const ordered = moves ? transpose(inputs, [0, ...axes.slice(2), 1]) : inputs;
    return reshape(ordered, [inputs.shape[0]!, product(inputs.shape.slice(1))]);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return [inputShape[0] ?? null, product(sampleShape(inputShape))];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), dataFormat: this.dataFormat };
  }

  static fromConfig(config: Config): Flatten {
    return new Flatten(config);
  }
}
