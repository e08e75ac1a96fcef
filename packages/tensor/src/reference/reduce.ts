import { type Dtype, isFloat, type StorageArray } from "../dtype.js";
import type { ReduceStep } from "../plan.js";
import { rowMajorStrides, sizeOf } from "../shape.js";
import { evaluate, positions, type Source } from "./program.js";
import { type Precision, zeroed } from "./storage.js";

const combine: Record<"sum" | "product" | "max" | "min", (a: number, b: number) => number> = {
  sum: (a, b) => a + b,
  product: (a, b) => a * b,
  max: Math.max,
  min: Math.min,
};

const initial = { sum: 0, product: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY };

/** True when `candidate` takes the place of `best`; NaN beats every number, the first one met stays. */
const beats = (candidate: number, best: number, largest: boolean): boolean =>
  Number.isNaN(best) ? false : Number.isNaN(candidate) || (largest ? candidate > best : candidate < best);

/** Runs a reduction; sums are kept in double precision, in row-major order. */
export function reduce(
  step: ReduceStep,
  sources: readonly Source[],
  outputs: readonly StorageArray[],
  precision: Precision,
): void {
  const size = sizeOf(step.shape);
  const dtypes = step.program.results.map((line) => step.program.instructions[line]!.dtype);
  const values = dtypes.map((dtype) => zeroed(dtype, size, precision));
  evaluate(step.program, step.shape, sources, values, precision);
  // Walk the elements with the reduced axes innermost, so that each output's elements follow one another.
  const kept = step.shape.map((_, axis) => axis).filter((axis) => !step.axes.includes(axis));
  const order = [...kept, ...step.axes];
  const strides = rowMajorStrides(step.shape);
  const view = { shape: order.map((a) => step.shape[a]!), strides: order.map((a) => strides[a]!), offset: 0 };
  const at = positions(view, 0, size);
  outputs.forEach((output, k) => {
    reduceValues(step, values[k]!, dtypes[k]!, at, output);
  });
}

/** Reduces values that lie at `at`, those of each element of the output one after the other. */
function reduceValues(
  { shape, axes, reduction }: ReduceStep,
  values: StorageArray,
  dtype: Dtype,
  at: Int32Array,
  output: StorageArray,
): void {
  const count = axes.reduce((product, axis) => product * shape[axis]!, 1);
  for (let o = 0; o < output.length; o++) {
    if (reduction === "argMax" || reduction === "argMin") {
      let best = 0;
      for (let i = 1; i < count; i++) {
        if (beats(values[at[o * count + i]!]!, values[at[o * count + best]!]!, reduction === "argMax"))
          best = i;
      }
      output[o] = best;
      continue;
    }
    if (!isFloat(dtype)) {
      output[o] = reduceIntegers(values, at, o * count, count, reduction);
      continue;
    }
    let result = initial[reduction];
    for (let i = 0; i < count; i++) result = combine[reduction](result, values[at[o * count + i]!]!);
    output[o] = result;
  }
}

function reduceIntegers(
  values: StorageArray,
  at: Int32Array,
  start: number,
  count: number,
  reduction: keyof typeof combine,
): number {
  let result = reduction === "max" ? -2147483648 : reduction === "min" ? 2147483647 : initial[reduction];
  for (let i = start; i < start + count; i++) {
    const value = values[at[i]!]!;
    if (reduction === "sum") result = (result + value) | 0;
    else result = reduction === "product" ? Math.imul(result, value) : combine[reduction](result, value);
  }
  return result;
}
