import { readFileSync } from "node:fs";
import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";
import { describe, expect, test } from "vitest";
import { calendarFeatures } from "./calendar-features.js";
import { isoTime, minutesOf, readMinutes } from "./clock.js";
import { minMaxScaler, type ScalerJson, scalerFromJson, standardScaler } from "./scalers.js";
import { splitTime } from "./split-time.js";
import { joinColumns, selectColumns, type TimeSeries } from "./time-series.js";
import { timeSeriesWindows } from "./windows.js";

interface Golden {
  readonly shape: number[];
  readonly data: number[];
}
interface Goldens {
  readonly train: Golden;
  readonly later: Golden;
  readonly scalers: {
    kind: string;
    featureRange: [number, number];
    scale: number[];
    shift: number[];
    transformed: Golden;
    inverse: Golden;
  }[];
}
const text = readFileSync(new URL("../../goldens/series.json", import.meta.url), "utf8");
const goldens = JSON.parse(text) as Goldens;
const doubles = ({ data, shape }: Golden): HostArray => ({ data: Float64Array.from(data), shape });
const close = (got: ArrayLike<number>, expected: readonly number[]): void => {
  expect(got.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(got[i]! - value)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(value)));
  });
};

/** Rows 0, 1, 2, ... in column a and their negatives in column b, an hour apart. */
const counting = (rows: number, start = "2017-01-01"): TimeSeries => ({
  minutes: Float64Array.from({ length: rows }, (_, i) => minutesOf(start) + 60 * i),
  columns: ["a", "b"],
  values: {
    data: Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? -1 : 1) * (i >> 1)),
    shape: [rows, 2],
  },
  source: "counting",
});

describe("scalers", () => {
  test.each(goldens.scalers)("$kind $featureRange as scikit-learn's", (golden) => {
    const train = doubles(goldens.train);
    const { featureRange } = golden;
    const scaler = golden.kind === "minMax" ? minMaxScaler(train, { featureRange }) : standardScaler(train);
    const json = scaler.toJSON();
    close(json.scale, golden.scale);
    close(json.kind === "minMax" ? json.min : json.mean, golden.shift);
    const transformed = scaler.transform(doubles(goldens.later));
    close(transformed.data, golden.transformed.data);
    close(scaler.inverseTransform(transformed).data, golden.inverse.data);
    const again = scalerFromJson(JSON.parse(JSON.stringify(scaler)) as ScalerJson);
    expect(again.transform(doubles(goldens.later))).toEqual(transformed);
  });

  test("one column of several brings forecasts of any shape back, in their own type", () => {
    const scaler = standardScaler(doubles(goldens.train)).select([1]);
    const forecast = { data: Float32Array.of(0, 1, -1, 2), shape: [2, 2] };
    const { mean, scale } = scaler.toJSON() as Extract<ScalerJson, { kind: "standard" }>;
    const back = scaler.inverseTransform(forecast);
    expect(back.data).toEqual(Float32Array.from(forecast.data, (value) => value * scale[0]! + mean[0]!));
    expect(back.shape).toEqual([2, 2]);
  });

  test("refuse what they cannot fit, scale or read", () => {
    const rows = (...data: number[]): HostArray => ({
      data: Float64Array.from(data),
      shape: [data.length / 2, 2],
    });
    expect(() => minMaxScaler(rows())).toThrow("got training values [0,2], expected [rows, features]");
    expect(() => standardScaler(rows(1, 2, 3, Number.NaN))).toThrow("row 1, column 1 is not finite, got NaN");
    expect(() => minMaxScaler(rows(1, 2), { featureRange: [1, 1] })).toThrow("got the featureRange [1, 1]");
    const scaler = minMaxScaler(rows(1, 2));
    expect(() => scaler.transform({ data: new Float32Array(3), shape: [1, 3] })).toThrow(
      "expected 2 columns",
    );
    expect(() => scaler.select([2])).toThrow(DataError);
    expect(() => scalerFromJson({ kind: "minMax", scale: [1], min: [] })).toThrow("scalerFromJson: got");
    expect(() => scalerFromJson({ kind: "other" } as unknown as ScalerJson)).toThrow("scalerFromJson: got");
  });
});

describe("splitTime", () => {
  test("by fractions, as many rows as scikit-learn takes", () => {
    const { train, validation, test: last } = splitTime(counting(101), { validation: 0.1, test: 0.2 });
    expect([train, validation, last].map(({ minutes }) => minutes.length)).toEqual([69, 11, 21]);
    expect([train, validation, last].map(({ values }) => values.data[0])).toEqual([0, 69, 80]);
    expect(validation.values.shape).toEqual([11, 2]);
  });

  test("by dates", () => {
    const parts = splitTime(counting(72), { validation: "2017-01-02", test: "1/3/2017 12:00" });
    expect([parts.train, parts.validation, parts.test].map(({ minutes }) => minutes.length)).toEqual([
      24, 36, 12,
    ]);
    expect(isoTime(parts.test.minutes[0]!)).toBe("2017-01-03T12:00");
  });

  test("no window sees a row of another part, neither as input nor as target", () => {
    const parts = splitTime(counting(60), { validation: 0.2, test: 0.25 });
    const seen = [parts.train, parts.validation, parts.test].map(({ values }) => {
      const { x, y } = timeSeriesWindows(values, { steps: 4, horizon: 3, target: 0 });
      const inputs = [...x.data].filter((_, i) => i % 2 === 0);
      return { low: Math.min(...inputs), high: Math.max(...y.data), overlap: Math.min(...y.data) };
    });
    expect(seen).toEqual([
      { low: 0, high: 32, overlap: 4 },
      { low: 33, high: 44, overlap: 37 },
      { low: 45, high: 59, overlap: 49 },
    ]);
  });

  test("what a scaler knows does not depend on later parts", () => {
    const fit = (series: TimeSeries) => {
      const { train } = splitTime(series, { test: 0.5 });
      return [minMaxScaler(train.values), standardScaler(train.values)].map((scaler) => scaler.toJSON());
    };
    const changed = counting(20);
    changed.values.data.fill(1e6, 20);
    expect(fit(changed)).toEqual(fit(counting(20)));
  });

  test.each<[string, Parameters<typeof splitTime>[1], string]>([
    [
      "dates in the wrong order",
      { validation: "2017-01-03", test: "2017-01-02" },
      "expected rows in each in this order",
    ],
    ["a date after the end", { test: "2018-01-01" }, "counting has nothing from 2018-01-01 on"],
    ["a day that there is not", { test: "2017-02-30" }, 'splitTime: test: got "2017-02-30", expected a date'],
    ["an empty text", { test: "" }, "splitTime: test: got an empty text"],
    ["a fraction above 1", { test: 1.5 }, "test: got 1.5, expected a fraction from 0 to below 1"],
    ["nothing to train on", { validation: 0.6, test: 0.5 }, "counting: got training from row 0"],
  ])("refuses %s", (_, options, message) => {
    expect(() => splitTime(counting(72), options)).toThrow(DataError);
    expect(() => splitTime(counting(72), options)).toThrow(message);
  });
});

describe("clock and calendar", () => {
  test("reads both ways of writing a time", () => {
    expect(isoTime(minutesOf("2006-12-16"))).toBe("2006-12-16T00:00");
    expect(minutesOf("12/30/2017 23:50")).toBe(Date.UTC(2017, 11, 30, 23, 50) / 60_000);
    expect(minutesOf("2017-12-30T23:50")).toBe(minutesOf("2017-12-30 23:50"));
    for (const bad of [
      "",
      "2017",
      "13/1/2017",
      "2017-00-01",
      "2017-01-01 24:00",
      "2017-01-01 1:60",
      "30/12/2017",
    ]) {
      expect(readMinutes(bad)).toBeUndefined();
    }
  });

  test("features are on the unit circle, at their known places", () => {
    const times = [
      "2018-01-01 00:00",
      "2018-01-01 06:00",
      "2018-07-02 12:00",
      "2018-01-04 12:00",
      "1969-12-31 18:00",
    ];
    const { columns, values } = calendarFeatures(Float64Array.from(times, (time) => minutesOf(time)));
    expect(columns.join()).toBe(
      "timeOfDaySin,timeOfDayCos,dayOfWeekSin,dayOfWeekCos,dayOfYearSin,dayOfYearCos",
    );
    const row = (index: number) => [...values.data.subarray(6 * index, 6 * index + 6)];
    close(row(0), [0, 1, 0, 1, 0, 1]); // a Monday, at the beginning of the year
    close(row(1).slice(0, 2), [1, 0]);
    close(row(2).slice(4), [0, -1]); // the middle of 365 days
    close(row(3).slice(0, 4), [0, -1, 0, -1]); // Thursday noon is the middle of the week
    close(row(4).slice(0, 2), [-1, 0]); // before 1970, too
    expect(calendarFeatures(new Float64Array(2), ["timeOfDay"]).values.shape).toEqual([2, 2]);
  });

  test("columns are joined and chosen by name", () => {
    const series = counting(3);
    const joined = joinColumns(series, calendarFeatures(series.minutes, ["timeOfDay"]));
    expect(joined.columns).toEqual(["a", "b", "timeOfDaySin", "timeOfDayCos"]);
    expect(selectColumns(joined, ["timeOfDayCos", "b"]).values.data[3]).toBe(-1);
    expect(() => selectColumns(joined, ["c"])).toThrow('counting has no column "c", expected "a", "b"');
    expect(() => joinColumns(series, series)).toThrow("expected [3, ...] and other names than a, b");
  });
});
