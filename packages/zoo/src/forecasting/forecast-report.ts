import { type ForecastErrors, forecastErrors, isoTime, missedPeaks } from "@hekla/datasets";
import type { Artifact } from "../model.js";
import { lineChart } from "../plots/index.js";
import { forecastPage } from "./forecast-page.js";

/** Forecasts of one series, and what came. */
export interface ForecastComparison {
  readonly title: string;
  readonly unit: string;
  /** Minutes since 1970 of each value. */
  readonly minutes: ArrayLike<number>;
  readonly truth: Float64Array;
  readonly network: Float64Array;
  /** The trivial forecasts by name, one word each: "last", "day", "week". */
  readonly rivals: readonly Rival[];
  /** Rows on each side that a peak must not be exceeded in. */
  readonly neighbours: number;
}

export interface Rival {
  readonly name: string;
  readonly forecast: Float64Array;
}

export interface ForecastReport {
  readonly metrics: Readonly<Record<string, number>>;
  readonly text: string;
  readonly artifacts: readonly Artifact[];
}

/** A peak is missed where the forecast falls short of it by more than this share of the range of all values. */
const peakTolerance = 0.05;
/** Values that the chart shows. */
const shownValues = 1008;

/**
 * The errors of a network beside those of trivial forecasts, as figures, a table and pictures. `skill` is by what share its RMSE is
 * below that of the best of them.
 */
export function reportForecast(comparison: ForecastComparison): ForecastReport {
  const { truth, network, rivals, neighbours, unit, title } = comparison;
  const errors = errorsOf(truth, network);
  const others = rivals.map(({ name, forecast }) => ({ name, ...errorsOf(truth, forecast) }));
  const best = others.reduce((a, b) => (b.rmse < a.rmse ? b : a));
  const skill = 1 - errors.rmse / best.rmse;
  const peaks = missedPeaks(truth, network, { quantile: 0.8, neighbours, tolerance: peakTolerance });
  const metrics: Record<string, number> = {
    rmse: errors.rmse,
    mae: errors.mae,
    mape: errors.mape,
    bias: errors.bias,
    skill,
    peaks: peaks.rows.length,
    missedPeaks: peaks.missed.length,
  };
  for (const { name, rmse, mae } of others)
    Object.assign(metrics, { [`${name}Rmse`]: rmse, [`${name}Mae`]: mae });
  const rows = [
    { name: "network", ...errors },
    ...others.map((row) => ({ ...row, name: rivalText(row.name) })),
  ];
  const how = skill < 0 ? "above" : "below";
  const text = [
    `${title}, ${unit}`,
    `${"".padEnd(16)}${"RMSE".padStart(11)}${"MAE".padStart(11)}${"bias".padStart(11)}`,
    ...rows.map(
      ({ name, rmse, mae, bias }) =>
        name.padEnd(16) + [rmse, mae, bias].map((value) => decimals(value).padStart(11)).join(""),
    ),
    `RMSE ${Math.abs(100 * skill).toFixed(1)} % ${how} that of the best trivial forecast (${rivalText(best.name)})`,
    `${peaks.missed.length} of ${peaks.rows.length} peaks missed by more than ${100 * peakTolerance} % of the range`,
  ].join("\n");
  return {
    metrics,
    text,
    artifacts: [
      {
        name: "forecast.svg",
        doc: "forecast against truth, missed peaks marked",
        content: chart(comparison, peaks.missed),
      },
      {
        name: "error-by-time.svg",
        doc: "errors by the time of the day or week",
        content: errorsByTime(comparison),
      },
      {
        name: "forecast.html",
        doc: "the whole test part, to zoom into",
        content: forecastPage({
          title,
          unit,
          firstMinute: comparison.minutes[0]!,
          stepMinutes: (comparison.minutes[1] ?? 0) - comparison.minutes[0]!,
          lines: [
            { name: "true", values: truth },
            { name: "network", values: network },
            ...rivals.map(({ name, forecast }) => ({ name: rivalText(name), values: forecast })),
          ],
          missed: peaks.missed,
        }),
      },
      { name: "forecast.csv", doc: "every value with all forecasts of it", content: table(comparison) },
    ],
  };
}

/** A trivial forecast's name in words. */
export const rivalText = (name: string): string => (name === "last" ? "last value" : `a ${name} before`);
const decimals = (value: number): string => value.toFixed(Math.abs(value) >= 100 ? 1 : 3);

function errorsOf(truth: Float64Array, forecast: Float64Array): ForecastErrors {
  const shape = [truth.length];
  return forecastErrors({ data: truth, shape }, { data: forecast, shape });
}

/** The stretch in which most peaks are missed, the latest of several such. */
function chart(
  { truth, network, rivals, minutes, title, unit }: ForecastComparison,
  missed: readonly number[],
): string {
  const size = Math.min(shownValues, truth.length);
  const count = (from: number) => missed.filter((row) => row >= from && row < from + size).length;
  let begin = truth.length - size;
  for (let from = begin; from >= 0; from -= Math.ceil(size / 7)) if (count(from) > count(begin)) begin = from;
  const cut = (values: Float64Array) => values.subarray(begin, begin + size);
  const { place, write } = timeAxis(minutes[begin]!, minutes[begin + size - 1]!);
  const times = Float64Array.from({ length: size }, (_, at) => place(minutes[begin + at]!));
  const shown = missed.filter((row) => row >= begin && row < begin + size);
  const rival = rivals.at(-1)!;
  return lineChart({
    title,
    xLabel: "date",
    yLabel: unit,
    xTick: write,
    series: [
      { name: "true", x: times, y: cut(truth) },
      { name: "network", x: times, y: cut(network) },
      ...(shown.length > 0
        ? [
            {
              name: `missed peaks (${shown.length})`,
              x: shown.map((row) => place(minutes[row]!)),
              y: shown.map((row) => truth[row]!),
              marker: "triangle" as const,
            },
          ]
        : []),
      { name: rivalText(rival.name), x: times, y: cut(rival.forecast), dashed: true },
    ],
  });
}

/**
 * Times as places on an axis whose round numbers are days, or quarters of a day where it is a short time; midnights are written as
 * dates.
 */
export function timeAxis(
  first: number,
  last: number,
): {
  readonly place: (minute: number) => number;
  readonly write: (place: number) => string;
} {
  const unit = last - first > 4 * 1440 ? 1440 : 360;
  return {
    place: (minute) => minute / unit,
    write(place) {
      const time = isoTime(Math.round(place * unit));
      return time.endsWith("T00:00") ? time.slice(5, 10) : time.slice(11);
    },
  };
}

/** RMSE by hour of the day, or by day of the week where there is one value a day. */
function errorsByTime({ truth, network, rivals, minutes, title, unit }: ForecastComparison): string {
  const daily = minutes.length > 1 && minutes[1]! - minutes[0]! >= 1440;
  const bins = daily ? 7 : 24;
  // 1970-01-01 was a Thursday; the week begins on Monday.
  const bin = (minute: number) =>
    daily ? (Math.floor(minute / 1440) + 3) % 7 : Math.floor((minute % 1440) / 60);
  const rmse = (forecast: Float64Array) => {
    const [sums, counts] = [new Float64Array(bins), new Float64Array(bins)];
    truth.forEach((value, at) => {
      sums[bin(minutes[at]!)]! += (forecast[at]! - value) ** 2;
      counts[bin(minutes[at]!)]! += 1;
    });
    return sums.map((sum, at) => Math.sqrt(sum / counts[at]!)); // NaN, a gap, where there is nothing
  };
  const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  return lineChart({
    title: `${title}: where the errors are`,
    xLabel: daily ? "day of the week" : "hour of the day",
    yLabel: `RMSE, ${unit}`,
    xTick: (value) => (daily ? (weekdays[value] ?? "") : `${value}:00`),
    series: [
      { name: "network", y: rmse(network) },
      ...rivals.map(({ name, forecast }) => ({ name: rivalText(name), y: rmse(forecast), dashed: true })),
    ],
  });
}

function table({ truth, network, rivals, minutes }: ForecastComparison): string {
  const columns = [truth, network, ...rivals.map(({ forecast }) => forecast)];
  const head = ["time", "true", "network", ...rivals.map(({ name }) => name)].join(",");
  const rows = Array.from(truth, (_, at) =>
    [isoTime(minutes[at]!), ...columns.map((values) => Number(values[at]!.toFixed(3)))].join(","),
  );
  return `${[head, ...rows].join("\n")}\n`;
}
