import { DataError } from "@hekla/tensor";
import { product } from "./batch-shape.js";

/** How many values the weights that are made may still have; no limit unless a file is being loaded. */
let left = Number.POSITIVE_INFINITY;

/**
 * Runs `make` with weights of at most so many values in all: a model from a file has no more than the file holds, so
 * that a few bytes of a config do not take all memory. The only state of this module.
 */
export function withWeightBudget<T>(values: number, make: () => T): T {
  const before = left;
  left = values;
  try {
    return make();
  } finally {
    left = before;
  }
}

/** @throws DataError where a weight of this shape exceeds what `withWeightBudget` allows */
export function spendWeights(name: string, shape: readonly number[]): void {
  const size = product(shape);
  if (!(size <= left)) {
    throw new DataError(
      `the model has more weights than the file, got ${name} [${shape}], expected at most ${left} values`,
    );
  }
  left -= size;
}
