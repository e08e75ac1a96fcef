import { DataError } from "@hekla/tensor/errors";
import { classesOf, type Label } from "./classes-of.js";
import type { RandomState } from "./random-state.js";

/**
 * How many of each class to draw, so that `draws` come together in the classes' proportions: the shares rounded down,
 * then one more for the largest remainders, equal ones in a random order.
 *
 * Source: scikit-learn 1.9, `sklearn.utils.extmath._approximate_mode`.
 */
function approximateMode(counts: Int32Array, draws: number, random: RandomState): Int32Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = Array.from(counts, (count) => (count / total) * draws);
  const drawn = Int32Array.from(shares, Math.floor);
  const remainders = shares.map((share) => share - Math.floor(share));
  let missing = draws - drawn.reduce((sum, count) => sum + count, 0);
  for (const value of [...new Set(remainders)].sort((a, b) => b - a)) {
    if (missing <= 0) break;
    const tied = remainders.flatMap((remainder, index) => (remainder === value ? [index] : []));
    const order = random.permutation(tied.length);
    const taken = Math.min(tied.length, missing);
    for (const index of order.subarray(0, taken)) drawn[tied[index]!]! += 1;
    missing -= taken;
  }
  return drawn;
}

/** Rows of both sides with the labels in the proportion of the whole, drawn as `StratifiedShuffleSplit` draws them. */
export function stratifiedIndices(
  owner: string,
  labels: ArrayLike<Label>,
  trainCount: number,
  testCount: number,
  random: RandomState,
): { train: Int32Array; test: Int32Array } {
  const { classes, counts, classOf } = classesOf(labels);
  const single = classes.filter((_, index) => counts[index]! < 2);
  if (single.length > 0) {
    throw new DataError(
      `${owner}: labels are too rare to stratify, got one row of ${single.slice(0, 5).join(", ")}, expected two or more of each`,
    );
  }
  if (Math.min(trainCount, testCount) < classes.length) {
    throw new DataError(
      `${owner}: a side is too small to stratify, got ${trainCount} and ${testCount} rows, expected at least ${classes.length} each`,
    );
  }
  const rows: number[][] = classes.map(() => []);
  classOf.forEach((index, row) => {
    rows[index]!.push(row);
  });
  const forTrain = approximateMode(counts, trainCount, random);
  const rest = counts.map((count, index) => count - forTrain[index]!);
  const forTest = approximateMode(rest, testCount, random);
  const train: number[] = [];
  const test: number[] = [];
  rows.forEach((ofClass, index) => {
    const order = random.permutation(ofClass.length);
    const cut = forTrain[index]!;
    for (const i of order.subarray(0, cut)) train.push(ofClass[i]!);
    for (const i of order.subarray(cut, cut + forTest[index]!)) test.push(ofClass[i]!);
  });
  random.shuffle(train);
  random.shuffle(test);
  return { train: Int32Array.from(train), test: Int32Array.from(test) };
}
