import { DataError, ShapeError } from "../errors.js";
import type { GradientRule, ViewOperation } from "../node.js";
import { record, scope } from "../recording.js";
import {
  checkShape,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  type Shape,
  sameShape,
  sizeOf,
} from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { asTensor, constant } from "./creation.js";

/** Records a view; a view of a constant is a constant. */
function view(operation: ViewOperation, x: Tensor, shape: Shape, gradient: GradientRule): Tensor {
  const { node } = x;
  if (node.operation.kind === "constant" && !node.source)
    return constant(node.operation.value, shape, x.dtype);
  return record(operation, [x], shape, x.dtype, gradient);
}

/**
 * The same elements in row-major order under another shape; one size may be -1 and is worked out.
 * @throws ShapeError when the sizes do not multiply to the same number
 */
export const reshape = (x: TensorLike, shape: Shape): Tensor =>
  scope(() => {
    const source = asTensor(x);
    const known = shape.filter((size) => size !== -1);
    const rest = source.size / sizeOf(known);
    const target = shape.map((size) => (size === -1 ? rest : size));
    const unknown = shape.length - known.length;
    if (
      unknown > 1 ||
      !target.every((size) => Number.isInteger(size) && size >= 0) ||
      sizeOf(target) !== source.size
    ) {
      throw new ShapeError(
        `reshape: got shape ${formatShape(shape)} for ${source.size} elements ` +
          `${formatShape(source.shape)}, expected the same number of elements and at most one -1`,
      );
    }
    if (sameShape(target, source.shape)) return source;
    return view({ kind: "reshape" }, source, target, (gradient) => [reshape(gradient, source.shape)]);
  });

/** All axes from `startAxis` (default 0) on joined into one. */
export const flatten = (x: TensorLike, options: { readonly startAxis?: number } = {}): Tensor =>
  scope(() => {
    const source = asTensor(x);
    const start = options.startAxis ?? 0;
    return reshape(source, [...source.shape.slice(0, start), sizeOf(source.shape.slice(start))]);
  });

/** Axes in another order; without `permutation` in the opposite one. */
export const transpose = (x: TensorLike, permutation?: readonly number[]): Tensor =>
  scope(() => {
    const source = asTensor(x);
    const order = (permutation ?? source.shape.map((_, axis) => source.rank - 1 - axis)).map((axis) =>
      normalizeAxis("transpose", axis, source.rank),
    );
    if (order.length !== source.rank || new Set(order).size !== order.length) {
      throw new ShapeError(
        `transpose: got permutation ${formatShape(order)} for shape ${formatShape(source.shape)}, ` +
          `expected each axis once`,
      );
    }
    if (order.every((axis, at) => axis === at)) return source;
    const inverse = order.map((_, axis) => order.indexOf(axis));
    return view(
      { kind: "transpose", permutation: order },
      source,
      order.map((axis) => source.shape[axis]!),
      (gradient) => [transpose(gradient, inverse)],
    );
  });

/** Options of `slice`. */
export interface SliceOptions {
  /** Distance between the elements taken, per axis; default 1. */
  readonly step?: readonly number[];
}

/**
 * A block: `size[axis]` elements from `start[axis]` on (-1: up to the end), every `step[axis]`-th.
 * @throws ShapeError when it reaches outside
 */
export const slice = (
  x: TensorLike,
  start: readonly number[],
  size: readonly number[],
  options: SliceOptions = {},
): Tensor =>
  scope(() => {
    const source = asTensor(x);
    const step = options.step ?? source.shape.map(() => 1);
    const from = start.map((at, axis) => (at < 0 ? at + source.shape[axis]! : at));
    const shape = size.map((count, axis) =>
      count === -1 ? Math.max(0, Math.ceil((source.shape[axis]! - from[axis]!) / step[axis]!)) : count,
    );
    const fits =
      [start, size, step].every((list) => list.length === source.rank) &&
      shape.every(
        (count, axis) =>
          Number.isInteger(count) &&
          count >= 0 &&
          Number.isInteger(step[axis]) &&
          step[axis]! > 0 &&
          from[axis]! >= 0 &&
          (count === 0 || from[axis]! + (count - 1) * step[axis]! < source.shape[axis]!),
      );
    if (!fits) {
      throw new ShapeError(
        `slice: got start ${formatShape(start)}, size ${formatShape(size)}, step ${formatShape(step)} ` +
          `for shape ${formatShape(source.shape)}, expected a block inside it`,
      );
    }
    if (sameShape(shape, source.shape) && step.every((stride) => stride === 1)) return source;
    return view({ kind: "slice", start: from, step }, source, shape, (gradient) => {
      const interior = step.map((stride) => stride - 1);
      const reached = shape.map((count, axis) => (count === 0 ? 0 : (count - 1) * step[axis]! + 1));
      const widths = from.map((low, axis) => [low, source.shape[axis]! - low - reached[axis]!] as const);
      return [gradient.pad(widths, 0, { interior })];
    });
  });

/** The elements in opposite order along `axes` (default all). */
export const flip = (x: TensorLike, axes?: number | readonly number[]): Tensor =>
  scope(() => {
    const source = asTensor(x);
    const flipped = normalizeAxes("flip", axes, source.rank);
    if (source.size === 0) return source;
    const start = source.shape.map((size, axis) => (flipped.includes(axis) ? size - 1 : 0));
    const step = source.shape.map((_, axis) => (flipped.includes(axis) ? -1 : 1));
    return view({ kind: "slice", start, step }, source, source.shape, (gradient) => [
      flip(gradient, flipped),
    ]);
  });

/** Stretched to `shape` by NumPy's rules. @throws ShapeError when an axis is neither 1 nor equal */
export const broadcastTo = (x: TensorLike, shape: Shape): Tensor =>
  scope(() => {
    const source = asTensor(x);
    checkShape("broadcastTo", shape);
    if (sameShape(source.shape, shape)) return source;
    const lead = shape.length - source.rank;
    if (lead < 0 || !source.shape.every((size, axis) => size === 1 || size === shape[lead + axis])) {
      throw new ShapeError(
        `broadcastTo: got shape ${formatShape(source.shape)}, expected one that stretches to ` +
          `${formatShape(shape)}`,
      );
    }
    return view({ kind: "broadcast" }, source, shape, (gradient) => {
      const axes = shape.flatMap((size, axis) =>
        axis < lead || (source.shape[axis - lead] === 1 && size !== 1) ? [axis] : [],
      );
      return [gradient.sum({ axes }).reshape(source.shape)];
    });
  });

/** A new axis of size 1 before `axis`; -1 appends one. */
export const expandDims = (x: TensorLike, axis: number): Tensor =>
  scope(() => {
    const source = asTensor(x);
    const at = normalizeAxis("expandDims", axis, source.rank + 1);
    return reshape(source, [...source.shape.slice(0, at), 1, ...source.shape.slice(at)]);
  });

/** Without the axes of size 1, all or those given. @throws ShapeError when one has another size */
export const squeeze = (x: TensorLike, axes?: number | readonly number[]): Tensor =>
  scope(() => {
    const source = asTensor(x);
    const gone =
      axes === undefined
        ? source.shape.flatMap((size, axis) => (size === 1 ? [axis] : []))
        : normalizeAxes("squeeze", axes, source.rank);
    if (gone.some((axis) => source.shape[axis] !== 1)) {
      throw new ShapeError(
        `squeeze: got axes ${formatShape(gone)} of shape ${formatShape(source.shape)}, expected size 1`,
      );
    }
    return reshape(
      source,
      source.shape.filter((_, axis) => !gone.includes(axis)),
    );
  });

/** Pieces along `axis`: a number of equal parts, or their sizes. */
export const split = (
  x: TensorLike,
  parts: number | readonly number[],
  options: { readonly axis?: number } = {},
): Tensor[] =>
  scope(() => {
    const source = asTensor(x);
    const axis = normalizeAxis("split", options.axis ?? 0, source.rank);
    const length = source.shape[axis]!;
    const sizes = typeof parts === "number" ? new Array<number>(parts).fill(length / parts) : parts;
    if (
      !sizes.every((size) => Number.isInteger(size) && size >= 0) ||
      sizes.reduce((a, b) => a + b, 0) !== length
    ) {
      throw new ShapeError(
        `split: got parts ${JSON.stringify(parts)} of axis ${axis} in ${formatShape(source.shape)}, ` +
          `expected whole sizes that add up to ${length}`,
      );
    }
    let at = 0;
    return sizes.map((count) => {
      const start = source.shape.map((_, a) => (a === axis ? at : 0));
      at += count;
      return slice(
        source,
        start,
        source.shape.map((size, a) => (a === axis ? count : size)),
      );
    });
  });

/** The tensor repeated `repeats[axis]` times along each axis. */
export const tile = (x: TensorLike, repeats: readonly number[]): Tensor =>
  scope(() => {
    const source = asTensor(x);
    if (repeats.length !== source.rank || !repeats.every((count) => Number.isInteger(count) && count >= 0)) {
      throw new DataError(
        `tile: got repeats ${formatShape(repeats)} for shape ${formatShape(source.shape)}, ` +
          `expected one whole number per axis`,
      );
    }
    const apart = reshape(
      source,
      source.shape.flatMap((size) => [1, size]),
    );
    const stretched = broadcastTo(
      apart,
      source.shape.flatMap((size, axis) => [repeats[axis]!, size]),
    );
    return reshape(
      stretched,
      source.shape.map((size, axis) => size * repeats[axis]!),
    );
  });
