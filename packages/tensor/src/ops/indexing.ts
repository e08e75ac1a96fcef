import { type Dtype, isFloat } from "../dtype.js";
import { DtypeError, ShapeError } from "../errors.js";
import { record, scope } from "../recording.js";
import { gather as reference } from "../reference/moves.js";
import type { GatherRoutine } from "../routine.js";
import { formatShape, normalizeAxis, sameShape, sizeOf } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { cast } from "./cast.js";
import { asTensor, coordinate } from "./creation.js";
import { add, equal, where } from "./elementwise.js";
import { broadcastTo, expandDims, reshape } from "./views.js";

/** Options of `gather`, `gatherAlong`, `scatterAdd` and `scatterAddAlong`. */
export interface IndexingOptions {
  /** Default 0. */
  readonly axis?: number;
}

/** Options of `gather`. */
export interface GatherOptions extends IndexingOptions {
  /**
   * What indices out of range give: the first or last slice ("clamp"), or NaN, which also those below 0 do then; floats
   * only. Default "clamp".
   */
  readonly outOfRange?: "clamp" | "nan";
}

function indexTensor(op: string, like: TensorLike): Tensor {
  const indices = asTensor(like, "int32");
  if (isFloat(indices.dtype))
    throw new DtypeError(`${op}: got ${indices.dtype} indices, expected int32 (use cast)`);
  return cast(indices, "int32");
}

/** Indices from the end brought into range; beyond both ends the backends clamp. */
const wrapNegative = (indices: Tensor, size: number): Tensor =>
  where(indices.less(0), add(indices, size), indices);

/** How rows that a routine has computed are best added up in a table, where it knows better than `scatterAdd`. */
function scatteredOf(updates: Tensor, { outer, inner }: Omit<GatherRoutine, "name">) {
  let { node } = updates;
  while (!node.source && node.operation.kind === "reshape") node = node.inputs[0]!;
  const whole = outer === 1 && node.shape.at(-1) === inner;
  return whole && node.operation.kind === "routine" ? node.operation.scattered : undefined;
}

/** The four gathers and scatters on tensors seen as `[outer, axisSize or count, inner]`. */
function move(
  name: GatherRoutine["name"],
  sizes: Omit<GatherRoutine, "name">,
  operands: readonly Tensor[],
  shape: readonly number[],
  scattered?: ReturnType<typeof scatteredOf>,
): Tensor {
  const reads = name === "gather" || name === "gatherAlong";
  const values = operands[reads ? 0 : 1]!;
  const routine = { name, dtype: values.dtype, ...sizes } as const;
  const [operation, inputs] = scattered?.(operands[0]!, routine) ?? [
    { kind: "routine", routine, reference } as const,
    operands,
  ];
  const opposite = {
    gather: "scatterAdd",
    scatterAdd: "gather",
    gatherAlong: "scatterAddAlong",
    scatterAddAlong: "gatherAlong",
  } as const;
  const rule = (dy: Tensor, sources: readonly Tensor[]) => {
    const indices = sources[reads ? 1 : 0]!;
    // What a gather fills in is no one's: nothing flows there, nor back.
    const linear = sizes.beyond ? { ...sizes, beyond: "zero" as const } : sizes;
    const back = reads
      ? move(
          opposite[name],
          linear,
          [indices, dy],
          values.shape,
          name === "gather" ? scatteredOf(dy, sizes) : undefined,
        )
      : move(opposite[name], linear, [dy, indices], values.shape);
    return reads ? [back, undefined] : [undefined, back];
  };
  return record(operation, inputs, shape, values.dtype, rule, operands);
}

/**
 * Slices of `x` along `axis` at `indices`; negative ones count from the end, ones out of range are clamped, unless
 * `outOfRange` says otherwise.
 * @param indices int32 of any shape
 * @returns the shape of `x` with `axis` replaced by the shape of `indices`
 */
export const gather = (x: TensorLike, indices: TensorLike, options: GatherOptions = {}): Tensor =>
  scope(() => {
    const source = asTensor(x);
    const fills = options.outOfRange === "nan";
    if (fills && !isFloat(source.dtype)) {
      throw new DtypeError(`gather: NaN for what is out of range, got ${source.dtype}, expected a float`);
    }
    const axis = normalizeAxis("gather", options.axis ?? 0, source.rank);
    const given = indexTensor("gather", indices);
    const axisSize = source.shape[axis]!;
    if (axisSize === 0 && given.size > 0) {
      throw new ShapeError(
        `gather: axis ${axis} of ${formatShape(source.shape)} is empty, expected an element`,
      );
    }
    const [before, after] = [source.shape.slice(0, axis), source.shape.slice(axis + 1)];
    const sizes = {
      ...{ outer: sizeOf(before), axisSize, inner: sizeOf(after), count: given.size },
      ...(fills && ({ beyond: "nan" } as const)),
    };
    const flat = reshape(fills ? given : wrapNegative(given, axisSize), [given.size]);
    return reshape(move("gather", sizes, [source, flat], [...before, given.size, ...after]), [
      ...before,
      ...given.shape,
      ...after,
    ]);
  });

/**
 * Adds `updates` up at `indices` along `axis` of a tensor of zeros: the opposite of `gather`.
 * @param indices int32 `[count]`
 * @param updates the result's shape with `count` on `axis`
 * @param size length of `axis` in the result
 */
export const scatterAdd = (
  indices: TensorLike,
  updates: TensorLike,
  size: number,
  options: IndexingOptions = {},
): Tensor =>
  scope(() => {
    const values = asTensor(updates);
    const axis = normalizeAxis("scatterAdd", options.axis ?? 0, values.rank);
    const given = indexTensor("scatterAdd", indices);
    if (given.rank !== 1 || given.size !== values.shape[axis]) {
      throw new ShapeError(
        `scatterAdd: got indices ${formatShape(given.shape)} for updates ${formatShape(values.shape)}, ` +
          `expected [${values.shape[axis]}] for axis ${axis}`,
      );
    }
    const [before, after] = [values.shape.slice(0, axis), values.shape.slice(axis + 1)];
    const sizes = { outer: sizeOf(before), axisSize: size, inner: sizeOf(after), count: given.size };
    return move("scatterAdd", sizes, [wrapNegative(given, size), values], [...before, size, ...after]);
  });

/**
 * One element for every index: `y[..., j, ...] = x[..., indices[..., j, ...], ...]` along `axis`.
 * @param indices int32, of the shape of `x` but for `axis`
 */
export const gatherAlong = (x: TensorLike, indices: TensorLike, options: IndexingOptions = {}): Tensor =>
  scope(() => {
    const source = asTensor(x);
    const axis = normalizeAxis("gatherAlong", options.axis ?? 0, source.rank);
    const given = indexTensor("gatherAlong", indices);
    const fits =
      given.rank === source.rank && given.shape.every((n, a) => a === axis || n === source.shape[a]);
    if (!fits) {
      throw new ShapeError(
        `gatherAlong: got indices ${formatShape(given.shape)} for ${formatShape(source.shape)}, ` +
          `expected the same shape but for axis ${axis}`,
      );
    }
    const axisSize = source.shape[axis]!;
    const outer = sizeOf(source.shape.slice(0, axis));
    const inner = sizeOf(source.shape.slice(axis + 1));
    const sizes = { outer, axisSize, inner, count: given.shape[axis]! };
    return move("gatherAlong", sizes, [source, wrapNegative(given, axisSize)], given.shape);
  });

/** Adds each update up at its index along `axis` of a tensor of zeros: the opposite of `gatherAlong`. */
export const scatterAddAlong = (
  indices: TensorLike,
  updates: TensorLike,
  size: number,
  options: IndexingOptions = {},
): Tensor =>
  scope(() => {
    const values = asTensor(updates);
    const axis = normalizeAxis("scatterAddAlong", options.axis ?? 0, values.rank);
    const given = indexTensor("scatterAddAlong", indices);
    if (!sameShape(given.shape, values.shape)) {
      throw new ShapeError(
        `scatterAddAlong: got indices ${formatShape(given.shape)} for updates ` +
          `${formatShape(values.shape)}, expected the same shape`,
      );
    }
    const outer = sizeOf(values.shape.slice(0, axis));
    const inner = sizeOf(values.shape.slice(axis + 1));
    const sizes = { outer, axisSize: size, inner, count: values.shape[axis]! };
    const shape = values.shape.map((n, a) => (a === axis ? size : n));
    return move("scatterAddAlong", sizes, [wrapNegative(given, size), values], shape);
  });

/** 1 at the index, 0 elsewhere, along a new last axis of `depth`; indices out of range give zeros. */
export const oneHot = (
  indices: TensorLike,
  depth: number,
  options: { readonly dtype?: Dtype } = {},
): Tensor =>
  scope(() => {
    const given = indexTensor("oneHot", indices);
    const shape = [...given.shape, depth];
    const hot = equal(coordinate(shape, given.rank), broadcastTo(expandDims(given, -1), shape));
    return cast(hot, options.dtype ?? "float32");
  });
