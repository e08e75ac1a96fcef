import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";
import { type TimeSeriesWindowsOptions, targetColumns } from "./windows.js";

export interface PersistenceOptions extends Pick<TimeSeriesWindowsOptions, "target"> {
  /** Rows ahead. Default 1. */
  readonly horizon?: number;
  /** Rows in a period: 144 for "as yesterday" in steps of ten minutes. Default 1: the last value stays. */
  readonly season?: number;
}

/**
 * The forecast that any model has to beat: each value is the newest known one a whole number of periods
 * before it, `y(t + h) = y(t + h - season * ceil((h + 1) / season))` for the target row `t` and `h` from 0.
 *
 * @param values the whole series `[time, features]` (or `[time]`), in the units of the forecast: one season
 * back may lie before the part that the windows are from.
 * @param targetRows the row of each sample's first target: `timeSeriesWindows().targetRows` plus the row at
 * which its part begins.
 * @returns `[samples, horizon]` float64, or `[samples, horizon, targets]`, as the `y` of the windows
 * @throws DataError if nothing is known a season before a target, or an option does not fit
 *
 * Source: R. Hyndman, G. Athanasopoulos, "Forecasting: principles and practice", 3rd edition, section 5.2
 * (naive and seasonal naive method).
 */
export function persistence(
  values: HostArray,
  targetRows: ArrayLike<number>,
  options: PersistenceOptions = {},
): HostArray {
  const { horizon = 1, season = 1 } = options;
  const [time = 0, features = 1] = values.shape;
  const targets = targetColumns(options.target, features);
  if (![horizon, season].every((value) => Number.isSafeInteger(value) && value >= 1)) {
    throw new DataError(`persistence: got horizon ${horizon}, season ${season}, expected integers from 1`);
  }
  const samples = targetRows.length;
  const data = new Float64Array(samples * horizon * targets.length);
  for (let sample = 0; sample < samples; sample += 1) {
    const first = targetRows[sample]!;
    if (!Number.isInteger(first) || first < season || first > time) {
      throw new DataError(
        `persistence: got the target row ${first}, expected rows from ${season} to ${time}`,
      );
    }
    for (let ahead = 0; ahead < horizon; ahead += 1) {
      const row = first + ahead - season * Math.ceil((ahead + 1) / season);
      targets.forEach((column, index) => {
        data[(sample * horizon + ahead) * targets.length + index] = values.data[row * features + column]!;
      });
    }
  }
  const several = Array.isArray(options.target);
  return { data, shape: several ? [samples, horizon, targets.length] : [samples, horizon] };
}
