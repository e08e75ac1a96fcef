import { DataError } from "@hekla/tensor/errors";

/** What counts as a peak, and what as one that was foreseen. */
export interface MissedPeaksOptions {
  /** The share of all true values that a peak must be above. Default 0.9. */
  readonly quantile?: number;
  /** Rows on each side that must not be higher than a peak. Default 1. */
  readonly neighbours?: number;
  /**
   * How far below the peak the forecast may be, as a fraction of the range of the true values. Default 0.1.
   */
  readonly tolerance?: number;
  /** By how many rows the forecast may be early or late. Default 0. */
  readonly shift?: number;
}

/** The peaks of a series by row. */
export interface Peaks {
  /** All of them. */
  readonly rows: readonly number[];
  /** Those that the forecast fell short of. */
  readonly missed: readonly number[];
  /** The value that a peak must be above. */
  readonly threshold: number;
}

/**
 * The peaks of the true values, and those that the forecast missed.
 *
 * A peak is a row above the quantile of all true values that no neighbour exceeds; a plateau counts once, by
 * its first row. It is missed where the highest forecast within `shift` rows stays below `peak - tolerance *
 * (max - min)`.
 *
 * @param truth values in the order of time `[time]`.
 * @param forecast the forecast of each.
 * @throws DataError if there are not as many, none, or an option is out of range
 */
export function missedPeaks(
  truth: ArrayLike<number>,
  forecast: ArrayLike<number>,
  options: MissedPeaksOptions = {},
): Peaks {
  const { quantile = 0.9, neighbours = 1, tolerance = 0.1, shift = 0 } = options;
  const count = truth.length;
  if (count === 0 || forecast.length !== count) {
    throw new DataError(
      `missedPeaks: got ${forecast.length} forecasts, expected one for each of ${count} values`,
    );
  }
  const whole =
    Number.isSafeInteger(neighbours) && neighbours >= 1 && Number.isSafeInteger(shift) && shift >= 0;
  if (!whole || !(quantile >= 0 && quantile < 1) || !(tolerance >= 0)) {
    const got = `quantile ${quantile}, neighbours ${neighbours}, tolerance ${tolerance}, shift ${shift}`;
    throw new DataError(
      `missedPeaks: got ${got}, expected a quantile below 1, others not negative, at least 1 neighbour`,
    );
  }
  const sorted = Float64Array.from(truth).sort();
  const threshold = sorted[Math.floor(quantile * (count - 1))]!;
  const allowed = tolerance * (sorted[count - 1]! - sorted[0]!);
  const highest = (values: ArrayLike<number>, from: number, to: number): number => {
    let most = Number.NEGATIVE_INFINITY;
    for (let row = Math.max(from, 0); row <= Math.min(to, count - 1); row += 1)
      most = Math.max(most, values[row]!);
    return most;
  };
  const rows: number[] = [];
  for (let row = 0; row < count; row += 1) {
    const peak = truth[row]!;
    const before = highest(truth, row - neighbours, row - 1);
    if (peak > threshold && peak > before && peak >= highest(truth, row + 1, row + neighbours))
      rows.push(row);
  }
  const missed = rows.filter((row) => highest(forecast, row - shift, row + shift) < truth[row]! - allowed);
  return { rows, missed, threshold };
}
