import { ShapeError } from "../errors.js";
import { named, record, scope } from "../recording.js";
import { argsort as argsortReference, cumsum as cumsumReference } from "../reference/moves.js";
import { formatShape, normalizeAxis, sizeOf } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { cast } from "./cast.js";
import { asTensor } from "./creation.js";
import { gatherAlong } from "./indexing.js";
import { transpose } from "./views.js";

/** Options of `cumsum`. */
export interface CumsumOptions {
  /** Default -1. */
  readonly axis?: number;
  /** Sum from the end. Default false. */
  readonly reverse?: boolean;
  /** Leave the element itself out. Default false. */
  readonly exclusive?: boolean;
}

/** Running sum along `axis`. */
export const cumsum = (x: TensorLike, options: CumsumOptions = {}): Tensor =>
  scope(() => {
    const given = asTensor(x);
    const source = given.dtype === "bool" ? cast(given, "int32") : given;
    const { shape, dtype } = source;
    const axis = normalizeAxis("cumsum", options.axis ?? -1, source.rank);
    const { reverse = false, exclusive = false } = options;
    const outer = sizeOf(shape.slice(0, axis));
    const inner = sizeOf(shape.slice(axis + 1));
    const routine = {
      name: "cumsum",
      dtype,
      outer,
      axisSize: shape[axis]!,
      inner,
      reverse,
      exclusive,
    } as const;
    return record({ kind: "routine", routine, reference: cumsumReference }, [source], shape, dtype, (dy) => [
      cumsum(dy, { axis, reverse: !reverse, exclusive }),
    ]);
  });

/** Options of `sort` and `argsort`. */
export interface SortOptions {
  /** Default -1. */
  readonly axis?: number;
  /** Largest first. Default false. */
  readonly descending?: boolean;
}

/** `axis` moved to the end, and the way back. */
function lastAxis(rank: number, axis: number): { to: number[]; back: number[] } {
  const to = [...Array.from({ length: rank }, (_, a) => a).filter((a) => a !== axis), axis];
  return { to, back: to.map((_, a) => to.indexOf(a)) };
}

function order(x: Tensor, axis: number, descending: boolean, count: number): Tensor {
  const { to, back } = lastAxis(x.rank, axis);
  const rows = transpose(x.dtype === "bool" ? cast(x, "int32") : x, to);
  const axisSize = x.shape[axis]!;
  const outer = sizeOf(rows.shape.slice(0, -1));
  const routine = { name: "argsort", dtype: rows.dtype, outer, axisSize, count, descending } as const;
  const indices = record(
    { kind: "routine", routine, reference: argsortReference },
    [rows],
    [...rows.shape.slice(0, -1), count],
    "int32",
  );
  return transpose(indices, back);
}

/** Indices that sort `x` along `axis`, equal elements in their order, NaN last; int32. */
export const argsort = (x: TensorLike, options: SortOptions = {}): Tensor =>
  named("argsort", () => {
    const source = asTensor(x);
    const axis = normalizeAxis("argsort", options.axis ?? -1, source.rank);
    return order(source, axis, options.descending ?? false, source.shape[axis]!);
  });

/** The elements in order along `axis`, NaN last. */
export const sort = (x: TensorLike, options: SortOptions = {}): Tensor =>
  named("sort", () => {
    const source = asTensor(x);
    const axis = normalizeAxis("sort", options.axis ?? -1, source.rank);
    return gatherAlong(source, argsort(source, { ...options, axis }), { axis });
  });

/**
 * The `k` largest elements along `axis`, largest first, and their indices.
 * @throws ShapeError when there are fewer than `k`
 */
export const topK = (
  x: TensorLike,
  k: number,
  options: { readonly axis?: number } = {},
): { values: Tensor; indices: Tensor } =>
  named("topK", () => {
    const source = asTensor(x);
    const axis = normalizeAxis("topK", options.axis ?? -1, source.rank);
    if (!Number.isInteger(k) || k < 1 || k > source.shape[axis]!) {
      throw new ShapeError(
        `topK: got k ${k} for axis ${axis} of ${formatShape(source.shape)}, ` +
          `expected a whole number from 1 to ${source.shape[axis]}`,
      );
    }
    const indices = order(source, axis, true, k);
    return { values: gatherAlong(source, indices, { axis }), indices };
  });
