import { add, matmul, reshape, ShapeError, type Tensor, type Variable } from "@hekla/tensor";
import { type BatchShape, formatBatchShape, positiveInteger } from "../../batch-shape.js";
import { type Config, Layer } from "../../layer.js";
import { type KernelOptions, KernelSettings } from "./kernel-settings.js";

/**
 * `output = activation(inputs kernel + bias)` on the last axis: `[batch, ..., features]` to `[batch, ..., units]`.
 * Weights: kernel `[features, units]`, bias `[units]`.
 * Source: Keras 3 `Dense`.
 */
export class Dense extends Layer {
  static override readonly className: string = "Dense";
  readonly units: number;
  readonly #settings: KernelSettings;
  #kernel: Variable | undefined;
  #bias: Variable | undefined;

  /** @throws ShapeError unless `units` is an integer of at least 1 */
  constructor(units: number, options: KernelOptions = {}) {
    super(options);
    this.units = positiveInteger("dense", "units", units);
    this.#settings = new KernelSettings(options);
  }

  override build(inputShape: BatchShape): void {
    const features = this.#features(inputShape);
    const { kernel, bias, useBias } = this.#settings;
    this.#kernel = this.addWeight("kernel", [features, this.units], kernel.initializer, kernel);
    if (useBias) this.#bias = this.addWeight("bias", [this.units], bias.initializer, bias);
    super.build(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    // Leading axes become one, so that the contraction is a plain matrix product.
    const rows = inputs.rank === 2 ? inputs : reshape(inputs, [-1, inputs.shape.at(-1)!]);
    const product = matmul(rows, this.#kernel!);
    const sum = this.#bias ? add(product, this.#bias) : product;
    const shaped = inputs.rank === 2 ? sum : reshape(sum, [...inputs.shape.slice(0, -1), this.units]);
    return this.#settings.activation.apply(shaped);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    this.#features(inputShape);
    return [...inputShape.slice(0, -1), this.units];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), units: this.units, ...this.#settings.getConfig() };
  }

  static fromConfig({ units, ...options }: Config): Dense {
    return new Dense(units as number, options);
  }

  #features(inputShape: BatchShape): number {
    const features = inputShape.at(-1);
    if (inputShape.length < 2 || typeof features !== "number") {
      throw new ShapeError(
        `${this.name}: the last axis must have a known size, ` +
          `got ${formatBatchShape(inputShape)}, expected (None, ..., features)`,
      );
    }
    return features;
  }
}
