import { ShapeError } from "@hekla/tensor";
import { type BatchShape, formatBatchShape } from "./batch-shape.js";

/** One axis or several, negative ones counted from the end; 0 is the batch. */
export type Axes = number | readonly number[];

/**
 * The axes counted from the front, in order.
 * @throws ShapeError for one that the shape does not have, or one named twice
 */
export function resolveAxes(owner: string, axes: Axes, shape: BatchShape): number[] {
  const given = typeof axes === "number" ? [axes] : axes;
  const rank = shape.length;
  const found = given.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  const valid = found.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < rank);
  if (!valid || new Set(found).size < found.length || found.length === 0) {
    throw new ShapeError(
      `${owner}: bad axis, got ${JSON.stringify(axes)} for ${formatBatchShape(shape)}, ` +
        `expected different axes from ${-rank} to ${rank - 1}`,
    );
  }
  return found;
}

/**
 * The sizes of some axes.
 * @throws ShapeError where one is open
 */
export function knownSizes(owner: string, shape: BatchShape, axes: readonly number[]): number[] {
  return axes.map((axis) => {
    const size = shape[axis];
    if (typeof size === "number") return size;
    throw new ShapeError(
      `${owner}: axis ${axis} must have a known size, got ${formatBatchShape(shape)}, expected a number there`,
    );
  });
}
