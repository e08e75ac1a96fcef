import {
  add,
  cast,
  DataError,
  type Dtype,
  divide,
  type HostArray,
  isFloat,
  maximum,
  multiply,
  type NestedArray,
  reshape,
  ShapeError,
  sqrt,
  subtract,
  type Tensor,
  tensor,
  Variable,
} from "@hekla/tensor";
import { knownSizes, resolveAxes } from "../../axes.js";
import { type BatchShape, product } from "../../batch-shape.js";
import type { Initializer } from "../../initializers.js";
import { type Config, Layer, type LayerOptions } from "../../layer.js";
import { type AdaptBatches, forEachBatch } from "./adapt-data.js";
import { RunningMoments } from "./running-moments.js";

/** An array, or what comes with it behind it (labels, weights), which is not looked at. */
export type AdaptBatch = HostArray | readonly [HostArray, ...unknown[]];

/** Options of `Normalization`. */
export interface NormalizationOptions extends LayerOptions {
  /** Axes along which each index has a mean and a variance of its own; null for one over all. Default -1. */
  readonly axis?: number | readonly number[] | null;
  /**
   * Known mean, instead of `adapt`: a number, or values that stretch over the axes. Comes with `variance`.
   */
  readonly mean?: NestedArray | null;
  /** Known variance. */
  readonly variance?: NestedArray | null;
  /** Turn normal values back into those that they were. Default false. */
  readonly invert?: boolean;
}

/** Keras 3 `config.epsilon()`: the least deviation that is divided by. */
const epsilon = 1e-7;

/**
 * `(inputs - mean) / max(sqrt(variance), 1e-7)` with the mean and variance of the data that it was adapted
 * to; same shape. Weights, not trainable: mean and variance of the sizes of `axis`, and count, which is 0 and
 * kept for files of older versions. None where mean and variance are given.
 * Source: Keras 3 `Normalization`.
 */
export class Normalization extends Layer {
  static override readonly className: string = "Normalization";
  readonly axis: readonly number[];
  readonly invert: boolean;
  readonly #given: { readonly mean: NestedArray; readonly variance: NestedArray } | undefined;
  #adapted: { readonly sizes: readonly number[]; readonly moments: RunningMoments } | undefined;
  #mean: Variable | undefined;
  #variance: Variable | undefined;
  #inputShape: BatchShape = [];

  /** @throws DataError where only one of mean and variance is given */
  constructor(options: NormalizationOptions = {}) {
    super(options);
    const { axis = -1, mean = null, variance = null } = options;
    this.axis = axis === null ? [] : typeof axis === "number" ? [axis] : axis;
    this.invert = options.invert ?? false;
    if ((mean === null) !== (variance === null)) {
      throw new DataError(
        `normalization: got mean ${JSON.stringify(mean)} and variance ${JSON.stringify(variance)}, ` +
          "expected both or none",
      );
    }
    if (mean !== null && variance !== null) this.#given = { mean, variance };
  }

  /** Data as they come may lie beyond what half precision holds. */
  protected override get callDtype(): Dtype {
    return "float32";
  }

  override build(inputShape: BatchShape): void {
    this.#inputShape = inputShape;
    const sizes = this.#sizes(inputShape);
    if (this.#given) {
      [this.#mean, this.#variance] = [this.#constant(this.#given.mean), this.#constant(this.#given.variance)];
    } else {
      if (this.#adapted) this.#checkSizes(sizes);
      const moments = this.#adapted?.moments;
      this.#mean = this.#weight("mean", sizes, moments?.mean ?? 0);
      this.#variance = this.#weight("variance", sizes, moments?.variance ?? 1);
      this.#weight("count", [], 0);
    }
    super.build(inputShape);
  }

  #weight(name: string, shape: readonly number[], first: number | Float64Array): Variable {
    const values = (): Float32Array =>
      typeof first === "number" ? new Float32Array(product(shape)).fill(first) : Float32Array.from(first);
    const initializer: Initializer = { className: "Constant", values, getConfig: () => ({}) };
    return this.addWeight(name, shape, initializer, { trainable: false });
  }

  #constant(values: NestedArray): Variable {
    const variable = new Variable(() => tensor(values), { trainable: false });
    this.addState(variable);
    return variable;
  }

  /**
   * Takes mean and variance from data: an array, or batches, whose sizes along the axes are equal. What an
   * earlier call found is forgotten. Returns a promise where the batches have to be awaited.
   * @throws ShapeError for arrays that do not fit, DataError for no values at all
   */
  adapt(data: HostArray | Iterable<AdaptBatch>): void;
  adapt(data: AdaptBatches<AdaptBatch>): void | Promise<void>;
  adapt(data: HostArray | AdaptBatches<AdaptBatch>): void | Promise<void> {
    if (this.#given) {
      throw new DataError(`${this.name}: cannot be adapted, got mean and variance already, expected none`);
    }
    this.#adapted = undefined;
    const batches = "data" in data ? [data] : data;
    return forEachBatch<AdaptBatch>(
      batches,
      (batch) => this.#update(batch),
      () => this.#finish(),
    );
  }

  #update(batch: AdaptBatch): void {
    const { data, shape } = "data" in batch ? batch : batch[0];
    const sizes = this.#sizes(shape);
    this.#adapted ??= { sizes, moments: new RunningMoments(product(sizes)) };
    this.#checkSizes(sizes);
    this.#adapted.moments.update(data, this.#groups(shape));
  }

  #finish(): void {
    if (!this.#adapted?.moments.count) {
      throw new DataError(`${this.name}: got no values to adapt to, expected at least one batch of them`);
    }
    if (!this.built) return;
    this.#checkSizes(this.#sizes(this.#inputShape));
    const { mean, variance } = this.#adapted.moments;
    this.#mean!.write(Float32Array.from(mean));
    this.#variance!.write(Float32Array.from(variance));
  }

  #checkSizes(sizes: readonly number[]): void {
    const expected = this.#adapted!.sizes;
    if (sizes.join() === expected.join()) return;
    throw new ShapeError(
      `${this.name}: sizes along axes [${this.axis}] differ, got [${sizes}] and [${expected}], ` +
        "expected them equal",
    );
  }

  /** The axes counted from the front, in order. */
  #axes(shape: BatchShape): readonly number[] {
    return this.axis.length === 0 ? [] : resolveAxes(this.name, this.axis, shape);
  }

  #sizes(shape: BatchShape): readonly number[] {
    return knownSizes(this.name, shape, this.#axes(shape));
  }

  /** Which of the means each value of a sample belongs to; of a batch, where samples have different ones. */
  #groups(shape: readonly number[]): Int32Array {
    const axes = this.#axes(shape);
    const first = axes[0] === 0 ? 0 : 1;
    const inner = shape.slice(first);
    return Int32Array.from({ length: product(inner) }, (_, position) => {
      let rest = position;
      let group = 0;
      let step = 1;
      for (let axis = shape.length - 1; axis >= first; axis--) {
        const size = shape[axis]!;
        if (axes.includes(axis)) {
          group += (rest % size) * step;
          step *= size;
        }
        rest = Math.floor(rest / size);
      }
      return group;
    });
  }

  override call(inputs: Tensor): Tensor {
    const x = isFloat(inputs.dtype) ? inputs : cast(inputs, "float32");
    const axes = this.#axes(inputs.shape);
    // Given values may have fewer axes than `axis`; they belong to the last ones.
    const along = (values: Variable): Tensor => {
      const own = axes.slice(axes.length - values.shape.length);
      return reshape(
        values,
        inputs.shape.map((_, axis) => (own.includes(axis) ? values.shape[own.indexOf(axis)]! : 1)),
      );
    };
    const mean = along(this.#mean!);
    const deviation = maximum(sqrt(along(this.#variance!)), epsilon);
    return this.invert ? add(multiply(x, deviation), mean) : divide(subtract(x, mean), deviation);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    this.#sizes(inputShape);
    return inputShape;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis, invert: this.invert, ...this.#given };
  }

  static fromConfig(config: Config): Normalization {
    return new Normalization(config);
  }
}
