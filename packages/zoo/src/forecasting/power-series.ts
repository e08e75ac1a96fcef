import {
  type CalendarPeriod,
  calendarFeatures,
  HOUSEHOLD_COLUMNS,
  householdPower,
  joinColumns,
  persistence,
  readTimeSeries,
  syntheticHouseholdPower,
  syntheticTetouanPower,
  TETOUAN_COLUMNS,
  type TimeSeries,
  tetouanPower,
  timeSeriesWindows,
} from "@hekla/datasets";
import { DataError, type HostArray } from "@hekla/tensor";
import type { DataSource } from "../data-source.js";
import type { InputFile } from "../model.js";

/** A period that use repeats itself in. */
export interface Season {
  readonly name: string;
  readonly rows: number;
}

/** What has to be known of a data set to forecast it. */
export interface PowerSet {
  readonly load: (data: DataSource) => Promise<TimeSeries>;
  readonly timeColumn: string;
  readonly columns: readonly string[];
  /** The column to forecast, and its unit. */
  readonly target: string;
  readonly unit: string;
  readonly stepMinutes: number;
  /** The longest first. */
  readonly seasons: readonly [Season, ...Season[]];
  /** Phases that tell something: of a single year's data the time of year would only say how old they are. */
  readonly calendar: readonly CalendarPeriod[];
}

export const powerSets: Readonly<Record<"tetouan" | "household", PowerSet>> = {
  tetouan: {
    load: (data) => data.load("tetouan power", tetouanPower, () => syntheticTetouanPower()),
    timeColumn: "DateTime",
    columns: TETOUAN_COLUMNS,
    target: "Total electricity",
    unit: "kW",
    stepMinutes: 10,
    seasons: [
      { name: "week", rows: 1008 },
      { name: "day", rows: 144 },
    ],
    calendar: ["timeOfDay", "dayOfWeek"],
  },
  household: {
    load: (data) => data.load("household power", householdPower, () => syntheticHouseholdPower()),
    timeColumn: "datetime",
    columns: HOUSEHOLD_COLUMNS,
    target: "Global_active_power",
    unit: "kW min",
    stepMinutes: 24 * 60,
    seasons: [{ name: "week", rows: 7 }],
    calendar: ["dayOfWeek", "dayOfYear"],
  },
};

/** A CSV file with the columns of a data set. */
export function readPowerFile(set: PowerSet, { bytes, name }: InputFile): TimeSeries {
  return readTimeSeries(bytes, { ...set, name, owner: "power-lstm" });
}

/** How windows are cut from a series, and what is to be forecast. */
export interface WindowSettings {
  readonly steps: number;
  readonly horizon: number;
  readonly output: "last" | "all";
  readonly reference: "none" | "last" | "season";
  readonly lags: boolean;
  readonly calendar: boolean;
}

/**
 * The inputs of each row `r`, `[time, features]`: all measured columns; with lags, for each season of `s` rows the change
 * `y(r) - y(r - s)` since a season before, and the newest known value a whole number of seasons before the row `r + horizon`
 * (of the shorter ones: how it differs from that of the longest); with the calendar, sine and cosine of where in the day, week or
 * year the row `r + horizon` lies. Where nothing is known a season before, the value is NaN; `firstRow` says how long.
 */
export function powerFeatures(set: PowerSet, series: TimeSeries, settings: WindowSettings): HostArray {
  const { horizon, lags, calendar } = settings;
  const y = targetOf(set, series);
  const count = y.length;
  let all = series;
  if (lags) {
    const before = (row: number, rows: number) => y[row + horizon - rows * Math.ceil(horizon / rows)]!;
    const [longest] = set.seasons;
    const columns = set.seasons.flatMap(({ name }) => [`since ${name}`, `${name} before`]);
    const data = new Float64Array(count * columns.length);
    for (let row = 0; row < count; row++) {
      set.seasons.forEach(({ rows }, at) => {
        const to = row * columns.length + 2 * at;
        data[to] = y[row]! - y[row - rows]!;
        data[to + 1] = before(row, rows) - (at > 0 ? before(row, longest.rows) : 0);
      });
    }
    all = joinColumns(all, { columns, values: { data, shape: [count, columns.length] } });
  }
  if (calendar) {
    const later = series.minutes.map((minute) => minute + horizon * set.stepMinutes);
    all = joinColumns(all, calendarFeatures(later, set.calendar));
  }
  return all.values;
}

/** How many features `powerFeatures` makes. */
export function featureCount(set: PowerSet, { lags, calendar }: WindowSettings): number {
  return set.columns.length + (lags ? 2 * set.seasons.length : 0) + (calendar ? 2 * set.calendar.length : 0);
}

/** The first row whose inputs and reference are all known. */
function firstRow(set: PowerSet, { horizon, lags, reference }: WindowSettings): number {
  const [{ rows }] = set.seasons;
  return lags || reference === "season" ? rows * Math.ceil(horizon / rows) : 0;
}

/** How many rows it takes to have a window and what follows it. */
export function rowsNeeded(set: PowerSet, settings: WindowSettings): number {
  return firstRow(set, settings) + settings.steps + settings.horizon;
}

/** @throws DataError if a series has not the rows it takes */
export function checkLength(set: PowerSet, { source, minutes }: TimeSeries, settings: WindowSettings): void {
  const needed = rowsNeeded(set, settings);
  if (minutes.length >= needed) return;
  const { steps, horizon } = settings;
  const before = firstRow(set, settings);
  throw new DataError(
    `power-lstm: ${source} is shorter than a window, got ${minutes.length} rows, expected at least ${needed} ` +
      `(${steps} steps, ${horizon} ahead${before > 0 ? `, ${before} a ${set.seasons[0].name} before` : ""})`,
  );
}

/** Windows of a part of a series and what came after them, in its own unit. */
export interface PowerSamples {
  /** `[samples, steps, features]`, as `powerFeatures` has them. */
  readonly x: HostArray;
  /** What came, `[samples, outputs]` float64. */
  readonly truth: HostArray;
  /** What the network's output is added to, `[samples, outputs]`. */
  readonly reference: HostArray;
  /** The row of each sample's first target. */
  readonly targetRows: Int32Array;
}

/**
 * Samples whose targets are rows `from` to before `to`; what their windows look back on may lie before.
 * @throws DataError if there is not a single one
 */
export function powerSamples(
  set: PowerSet,
  series: TimeSeries,
  features: HostArray,
  settings: WindowSettings,
  { from, to, stride = 1 }: { readonly from: number; readonly to: number; readonly stride?: number },
): PowerSamples {
  const { steps, horizon, reference } = settings;
  const start = Math.max(from - steps, firstRow(set, settings));
  const width = features.shape[1]!;
  const data = features.data.subarray(start * width, to * width);
  const windows = timeSeriesWindows(
    { data, shape: [to - start, width] },
    { steps, horizon, stride, target: 0, name: series.source },
  );
  const targetRows = windows.targetRows.map((row) => row + start);
  const samples = targetRows.length;
  const y = targetOf(set, series);
  const known = Float64Array.from({ length: samples * horizon }, (_, at) => {
    return y[targetRows[Math.floor(at / horizon)]! + (at % horizon)]!;
  });
  const truth = { data: known, shape: [samples, horizon] };
  const base =
    reference === "none"
      ? { data: new Float64Array(known.length), shape: truth.shape }
      : seasonalForecast(set, series, targetRows, horizon, reference === "last" ? 1 : set.seasons[0].rows);
  return { x: windows.x, truth: wanted(truth, settings), reference: wanted(base, settings), targetRows };
}

/** Each value as it was a whole number of seasons before, `[samples, horizon]`. */
export function seasonalForecast(
  set: PowerSet,
  { columns, values }: TimeSeries,
  targetRows: Int32Array,
  horizon: number,
  season: number,
): HostArray {
  return persistence(values, targetRows, { horizon, season, target: columns.indexOf(set.target) });
}

/** All columns of `[samples, horizon]`, or the last one, as the network has outputs. */
export function wanted(values: HostArray, { horizon, output }: WindowSettings): HostArray {
  if (output === "all") return values;
  const samples = values.shape[0]!;
  const data = Float64Array.from(
    { length: samples },
    (_, sample) => values.data[(sample + 1) * horizon - 1]!,
  );
  return { data, shape: [samples, 1] };
}

/** The column that is forecast. */
export function targetOf(set: PowerSet, { columns, values }: TimeSeries): Float64Array {
  const column = columns.indexOf(set.target);
  const width = columns.length;
  return Float64Array.from(
    { length: values.data.length / width },
    (_, row) => values.data[row * width + column]!,
  );
}

/** A series with `count` rows more, whose time is known and nothing else. */
export function withFuture(set: PowerSet, series: TimeSeries, count: number): TimeSeries {
  const rows = series.minutes.length;
  const width = series.columns.length;
  const last = series.minutes[rows - 1]!;
  const minutes = Float64Array.from({ length: rows + count }, (_, row) =>
    row < rows ? series.minutes[row]! : last + (row - rows + 1) * set.stepMinutes,
  );
  const data = new Float64Array((rows + count) * width).fill(Number.NaN);
  data.set(series.values.data);
  return { ...series, minutes, values: { data, shape: [rows + count, width] } };
}
