import { DataError } from "@hekla/tensor/errors";

/** How much goes to either side of a split. */
export interface SplitSizes {
  /** Share (above 0, below 1: rounded up) or number (1 and more) of the rows to be judged by. Default: the rest, or 0.25. */
  readonly testSize?: number | undefined;
  /** Share (rounded down) or number of the rows to learn from. Default: the rest. */
  readonly trainSize?: number | undefined;
}

/**
 * The numbers of rows on either side, by scikit-learn's rules.
 * @throws DataError where a size is unusable, both are more than there is, or nothing is left to learn from
 */
export function splitSizes(owner: string, n: number, sizes: SplitSizes, fallback: number): [number, number] {
  const { trainSize } = sizes;
  const testSize = sizes.testSize ?? (trainSize === undefined ? fallback : undefined);
  const count = (name: string, size: number, round: (x: number) => number): number => {
    if (size > 0 && size < 1) return round(size * n);
    if (Number.isInteger(size) && size >= 1 && size < n) return size;
    throw new DataError(
      `${owner}: ${name} is not usable, got ${size} for ${n} rows, expected a share in (0, 1) or an integer in 1..${n - 1}`,
    );
  };
  const test = testSize === undefined ? undefined : count("testSize", testSize, Math.ceil);
  const given = trainSize === undefined ? undefined : count("trainSize", trainSize, Math.floor);
  const train = given ?? n - test!;
  const tested = test ?? n - train;
  if (train + tested > n || train < 1) {
    throw new DataError(
      `${owner}: the sizes do not fit, got ${train} rows to learn from and ${tested} to test on of ${n}, ` +
        "expected at least 1 to learn from and no more than there are",
    );
  }
  return [train, tested];
}
