import { cast, type Dtype, gather, notEqual, type Tensor, type Variable } from "@hekla/tensor";
import { type BatchShape, positiveInteger } from "../../batch-shape.js";
import { type Config, Layer, type LayerOptions } from "../../layer.js";
import {
  type WeightChoices,
  type WeightSettings,
  weightConfig,
  weightSettings,
} from "../../weight-settings.js";

export interface EmbeddingOptions extends LayerOptions, WeightChoices<"embeddings"> {
  /** Whether index 0 stands for padding: it then is masked, and layers behind that use masks skip it. Default false. */
  readonly maskZero?: boolean;
}

/**
 * A vector for each index: `[batch, ...]` of whole numbers from 0 to below `inputDim` (int32, or floats, of which the
 * whole part counts) to `[batch, ..., outputDim]`. Weight: embeddings `[inputDim, outputDim]`, uniform in
 * [-0.05, 0.05) at first.
 *
 * Other indices give vectors of NaN, as Keras does on JAX: no index can be checked while a plan runs, and this way `fit`
 * stops with an error instead of learning from vectors of other words.
 * Source: Keras 3 `Embedding` (without LoRA and quantization).
 */
export class Embedding extends Layer {
  static override readonly className: string = "Embedding";
  readonly inputDim: number;
  readonly outputDim: number;
  readonly maskZero: boolean;
  readonly #settings: WeightSettings;
  #embeddings: Variable | undefined;

  /**
   * @param inputDim number of vectors
   * @param outputDim length of each
   * @throws ShapeError unless both are integers of at least 1
   */
  constructor(inputDim: number, outputDim: number, options: EmbeddingOptions = {}) {
    super(options);
    this.inputDim = positiveInteger(this.name, "inputDim", inputDim);
    this.outputDim = positiveInteger(this.name, "outputDim", outputDim);
    this.maskZero = options.maskZero ?? false;
    this.#settings = weightSettings("embeddings", options, "uniform");
  }

  /** Indices above 2048 have no place in half precision. */
  protected override get callDtype(): Dtype {
    return "float32";
  }

  override build(inputShape: BatchShape): void {
    const { initializer } = this.#settings;
    const shape = [this.inputDim, this.outputDim];
    this.#embeddings = this.addWeight("embeddings", shape, initializer, this.#settings);
    super.build(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    return gather(this.#embeddings!.read(), cast(inputs, "int32"), { outOfRange: "nan" });
  }

  override computeMask(inputs: Tensor): Tensor | undefined {
    return this.maskZero ? notEqual(inputs, 0) : undefined;
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return [...inputShape, this.outputDim];
  }

  override getConfig(): Config {
    const { inputDim, outputDim, maskZero } = this;
    return {
      ...super.getConfig(),
      inputDim,
      outputDim,
      ...weightConfig("embeddings", this.#settings),
      maskZero,
    };
  }

  static fromConfig({ inputDim, outputDim, ...options }: Config): Embedding {
    return new Embedding(inputDim as number, outputDim as number, options);
  }
}
