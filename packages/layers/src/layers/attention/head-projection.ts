import { add, matmul, reshape, ShapeError, type Tensor, type Variable } from "@hekla/tensor";
import { type ActivationLike, resolveActivation } from "../../activations.js";
import { type BatchShape, formatBatchShape, product } from "../../batch-shape.js";
import { type Initializer, VarianceScaling } from "../../initializers.js";
import { Layer, type LayerOptions } from "../../layer.js";
import type { WeightSettings } from "../../weight-settings.js";

export interface HeadProjectionOptions extends LayerOptions {
  readonly activation?: ActivationLike;
  readonly kernel: WeightSettings;
  /** None where it is undefined. */
  readonly bias: WeightSettings | undefined;
}

/**
 * A linear map of the last `bound` axes to axes of `outputShape`: `[batch, ..., ...bound]` to
 * `[batch, ..., ...outputShape]`. Weights: kernel `[...bound, ...outputShape]`, bias `outputShape`.
 * Source: Keras 3 `EinsumDense` as `MultiHeadAttention` uses it.
 */
export class HeadProjection extends Layer {
  static override readonly className: string = "EinsumDense";
  readonly #bound: number;
  readonly #outputShape: readonly number[];
  readonly #options: HeadProjectionOptions;
  #kernel: Variable | undefined;
  #bias: Variable | undefined;

  constructor(bound: number, outputShape: readonly number[], options: HeadProjectionOptions) {
    super(options);
    this.#bound = bound;
    this.#outputShape = outputShape;
    this.#options = options;
  }

  override build(inputShape: BatchShape): void {
    const { kernel, bias } = this.#options;
    const bound = inputShape.slice(-this.#bound);
    if (!bound.every((size): size is number => size !== null)) {
      throw new ShapeError(
        `${this.name}: the features must have a known size, got ${formatBatchShape(inputShape)}, ` +
          "expected (None, ..., features)",
      );
    }
    const matrix = [product(bound), product(this.#outputShape)];
    const initializer = asMatrix(kernel.initializer, matrix);
    this.#kernel = this.addWeight("kernel", [...bound, ...this.#outputShape], initializer, kernel);
    if (bias) this.#bias = this.addWeight("bias", this.#outputShape, bias.initializer, bias);
    super.build(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    const lead = inputs.shape.slice(0, -this.#bound);
    const columns = product(this.#outputShape);
    const rows = reshape(inputs, [product(lead), product(inputs.shape.slice(-this.#bound))]);
    const mapped = matmul(rows, reshape(this.#kernel!, [rows.shape[1]!, columns]));
    const sum = this.#bias ? add(mapped, reshape(this.#bias, [columns])) : mapped;
    return reshape(resolveActivation(this.#options.activation).apply(sum), [...lead, ...this.#outputShape]);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return [...inputShape.slice(0, -this.#bound), ...this.#outputShape];
  }
}

/**
 * Keras counts inputs and outputs of the map, not of the kernel's last two axes, where an initializer asks
 * for them.
 */
const asMatrix = (initializer: Initializer, matrix: readonly number[]): Initializer =>
  initializer instanceof VarianceScaling
    ? {
        className: initializer.className,
        values: (_, random) => initializer.values(matrix, random),
        getConfig: () => initializer.getConfig(),
      }
    : initializer;
