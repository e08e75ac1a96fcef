import { isFloat } from "../dtype.js";
import { ShapeError } from "../errors.js";
import type { GradientRule } from "../node.js";
import type { Reduction } from "../plan.js";
import { named, record, scope } from "../recording.js";
import { formatShape, normalizeAxes, normalizeAxis } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { stopGradient } from "./activations.js";
import { cast } from "./cast.js";
import { asTensor } from "./creation.js";
import { abs, add, divide, equal, exp, less, log, multiply, sqrt, subtract, where } from "./elementwise.js";
import { broadcastTo, reshape } from "./views.js";

/** Options of reductions. */
export interface ReduceOptions {
  /** Default: all axes. */
  readonly axes?: number | readonly number[];
  /** Leave the reduced axes in place with size 1. Default false. */
  readonly keepDims?: boolean;
}

/** Options of `argMax` and `argMin`. */
export interface ArgOptions {
  /** Default 0. */
  readonly axis?: number;
  readonly keepDims?: boolean;
}

function reduce(
  reduction: Reduction,
  x: Tensor,
  axes: readonly number[],
  keepDims: boolean,
  gradient?: (kept: number[]) => GradientRule,
): Tensor {
  const shape = x.shape.filter((_, axis) => !axes.includes(axis));
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const dtype = reduction === "argMax" || reduction === "argMin" ? "int32" : x.dtype;
  if (axes.length === 0) return x;
  const reduced = record({ kind: "reduce", reduction, axes }, [x], shape, dtype, gradient?.(kept));
  return keepDims ? reshape(reduced, kept) : reduced;
}

/** Gradient of an extreme: shared evenly by the elements that attain it. */
const extremeGradient =
  (axes: readonly number[]) =>
  (kept: number[]): GradientRule =>
  (dy, [x], y) => {
    const attained = cast(equal(x!, reshape(y, kept)), x!.dtype);
    return [multiply(divide(attained, sum(attained, { axes, keepDims: true })), reshape(dy, kept))];
  };

function prepared(op: string, x: TensorLike, options: ReduceOptions): { source: Tensor; axes: number[] } {
  const source = asTensor(x);
  const axes = normalizeAxes(op, options.axes, source.rank);
  return { source: source.dtype === "bool" ? cast(source, "int32") : source, axes };
}

/** Sum over `axes`; bool counts as int32. Over no elements 0. */
export const sum = (x: TensorLike, options: ReduceOptions = {}): Tensor =>
  scope(() => {
    const { source, axes } = prepared("sum", x, options);
    return reduce("sum", source, axes, options.keepDims ?? false, (kept) => (dy) => [
      broadcastTo(reshape(dy, kept), source.shape),
    ]);
  });

/** What means are taken of: integers, and halves, whose sums and counts would overflow, in float32. */
const wide = (x: Tensor): Tensor => (isFloat(x.dtype) && x.dtype !== "float16" ? x : cast(x, "float32"));
/** A mean in the type of what it was taken of. */
const narrow = (mean: Tensor, { dtype }: Tensor): Tensor => (dtype === "float16" ? cast(mean, dtype) : mean);

/** Arithmetic mean over `axes`, as float. Over no elements NaN. */
export const mean = (x: TensorLike, options: ReduceOptions = {}): Tensor =>
  named("mean", () => {
    const { source, axes } = prepared("mean", x, options);
    const count = axes.reduce((product, axis) => product * source.shape[axis]!, 1);
    const total = sum(wide(source), { axes, keepDims: options.keepDims ?? false });
    return narrow(divide(total, count), source);
  });

/** Product over `axes`. Over no elements 1. */
export const product = (x: TensorLike, options: ReduceOptions = {}): Tensor =>
  scope(() => {
    const { source, axes } = prepared("product", x, options);
    return reduce("product", source, axes, options.keepDims ?? false, (kept) => (dy, [input], y) => {
      // The product of the others: y / x, but where zeros are about it is the product of the rest, or 0. The terms
      // that are 0 are written so that their own derivative is right, too.
      const zero = equal(input!, 0);
      const zeros = sum(zero, { axes, keepDims: true });
      const safe = where(zero, 1, input!);
      const rest = product(safe, { axes, keepDims: true });
      const zeroSum = sum(where(zero, input!, 0), { axes, keepDims: true });
      const otherZero = multiply(rest, subtract(zeroSum, input!));
      const atZero = where(equal(zeros, 1), rest, where(equal(zeros, 2), otherZero, 0));
      const others = where(zero, atZero, divide(reshape(y, kept), safe));
      return [multiply(reshape(dy, kept), others)];
    });
  });

/** Largest element over `axes`, NaN where there is one; the gradient is shared by equal ones. */
export const max = (x: TensorLike, options: ReduceOptions = {}): Tensor =>
  scope(() => {
    const { source, axes } = prepared("max", x, options);
    return reduce("max", source, axes, options.keepDims ?? false, extremeGradient(axes));
  });

/** Smallest element over `axes`, NaN where there is one; the gradient is shared by equal ones. */
export const min = (x: TensorLike, options: ReduceOptions = {}): Tensor =>
  scope(() => {
    const { source, axes } = prepared("min", x, options);
    return reduce("min", source, axes, options.keepDims ?? false, extremeGradient(axes));
  });

/** Whether one element or more is not 0. */
export const any = (x: TensorLike, options: ReduceOptions = {}): Tensor =>
  named("any", () => {
    const source = cast(cast(asTensor(x), "bool"), "int32");
    return cast(sum(source, options), "bool");
  });

/** Whether no element is 0. */
export const all = (x: TensorLike, options: ReduceOptions = {}): Tensor =>
  named("all", () => {
    const zero = cast(equal(asTensor(x), 0), "int32");
    return equal(sum(zero, options), 0);
  });

/** Mean squared distance from the mean over `axes` (divided by the count). */
export const variance = (x: TensorLike, options: ReduceOptions = {}): Tensor =>
  named("variance", () => {
    const source = asTensor(x);
    const values = wide(source);
    const centred = subtract(values, mean(values, { ...options, keepDims: true }));
    return narrow(mean(multiply(centred, centred), options), source);
  });

/** Square root of the variance. */
export const standardDeviation = (x: TensorLike, options: ReduceOptions = {}): Tensor =>
  named("standardDeviation", () => sqrt(variance(x, options)));

function argReduce(reduction: "argMax" | "argMin", x: TensorLike, options: ArgOptions): Tensor {
  return scope(() => {
    const given = asTensor(x);
    const source = given.dtype === "bool" ? cast(given, "int32") : given;
    const axis = normalizeAxis(reduction, options.axis ?? 0, source.rank);
    if (source.shape[axis] === 0) {
      throw new ShapeError(
        `${reduction}: axis ${axis} of ${formatShape(source.shape)} is empty, expected an element`,
      );
    }
    return reduce(reduction, source, [axis], options.keepDims ?? false);
  });
}

/** Index of the largest element along `axis`, the first of equal ones; int32. */
export const argMax = (x: TensorLike, options: ArgOptions = {}): Tensor => argReduce("argMax", x, options);

/** Index of the smallest element along `axis`, the first of equal ones; int32. */
export const argMin = (x: TensorLike, options: ArgOptions = {}): Tensor => argReduce("argMin", x, options);

/** log(sum(e^x)) over `axes`, without overflow. */
export const logSumExp = (x: TensorLike, options: ReduceOptions = {}): Tensor =>
  named("logSumExp", () => {
    const source = asTensor(x);
    const largest = stopGradient(max(source, { ...options, keepDims: true }));
    const shift = where(less(abs(largest), Number.POSITIVE_INFINITY), largest, 0);
    const total = log(sum(exp(subtract(source, shift)), { ...options, keepDims: true }));
    const result = add(total, shift);
    if (options.keepDims) return result;
    const axes = normalizeAxes("logSumExp", options.axes, source.rank);
    return reshape(
      result,
      source.shape.filter((_, axis) => !axes.includes(axis)),
    );
  });

/** Options of `softmax` and `logSoftmax`. */
export interface AxisOption {
  /** Default -1. */
  readonly axis?: number;
}

/** e^x / sum(e^x) along `axis`. */
export const softmax = (x: TensorLike, options: AxisOption = {}): Tensor =>
  named("softmax", () => {
    const source = asTensor(x);
    const axes = normalizeAxis("softmax", options.axis ?? -1, source.rank);
    const exponential = exp(subtract(source, stopGradient(max(source, { axes, keepDims: true }))));
    return divide(exponential, sum(exponential, { axes, keepDims: true }));
  });

/** x - logSumExp(x) along `axis`: the logarithm of the softmax, exact where that is tiny. */
export const logSoftmax = (x: TensorLike, options: AxisOption = {}): Tensor =>
  named("logSoftmax", () => {
    const source = asTensor(x);
    const axes = normalizeAxis("logSoftmax", options.axis ?? -1, source.rank);
    const shifted = subtract(source, stopGradient(max(source, { axes, keepDims: true })));
    return subtract(shifted, log(sum(exp(shifted), { axes, keepDims: true })));
  });
