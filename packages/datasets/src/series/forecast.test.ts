import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";
import { describe, expect, test } from "vitest";
import { forecastErrors } from "./forecast-errors.js";
import { missedPeaks } from "./missed-peaks.js";
import { persistence } from "./persistence.js";
import { splitTime } from "./split-time.js";
import { syntheticTetouanPower } from "./synthetic-power.js";
import { timeSeriesWindows } from "./windows.js";

const list = (...data: number[]): HostArray => ({ data: Float64Array.from(data), shape: [data.length] });
const counting = list(...Array.from({ length: 20 }, (_, i) => i));

describe("persistence", () => {
  test("the last value stays", () => {
    const { targetRows } = timeSeriesWindows(counting, { steps: 3, horizon: 2, stride: 7 });
    expect(persistence(counting, targetRows, { horizon: 2 })).toEqual({
      data: Float64Array.of(2, 2, 9, 9, 16, 16),
      shape: [3, 2],
    });
  });

  test("as a season before, and never from what is to be forecast", () => {
    expect([...persistence(counting, [10], { horizon: 7, season: 3 }).data]).toEqual([7, 8, 9, 7, 8, 9, 7]);
    expect([...persistence(counting, [10], { horizon: 2, season: 10 }).data]).toEqual([0, 1]);
  });

  test("several targets", () => {
    const values = { data: Float64Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] };
    expect(persistence(values, [1], { target: [2, 0] })).toEqual({
      data: Float64Array.of(3, 1),
      shape: [1, 1, 2],
    });
  });

  test("refuses targets with nothing before them", () => {
    expect(() => persistence(counting, [2], { season: 3 })).toThrow(
      "got the target row 2, expected rows from 3 to 20",
    );
    expect(() => persistence(counting, [21])).toThrow(DataError);
    expect(() => persistence(counting, [5], { season: 0 })).toThrow("got horizon 1, season 0");
  });

  test("yesterday is the better guess where days are alike", () => {
    const series = syntheticTetouanPower({ days: 30 });
    const { train, test: last } = splitTime(series, { test: 0.5 });
    const options = { horizon: 36, target: 5 };
    const windows = timeSeriesWindows(last.values, { ...options, steps: 6, stride: 36 });
    const rows = windows.targetRows.map((row) => row + train.minutes.length);
    const error = (season: number): number =>
      forecastErrors(windows.y, persistence(series.values, rows, { ...options, season })).rmse;
    expect(error(144)).toBeLessThan(0.3 * error(1));
  });
});

describe("forecastErrors", () => {
  test("scikit-learn's example", () => {
    const errors = forecastErrors(list(3, -0.5, 2, 7), list(2.5, 0, 2, 8));
    expect(errors.mae).toBe(0.5);
    expect(errors.rmse).toBeCloseTo(0.612372, 6);
    expect(errors.mape).toBeCloseTo(0.327381, 6);
    expect(errors.bias).toBe(0.25);
    expect(forecastErrors(list(1, 0, 2.4, 7), list(1.2, 0.1, 2.4, 8)).mape).toBeCloseTo(
      112589990684262.48,
      0,
    );
  });

  test("refuses what cannot be compared", () => {
    expect(() => forecastErrors(list(1, 2), list(1))).toThrow("got a forecast [1] of [2]");
    expect(() => forecastErrors(list(), list())).toThrow(DataError);
    expect(() => forecastErrors(list(1), list(Number.NaN))).toThrow("value 0 is not finite, got NaN for 1");
  });
});

describe("missedPeaks", () => {
  const truth = [0, 1, 10, 1, 0, 9, 9, 0, 2, 0, 10];

  test("finds peaks and plateaus once, and those that the forecast falls short of", () => {
    const forecast = [0, 1, 9.5, 1, 0, 5, 9, 0, 2, 0, 8.9];
    expect(missedPeaks(truth, forecast, { quantile: 0.5 })).toEqual({
      rows: [2, 5, 8, 10],
      missed: [5, 10],
      threshold: 1,
    });
    expect(missedPeaks(truth, forecast, { quantile: 0.5, shift: 1 }).missed).toEqual([10]);
    expect(missedPeaks(truth, forecast, { quantile: 0.5, tolerance: 0.4 }).missed).toEqual([]);
    expect(missedPeaks(truth, forecast, { quantile: 0.7 }).rows).toEqual([2, 10]);
    expect(missedPeaks(truth, forecast, { quantile: 0.5, neighbours: 4 }).rows).toEqual([2, 10]);
  });

  test("a perfect forecast misses none, a flat one all", () => {
    expect(missedPeaks(truth, truth, { quantile: 0.5, tolerance: 0 }).missed).toEqual([]);
    expect(
      missedPeaks(
        truth,
        truth.map(() => 3),
        { quantile: 0.6 },
      ).missed,
    ).toEqual([2, 5, 10]);
  });

  test("refuses options that fit nothing", () => {
    expect(() => missedPeaks([1, 2], [1])).toThrow("got 1 forecasts, expected one for each of 2 values");
    expect(() => missedPeaks([1], [1], { quantile: 1 })).toThrow(DataError);
  });
});
