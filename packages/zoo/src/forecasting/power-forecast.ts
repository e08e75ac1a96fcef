import { isoTime, type ScalerJson, scalerFromJson, splitTime } from "@hekla/datasets";
import type { Model } from "@hekla/layers";
import { DataError, type HostArray } from "@hekla/tensor";
import type { Artifact, EvaluateContext, EvaluateOutcome, PredictContext, Prediction } from "../model.js";
import { lineChart } from "../plots/index.js";
import { reportForecast, rivalText, timeAxis } from "./forecast-report.js";
import type { PowerConfig } from "./power-lstm.js";
import {
  checkLength,
  type PowerSamples,
  type PowerSet,
  powerFeatures,
  powerSamples,
  powerSets,
  readPowerFile,
  seasonalForecast,
  targetOf,
  wanted,
  withFuture,
} from "./power-series.js";

/** The test part: the last fifth of all rows. */
export const testShare = 0.2;

/** Forecasts `[samples, outputs]` in the unit of the series. */
async function forecast(model: Model, { x, reference }: PowerSamples): Promise<HostArray> {
  // cast: written by train
  const scaling = model.attachments["scaling"] as { input: ScalerJson; output: ScalerJson } | undefined;
  if (!scaling) {
    throw new DataError("power-lstm: the model's file has no scaling, expected one that train has written");
  }
  const scaled = await model.predict(scalerFromJson(scaling.input).transform(x), { batchSize: 256 });
  const { data, shape } = scalerFromJson(scaling.output).inverseTransform(scaled);
  return { data: Float64Array.from(data, (value, at) => value + reference.data[at]!), shape };
}

/** Errors on the last fifth of all rows, `horizon` rows ahead, beside those of trivial forecasts. */
export async function evaluatePower({
  model,
  data,
  config: settings,
}: EvaluateContext<PowerConfig>): Promise<EvaluateOutcome> {
  const set = powerSets[settings.series];
  const series = await set.load(data);
  checkLength(set, series, settings);
  const rows = series.minutes.length;
  const from = rows - splitTime(series, { test: testShare }).test.minutes.length;
  const features = powerFeatures(set, series, settings);
  const samples = powerSamples(set, series, features, settings, { from, to: rows });
  const started = performance.now();
  const foreseen = await forecast(model, samples);
  const seconds = (performance.now() - started) / 1000;

  const { targetRows, truth } = samples;
  const { horizon } = settings;
  const last = (values: HostArray) => column(values, -1);
  const rivals = [{ name: "last", rows: 1 }, ...set.seasons.toReversed()].map(({ name, rows: season }) => ({
    name,
    all: wanted(seasonalForecast(set, series, targetRows, horizon, season), settings),
  }));
  const report = reportForecast({
    title: `${set.target}, ${ahead(set, horizon)} ahead`,
    unit: set.unit,
    minutes: Array.from(targetRows, (row) => series.minutes[row + horizon - 1]!),
    truth: last(truth),
    network: last(foreseen),
    rivals: rivals.map(({ name, all }) => ({ name, forecast: last(all) })),
    neighbours: Math.floor(set.seasons.at(-1)!.rows / 2),
  });
  const { source } = series;
  // Far ahead the last value is so wrong that the others would lie on the axis.
  const readable = rivals.filter(({ name }) => name !== "last" || horizon <= 36);
  const leads =
    settings.output === "all" && horizon > 1
      ? [leadsPicture(set, truth, [{ name: "network", all: foreseen }, ...readable])]
      : [];
  return {
    source,
    samples: targetRows.length,
    seconds,
    ...report,
    artifacts: [...report.artifacts, ...leads],
  };
}

/** A column of `[samples, outputs]`, counted from the end where negative. */
function column({ data, shape: [samples = 0, width = 1] }: HostArray, at: number): Float64Array {
  const first = (at + width) % width;
  return Float64Array.from({ length: samples }, (_, sample) => data[sample * width + first]!);
}

/** "1 h", "2 d", "50 min". */
function ahead({ stepMinutes }: PowerSet, rows: number): string {
  const minutes = rows * stepMinutes;
  if (minutes % 1440 === 0) return `${minutes / 1440} d`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

/** RMSE over the rows ahead. */
function leadsPicture(
  set: PowerSet,
  truth: HostArray,
  forecasts: readonly { readonly name: string; readonly all: HostArray }[],
): Artifact {
  const leads = Array.from({ length: truth.shape[1]! }, (_, lead) => lead);
  const rmse = (all: HostArray) =>
    leads.map((lead) => {
      const [what, came] = [column(all, lead), column(truth, lead)];
      return Math.sqrt(what.reduce((sum, value, at) => sum + (value - came[at]!) ** 2, 0) / what.length);
    });
  return {
    name: "error-by-lead.svg",
    doc: "errors over the rows ahead",
    content: lineChart({
      title: `${set.target}: how far ahead`,
      xLabel: `rows of ${ahead(set, 1)} ahead`,
      yLabel: `RMSE, ${set.unit}`,
      series: forecasts.map(({ name, all }, at) => ({
        name: at === 0 ? name : rivalText(name),
        x: leads.map((lead) => lead + 1),
        y: rmse(all),
        dashed: at > 0,
      })),
    }),
  };
}

/** The next `horizon` values: from the last window where the network gives all, else each from what was known `horizon` rows before. */
export async function forecastPower({
  model,
  data,
  config: settings,
  input,
}: PredictContext<PowerConfig, unknown>): Promise<Prediction> {
  const set = powerSets[settings.series];
  const known = input ? readPowerFile(set, input) : await set.load(data);
  checkLength(set, known, settings);
  const { horizon, output } = settings;
  const rows = known.minutes.length;
  const series = withFuture(set, known, horizon);
  const from = output === "all" ? rows : rows - horizon + 1;
  const features = powerFeatures(set, series, settings);
  const samples = powerSamples(set, series, features, settings, { from, to: rows + horizon });
  const { data: values } = await forecast(model, samples);
  const forecasts = Array.from(values, (value, at) => ({ time: isoTime(series.minutes[rows + at]!), value }));
  const shown = Math.min(rows, Math.max(4 * horizon, 2 * set.seasons[0].rows));
  const { place, write } = timeAxis(series.minutes[rows - shown]!, series.minutes.at(-1)!);
  const times = (begin: number, end: number) => Array.from(series.minutes.subarray(begin, end), place);
  return {
    text: forecasts.map(({ time, value }) => `${time}\t${value.toFixed(1)} ${set.unit}`).join("\n"),
    json: { source: known.source, target: set.target, unit: set.unit, forecasts },
    artifacts: [
      {
        name: "next.svg",
        doc: "what was, and what is forecast",
        content: lineChart({
          title: `${set.target}: the next ${ahead(set, horizon)}`,
          xLabel: "date",
          yLabel: set.unit,
          xTick: write,
          series: [
            { name: "known", x: times(rows - shown, rows), y: targetOf(set, known).subarray(-shown) },
            { name: "forecast", x: times(rows, rows + horizon), y: values },
          ],
        }),
      },
    ],
  };
}
