import {
  matmul,
  maximum,
  multiply,
  reshape,
  rsqrt,
  ShapeError,
  square,
  sum,
  type Tensor,
  transpose,
} from "@hekla/tensor";
import { type BatchShape, formatBatchShape, product, type Shapes } from "../../batch-shape.js";
import type { Config, LayerOptions } from "../../layer.js";
import { inputShapes, Merge } from "./merge.js";

export interface DotOptions extends LayerOptions {
  /** Bring samples to length 1 along the axis first, so that the result is the cosine. Default false. */
  readonly normalize?: boolean;
}

/** One axis for both inputs, or one each; the batch axis 0 cannot be one. */
export type DotAxes = number | readonly [number, number];

/** Keras 3 `config.epsilon()`: the least length that `normalize` divides by. */
const epsilon = 1e-7;

const normalized = (x: Tensor, axis: number): Tensor =>
  multiply(x, rsqrt(maximum(sum(square(x), { axes: axis, keepDims: true }), epsilon ** 2)));

/**
 * Products of two inputs summed along an axis of each, sample by sample: `[batch, ...a, size, ...b]` and
 * `[batch, ...c, size, ...d]` to `[batch, ...a, ...b, ...c, ...d]`, `[batch, 1]` for two vectors. Masks end
 * here.
 * Source: Keras 3 `Dot`.
 */
export class Dot extends Merge {
  static override readonly className: string = "Dot";
  readonly axes: DotAxes;
  readonly normalize: boolean;

  /** @throws ShapeError unless `axes` is an integer or a pair of them */
  constructor(axes: DotAxes, options: DotOptions = {}) {
    super(options);
    const list: readonly number[] = typeof axes === "number" ? [axes, axes] : axes;
    if (list.length !== 2 || !list.every(Number.isInteger)) {
      throw new ShapeError(`dot: bad axes, got ${JSON.stringify(axes)}, expected an integer or two of them`);
    }
    this.axes = axes;
    this.normalize = options.normalize ?? false;
  }

  override call([x, y]: readonly Tensor[]): Tensor {
    return this.merge([x!, y!]);
  }

  protected override merge(inputs: readonly Tensor[]): Tensor {
    const axes = this.#axesOf(inputs.map(({ shape }) => shape));
    const [x, y] = inputs.map((input, index) =>
      this.normalize ? normalized(input, axes[index]!) : input,
    ) as [Tensor, Tensor];
    if (x.rank === 2 && y.rank === 2) return sum(multiply(x, y), { axes: 1, keepDims: true });
    const [left, right] = [x, y].map((input, index) => rows(input, axes[index]!)) as [Tensor, Tensor];
    const shape = [x, y].flatMap((input, index) =>
      input.shape.filter((_, axis) => axis !== axes[index]! && (axis > 0 || index === 0)),
    );
    return reshape(matmul(left, right, { transposeB: true }), shape);
  }

  override computeOutputShape(inputShape: Shapes): BatchShape {
    const shapes = inputShapes(this.name, inputShape, 2);
    const axes = this.#axesOf(shapes);
    const [first, second] = shapes as readonly [BatchShape, BatchShape];
    const batch = first[0] ?? second[0] ?? null;
    const rest = [first, second].flatMap((shape, index) =>
      shape.slice(1).filter((_, axis) => axis + 1 !== axes[index]),
    );
    return [batch, ...(rest.length === 0 ? [1] : rest)];
  }

  override computeMask(): undefined {
    return undefined;
  }

  /** The axes counted from the front, checked. */
  #axesOf(shapes: readonly BatchShape[]): readonly number[] {
    const given = typeof this.axes === "number" ? [this.axes, this.axes] : this.axes;
    const axes = shapes.map((shape, index) =>
      given[index]! < 0 ? given[index]! + shape.length : given[index]!,
    );
    const sizes = shapes.map((shape, index) => shape[axes[index]!]);
    const agree = (a: number | null, b: number | null): boolean => a === null || b === null || a === b;
    const fits =
      shapes.length === 2 &&
      axes.every((axis) => axis > 0) &&
      sizes.every((size) => size !== undefined) &&
      agree(sizes[0]!, sizes[1]!) &&
      agree(shapes[0]![0]!, shapes[1]![0]!);
    if (!fits) {
      throw new ShapeError(
        `${this.name}: shapes do not fit, got ${shapes.map(formatBatchShape).join(" and ")} with axes ` +
          `${JSON.stringify(this.axes)}, expected two of one batch with equal sizes on axes behind it`,
      );
    }
    return axes;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axes: this.axes, normalize: this.normalize };
  }

  static fromConfig({ axes, ...options }: Config): Dot {
    return new Dot(axes as DotAxes, options);
  }
}

/** `[batch, ...a, size, ...b]` as `[batch, a * b, size]`. */
function rows(x: Tensor, axis: number): Tensor {
  const others = x.shape.map((_, at) => at).filter((at) => at !== axis);
  const count = product(others.slice(1).map((at) => x.shape[at]!));
  return reshape(transpose(x, [...others, axis]), [x.shape[0]!, count, x.shape[axis]!]);
}
