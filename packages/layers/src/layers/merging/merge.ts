import { type Dtype, expandDims, logicalOr, ShapeError, type Tensor } from "@hekla/tensor";
import { type BatchShape, formatBatchShape, isShapeList, type Shapes } from "../../batch-shape.js";
import { type CallOptions, Layer } from "../../layer.js";
import type { Mask, Masks } from "../../masks.js";
import type { SymbolicTensor } from "../../symbolic-tensor.js";

/** The shapes of a layer's inputs as a list, of which at least `atLeast` are there. */
export function inputShapes(owner: string, shapes: Shapes, atLeast = 1): readonly BatchShape[] {
  if (isShapeList(shapes) && shapes.length >= atLeast) return shapes;
  const got = (isShapeList(shapes) ? shapes : [shapes]).map(formatBatchShape).join(", ");
  throw new ShapeError(
    `${owner}: bad inputs, got ${isShapeList(shapes) ? `a list of ${shapes.length}` : "one tensor"} ` +
      `(${got}), expected a list of ${atLeast} or more`,
  );
}

/** A mask stretched by axes of size 1 at its end to the rank of what it tells of. */
export const maskLike = (mask: Tensor, rank: number): Tensor =>
  mask.rank < rank ? maskLike(expandDims(mask, -1), rank) : mask;

/**
 * What layers share that join several tensors element by element. Inputs broadcast; one with fewer axes gets
 * axes of size 1 behind the batch. The output's mask is true where any input's is, and there is none unless
 * all have one.
 * Source: Keras 3 `Merge`.
 */
export abstract class Merge extends Layer {
  /** Joins inputs of equal rank. */
  protected abstract merge(inputs: readonly Tensor[], masks: Masks): Tensor;

  override build(inputShape: Shapes): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: readonly Tensor[], { mask }: CallOptions): Tensor {
    const rank = Math.max(...inputs.map((x) => x.rank));
    const widened = inputs.map((x) => {
      const { shape } = x;
      const missing = new Array<number>(rank - shape.length).fill(1);
      return missing.length === 0 ? x : x.reshape([...shape.slice(0, 1), ...missing, ...shape.slice(1)]);
    });
    const masks = Array.isArray(mask) ? (mask as Masks) : [];
    // As in Keras, the mask of an input that had to be widened is not looked at.
    return this.merge(
      widened,
      inputs.map((x, index) => (x === widened[index] ? masks[index] : undefined)),
    );
  }

  override computeOutputShape(inputShape: Shapes): BatchShape {
    const shapes = inputShapes(this.name, inputShape);
    const fail = (): never => {
      throw new ShapeError(
        `${this.name}: shapes do not fit, got ${shapes.map(formatBatchShape).join(" and ")}, ` +
          "expected equal batches and sizes that broadcast behind them",
      );
    };
    const join = (a: BatchShape, b: BatchShape): BatchShape => {
      const [long, short] = a.length >= b.length ? [a, b] : [b, a];
      const lead = long.length - short.length;
      return long.map((size, axis) => {
        const other = short[axis - lead];
        if (other === undefined) return size;
        if (size === null || other === null) return null;
        if (size === 1 || other === 1 || size === other) return Math.max(size, other);
        return fail();
      });
    };
    const batches = new Set(shapes.map((shape) => shape[0] ?? null).filter((size) => size !== null));
    if (batches.size > 1) fail();
    const [batch = null] = batches;
    return [batch, ...shapes.map((shape): BatchShape => shape.slice(1)).reduce(join)];
  }

  override computeMask(_inputs: readonly Tensor[], mask: Mask): Tensor | undefined {
    const masks = (Array.isArray(mask) ? mask : [mask]) as Masks;
    if (!masks.every((each) => each !== undefined)) return undefined;
    return masks.reduce((a, b) => logicalOr(a, b));
  }

  protected override outputDtype(inputs: readonly SymbolicTensor[]): Dtype {
    const [first = "float32", ...others] = new Set(inputs.map(({ dtype }) => dtype));
    return others.length === 0 ? first : "float32";
  }
}
