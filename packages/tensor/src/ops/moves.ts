import { promote } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { record, scope } from "../recording.js";
import { concat as concatReference, pad as padReference } from "../reference/moves.js";
import { formatShape, formatShapes, normalizeAxis, sameShape, sizeOf } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { cast } from "./cast.js";
import { asTensor } from "./creation.js";
import { expandDims, slice } from "./views.js";

/** Options of `pad`. */
export interface PadOptions {
  /** Elements put between neighbours, per axis; default none. */
  readonly interior?: readonly number[];
}

/**
 * A border of `value` around the tensor: `widths[axis]` elements before and after.
 * @throws ShapeError for negative widths
 */
export const pad = (
  x: TensorLike,
  widths: readonly (readonly [number, number])[],
  value = 0,
  options: PadOptions = {},
): Tensor =>
  scope(() => {
    const source = asTensor(x);
    const interior = options.interior ?? widths.map(() => 0);
    const whole = [...widths.flat(), ...interior].every((width) => Number.isInteger(width) && width >= 0);
    if (widths.length !== source.rank || interior.length !== source.rank || !whole) {
      throw new ShapeError(
        `pad: got widths ${JSON.stringify(widths)} for shape ${formatShape(source.shape)}, ` +
          "expected two non-negative whole numbers per axis",
      );
    }
    const low = widths.map(([before]) => before);
    const spread = source.shape.map((size, axis) =>
      size === 0 ? 0 : (size - 1) * (interior[axis]! + 1) + 1,
    );
    const outputShape = spread.map((size, axis) => size + widths[axis]![0] + widths[axis]![1]);
    if (sameShape(outputShape, source.shape)) return source;
    const { shape: inputShape, dtype } = source;
    const routine = { name: "pad", dtype, inputShape, outputShape, low, interior, value } as const;
    return record(
      { kind: "routine", routine, reference: padReference },
      [source],
      outputShape,
      dtype,
      (gradient) => [slice(gradient, low, inputShape, { step: interior.map((gap) => gap + 1) })],
    );
  });

/** What one routine joins; in WebAssembly each is a parameter of one function, and engines take a thousand. */
const mostParts = 500;

/**
 * The tensors one after the other along `axis`.
 * @throws ShapeError when another axis differs
 */
export const concat = (tensors: readonly TensorLike[], options: { readonly axis?: number } = {}): Tensor =>
  scope(() => {
    const given = tensors.map((like) => asTensor(like));
    const first = given[0];
    if (!first) throw new ShapeError("concat: got no tensors, expected at least one");
    const axis = normalizeAxis("concat", options.axis ?? 0, first.rank);
    const fits = given.every(
      (x) => x.rank === first.rank && x.shape.every((size, a) => a === axis || size === first.shape[a]),
    );
    if (!fits) {
      throw new ShapeError(
        `concat: got shapes ${formatShapes(given.map((x) => x.shape))}, expected them equal ` +
          `but for axis ${axis}`,
      );
    }
    if (given.length === 1) return first;
    const dtype = given.map((x) => x.dtype).reduce(promote);
    const parts = given.map((x) => cast(x, dtype));
    if (parts.length > mostParts) {
      const firsts = parts.flatMap((_, at) => (at % mostParts === 0 ? [at] : []));
      return concat(
        firsts.map((at) => concat(parts.slice(at, at + mostParts), { axis })),
        { axis },
      );
    }
    const sizes = parts.map((x) => x.shape[axis]!);
    const shape = first.shape.map((size, a) => (a === axis ? sizes.reduce((sum, n) => sum + n, 0) : size));
    const outer = sizeOf(shape.slice(0, axis));
    const inner = sizeOf(shape.slice(axis + 1));
    const routine = { name: "concat", dtype, outer, sizes, inner } as const;
    return record(
      { kind: "routine", routine, reference: concatReference },
      parts,
      shape,
      dtype,
      (gradient) => {
        let at = 0;
        return parts.map((part) => {
          const start = shape.map((_, a) => (a === axis ? at : 0));
          at += part.shape[axis]!;
          return slice(gradient, start, part.shape);
        });
      },
    );
  });

/** Tensors of one shape along a new axis. */
export const stack = (tensors: readonly TensorLike[], options: { readonly axis?: number } = {}): Tensor =>
  scope(() => {
    const axis = options.axis ?? 0;
    return concat(
      tensors.map((x) => expandDims(x, axis)),
      { axis },
    );
  });
