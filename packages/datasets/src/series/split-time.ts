import { DataError } from "@hekla/tensor/errors";
import { minutesOf } from "./clock.js";
import { sliceSeries, type TimeSeries } from "./time-series.js";

export interface SplitTimeOptions {
  /**
   * The part between training and test: a fraction of all rows, or the date or time at which it begins.
   * Default 0: none.
   */
  readonly validation?: number | string;
  /** The last part: a fraction of all rows, or the date or time at which it begins. Default 0: none. */
  readonly test?: number | string;
}

/** A series cut in two places. */
export interface TimeSplit {
  readonly train: TimeSeries;
  readonly validation: TimeSeries;
  readonly test: TimeSeries;
}

/**
 * Cuts a series by time: first the training part, then validation, then test. No row is in two parts, so
 * windows that are cut from each part on its own see nothing of a later part, and those of validation and
 * test nothing that was a target before.
 *
 * A fraction takes `ceil(fraction * rows)` rows, as scikit-learn's `train_test_split(shuffle=False)` does.
 *
 * @throws DataError if a fraction or date is none, dates are in the wrong order, or nothing is left to train
 * on
 */
export function splitTime(series: TimeSeries, options: SplitTimeOptions): TimeSplit {
  const rows = series.minutes.length;
  const { validation = 0, test = 0 } = options;
  const testStart = startOf(series, test, rows, "test");
  const validationStart = startOf(series, validation, testStart, "validation");
  if (validationStart < 1 || validationStart > testStart) {
    const parts = `training from row 0, validation from row ${validationStart}, test from row ${testStart}`;
    throw new DataError(
      `splitTime: ${series.source}: got ${parts} of ${rows}, expected rows in each in this order`,
    );
  }
  return {
    train: sliceSeries(series, 0, validationStart),
    validation: sliceSeries(series, validationStart, testStart),
    test: sliceSeries(series, testStart, rows),
  };
}

function startOf({ minutes, source }: TimeSeries, part: number | string, end: number, name: string): number {
  if (typeof part === "string") {
    if (part === "") throw new DataError(`splitTime: ${name}: got an empty text, expected a date`);
    const first = minutesOf(part, `splitTime: ${name}`);
    const row = minutes.findIndex((minute) => minute >= first);
    if (row >= 0) return row;
    throw new DataError(
      `splitTime: ${source} has nothing from ${part} on, expected rows for the ${name} part`,
    );
  }
  if (!(part >= 0 && part < 1)) {
    throw new DataError(`splitTime: ${name}: got ${part}, expected a fraction from 0 to below 1, or a date`);
  }
  return end - Math.ceil(part * minutes.length);
}
