import type { Condition, Index, KernelWriter, Value } from "../text/kernel-writer.js";

/** An index brought into `[0, size)`. */
export function clampedIndex(kernel: KernelWriter, index: Value, size: number): Value {
  const raised = kernel.apply("maximum", [kernel.cast(index, "int32"), kernel.zero("int32")], "int32");
  return kernel.keep(kernel.apply("minimum", [raised, kernel.constant(size - 1, "int32")], "int32"));
}

/** Whether an index names one of `size` rows. */
export const isRow = (kernel: KernelWriter, index: Value, size: number): Condition =>
  kernel.inside(kernel.hold(kernel.toIndex(kernel.cast(index, "int32"))), size);

/**
 * The row that an index names, clamped, or `size` for all that are out of range where these are not
 * clamped.
 */
export function rowOf(kernel: KernelWriter, index: Value, size: number, clamps: boolean): Value {
  if (clamps) return clampedIndex(kernel, index, size);
  const given = kernel.keep(kernel.cast(index, "int32"));
  const isOne = kernel.fromCondition(isRow(kernel, given, size));
  return kernel.keep(kernel.where(isOne, given, kernel.constant(size, "int32")));
}

/** `row * size + column`. */
export const placeIn = (kernel: KernelWriter, row: Index, size: number, column: Index): Index =>
  kernel.plus(kernel.times(row, size), column);
