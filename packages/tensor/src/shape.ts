import { ShapeError } from "./errors.js";

/** Sizes of the axes, outermost first; row-major order. */
export type Shape = readonly number[];

/** Number of elements of a shape, 1 of a scalar's. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

/** Whether two shapes have the same sizes. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/** `[2,3]`, as errors write shapes. */
export const formatShape = (shape: Shape): string => `[${shape.join(",")}]`;

export const formatShapes = (shapes: readonly Shape[]): string => shapes.map(formatShape).join(", ");

/** Row-major strides in elements. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** NumPy's broadcasting: axes are matched from the right, a size of 1 stretches. */
export function broadcastShapes(op: string, shapes: readonly Shape[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const lead = rank - shape.length;
    shape.forEach((size, axis) => {
      const current = result[lead + axis]!;
      if (size === current || size === 1) return;
      if (current !== 1) {
        throw new ShapeError(
          `${op}: shapes do not broadcast, got ${formatShapes(shapes)}, expected sizes ` +
            "that are equal or 1 on every axis counted from the right",
        );
      }
      result[lead + axis] = size;
    });
  }
  return result;
}

/** One axis, negative counted from the end, checked. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  const normalized = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normalized < 0 || normalized >= rank) {
    throw new ShapeError(`${op}: got axis ${axis}, expected an integer from ${-rank} to ${rank - 1}`);
  }
  return normalized;
}

/** Sorted distinct axes; undefined means all of them. */
export function normalizeAxes(
  op: string,
  axes: number | readonly number[] | undefined,
  rank: number,
): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (typeof axes === "number" ? [axes] : axes).map((axis) => normalizeAxis(op, axis, rank));
  const distinct = [...new Set(list)].sort((a, b) => a - b);
  if (distinct.length !== list.length) {
    throw new ShapeError(`${op}: got axes ${formatShape(list)}, expected each axis once`);
  }
  return distinct;
}

export function checkShape(op: string, shape: Shape): void {
  if (!shape.every((size) => Number.isInteger(size) && size >= 0)) {
    throw new ShapeError(`${op}: got shape ${formatShape(shape)}, expected non-negative integers`);
  }
}
