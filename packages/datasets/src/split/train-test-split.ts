import { DataError } from "@hekla/tensor/errors";
import { classesOf, type Label } from "./classes-of.js";
import { RandomState } from "./random-state.js";
import { type SplitSizes, splitSizes } from "./split-sizes.js";
import { stratifiedIndices } from "./stratified-indices.js";

/** How rows are split. */
export interface TrainTestSplitOptions extends SplitSizes {
  /** Seed of NumPy's legacy generator, 0..2^32-1. Default 0. */
  readonly randomState?: number;
  /** False: the first rows to learn from, those after them to test on. Default true. */
  readonly shuffle?: boolean;
  /** Labels of the rows: both sides get every label in the proportion of the whole. */
  readonly stratify?: ArrayLike<Label>;
}

/** Row numbers on either side of a split, in the order in which the rows are to be taken. */
export interface SplitIndices {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * A random split of `n` rows, the same rows in the same order as scikit-learn's.
 *
 * `trainTestSplit(7086, { testSize: 0.2, randomState: 42 })` gives 5668 rows to learn from and 1418 to test on.
 *
 * @throws DataError for sizes or a seed that are not usable, labels that are not `n`, or labels too few to stratify
 *
 * Source: scikit-learn 1.9, `train_test_split` with `random_state`; `ShuffleSplit`, `StratifiedShuffleSplit`.
 */
export function trainTestSplit(n: number, options: TrainTestSplitOptions = {}): SplitIndices {
  const owner = "trainTestSplit";
  const { randomState = 0, shuffle = true, stratify } = options;
  if (!Number.isSafeInteger(n) || n < 2) {
    throw new DataError(
      `${owner}: there is nothing to split, got ${n} rows, expected an integer of at least 2`,
    );
  }
  const [trainCount, testCount] = splitSizes(owner, n, options, 0.25);
  if (!shuffle) {
    if (stratify)
      throw new DataError(`${owner}: got stratify without shuffle, expected shuffle: true with it`);
    const rows = Int32Array.from({ length: trainCount + testCount }, (_, i) => i);
    return { train: rows.slice(0, trainCount), test: rows.slice(trainCount) };
  }
  const random = new RandomState(randomState);
  if (!stratify) {
    const order = random.permutation(n);
    return { train: order.slice(testCount, testCount + trainCount), test: order.slice(0, testCount) };
  }
  if (stratify.length !== n) {
    throw new DataError(`${owner}: stratify does not fit, got ${stratify.length} labels, expected ${n}`);
  }
  return stratifiedIndices(owner, stratify, trainCount, testCount, random);
}

/** How groups of rows are split. */
export interface GroupSplitOptions extends SplitSizes {
  /** Seed of NumPy's legacy generator, 0..2^32-1. Default 0. */
  readonly randomState?: number;
}

/**
 * A random split in which all rows of one group stand on the same side: `groups[i]` is the group of row i.
 *
 * The sizes (default: 0.2 to test on) are shares or numbers of *groups*; rows keep their order within a side. Sentences
 * as groups give the split by distinct sentence.
 *
 * @throws DataError for sizes or a seed that are not usable, or fewer than two groups
 *
 * Source: scikit-learn 1.9, `GroupShuffleSplit` with `random_state`.
 */
export function groupTrainTestSplit(groups: ArrayLike<Label>, options: GroupSplitOptions = {}): SplitIndices {
  const owner = "groupTrainTestSplit";
  const { counts, classOf } = classesOf(groups);
  const n = counts.length;
  if (n < 2) throw new DataError(`${owner}: there is nothing to split, got ${n} groups, expected at least 2`);
  const [trainCount, testCount] = splitSizes(owner, n, options, 0.2);
  const order = new RandomState(options.randomState ?? 0).permutation(n);
  const side = new Int8Array(n);
  order.forEach((group, i) => {
    side[group] = i < testCount ? 2 : i < testCount + trainCount ? 1 : 0;
  });
  const rowsOf = (wanted: number): Int32Array => {
    const rows: number[] = [];
    classOf.forEach((group, row) => {
      if (side[group] === wanted) rows.push(row);
    });
    return Int32Array.from(rows);
  };
  return { train: rowsOf(1), test: rowsOf(2) };
}
