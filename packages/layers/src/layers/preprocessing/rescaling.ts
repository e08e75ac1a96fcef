import {
  add,
  cast,
  type DataFormat,
  isFloat,
  multiply,
  reshape,
  type Tensor,
  tensor,
  Variable,
} from "@hekla/tensor";
import type { BatchShape } from "../../batch-shape.js";
import { type Config, Layer, type LayerOptions } from "../../layer.js";

/** Options of `Rescaling`. */
export interface RescalingOptions extends LayerOptions {
  /** Added afterwards: a number, or one a channel. Default 0. */
  readonly offset?: number | readonly number[];
}

/**
 * `inputs * scale + offset`, as floats; same shape. Lists have one number a channel: of the last axis, or of
 * the first of the sample where the layers before have "channelsFirst".
 * Source: Keras 3 `Rescaling`.
 */
export class Rescaling extends Layer {
  static override readonly className: string = "Rescaling";
  readonly scale: number | readonly number[];
  readonly offset: number | readonly number[];
  #format: DataFormat | undefined;
  #scale: Variable | undefined;
  #offset: Variable | undefined;

  constructor(scale: number | readonly number[], options: RescalingOptions = {}) {
    super(options);
    this.scale = scale;
    this.offset = options.offset ?? 0;
  }

  override adoptDataFormat(format: DataFormat | undefined): DataFormat | undefined {
    this.#format = format;
    return format;
  }

  override build(inputShape: BatchShape): void {
    const list = (values: number | readonly number[]): Variable | undefined => {
      if (typeof values === "number") return undefined;
      const variable = new Variable(() => tensor([...values]), { trainable: false });
      this.addState(variable);
      return variable;
    };
    this.#scale = list(this.scale);
    this.#offset = list(this.offset);
    super.build(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    const x = isFloat(inputs.dtype) ? inputs : cast(inputs, "float32");
    const along = (values: Variable | undefined, number: number | readonly number[]): Tensor | number => {
      if (!values) return number as number;
      const behind = this.#format === "channelsFirst" ? inputs.rank - 2 : 0;
      return reshape(values, [values.size, ...new Array<number>(behind).fill(1)]);
    };
    return add(multiply(x, along(this.#scale, this.scale)), along(this.#offset, this.offset));
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return inputShape;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), scale: this.scale, offset: this.offset };
  }

  static fromConfig({ scale, ...options }: Config): Rescaling {
    return new Rescaling(scale as number, options);
  }
}
