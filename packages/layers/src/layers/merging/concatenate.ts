import { any, broadcastTo, concat, logicalOr, ones, ShapeError, type Tensor } from "@hekla/tensor";
import { type BatchShape, formatBatchShape, type Shapes } from "../../batch-shape.js";
import type { Config, LayerOptions } from "../../layer.js";
import type { Mask } from "../../masks.js";
import { inputShapes, Merge, maskLike } from "./merge.js";

export interface ConcatenateOptions extends LayerOptions {
  /** Default -1. */
  readonly axis?: number;
}

/**
 * A list of inputs one after the other along `axis`; all other sizes are equal. Masks are joined likewise, an
 * input without one counting as unmasked; along axes that masks do not have, a place is masked where all
 * inputs are.
 * Source: Keras 3 `Concatenate`.
 */
export class Concatenate extends Merge {
  static override readonly className: string = "Concatenate";
  readonly axis: number;

  constructor(options: ConcatenateOptions = {}) {
    super(options);
    this.axis = options.axis ?? -1;
  }

  override call(inputs: readonly Tensor[]): Tensor {
    return this.merge(inputs);
  }

  protected override merge(inputs: readonly Tensor[]): Tensor {
    return concat(inputs, { axis: this.axis });
  }

  override computeOutputShape(inputShape: Shapes): BatchShape {
    const shapes = inputShapes(this.name, inputShape);
    const [first] = shapes as readonly [BatchShape];
    const axis = this.#axisIn(first.length);
    const agree = (a: number | null, b: number | null): boolean => a === null || b === null || a === b;
    const fits = shapes.every(
      (shape) =>
        shape.length === first.length && shape.every((size, at) => at === axis || agree(size, first[at]!)),
    );
    if (!fits || axis < 0 || axis >= first.length) {
      throw new ShapeError(
        `${this.name}: shapes do not fit, got ${shapes.map(formatBatchShape).join(" and ")}, ` +
          `expected them equal but for axis ${this.axis}`,
      );
    }
    const total = shapes.reduce<number | null>((sum, shape) => {
      const size = shape[axis] ?? null;
      return sum === null || size === null ? null : sum + size;
    }, 0);
    return first.map((_, at) => {
      if (at === axis) return total;
      return shapes.map((shape) => shape[at]!).find((size) => size !== null) ?? null;
    });
  }

  override computeMask(inputs: readonly Tensor[], mask: Mask): Tensor | undefined {
    const given = (Array.isArray(mask) ? mask : [mask]) as readonly (Tensor | undefined)[];
    if (given.every((each) => each === undefined)) return undefined;
    const { rank } = inputs[0]!;
    // A mask as large as its input counts a place where any of its values does.
    const masks = given.map((each) => (each && each.rank === rank ? any(each, { axes: -1 }) : each));
    const lead = Math.max(...masks.map((each) => each?.rank ?? 0));
    const full = masks.map((each, index) => {
      const shape = inputs[index]!.shape.slice(0, lead);
      return each ? broadcastTo(maskLike(each, lead), shape) : ones(shape, { dtype: "bool" });
    });
    const axis = this.#axisIn(rank);
    return axis < lead ? concat(full, { axis }) : full.reduce((a, b) => logicalOr(a, b));
  }

  #axisIn(rank: number): number {
    return this.axis < 0 ? this.axis + rank : this.axis;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis };
  }

  static fromConfig(config: Config): Concatenate {
    return new Concatenate(config);
  }
}
