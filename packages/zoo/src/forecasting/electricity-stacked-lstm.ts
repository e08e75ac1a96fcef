import {
  electricityLD250,
  persistence,
  readCsv,
  type Scaler,
  type ScalerJson,
  scalerFromJson,
  standardScaler,
  syntheticElectricity,
  type TimeSeries,
} from "@hekla/datasets";
import { Dense, Dropout, Input, LSTM, type Model, Sequential } from "@hekla/layers";
import { Adam, cosineDecay } from "@hekla/optim";
import { DataError, type HostArray } from "@hekla/tensor";
import { type ConfigOf, choice, flag, integer, number } from "../config.js";
import type { DataSource } from "../data-source.js";
import type {
  EvaluateContext,
  EvaluateOutcome,
  PredictContext,
  Prediction,
  TaskModel,
  TrainContext,
  TrainOutcome,
} from "../model.js";
import { lineChart } from "../plots/index.js";
import { trainNetwork } from "../train-network.js";
import { reportForecast } from "./forecast-report.js";

const config = {
  steps: integer({ default: 20, min: 1, doc: "Quarter hours that a window holds.", unit: "values" }),
  units: integer({ default: 16, min: 1, doc: "Units of each of the two LSTM layers." }),
  batchSize: integer({
    default: 96,
    min: 1,
    doc: "Windows side by side; a window's state comes from the window so many quarter hours before it: a day for 96.",
    unit: "windows",
  }),
  testBatches: integer({ default: 2, min: 1, doc: "Last batches, which are held out.", unit: "batches" }),
  stateful: flag({
    default: true,
    doc: "Whether states last from batch to batch, or each window begins with none.",
  }),
  dayBefore: flag({
    default: true,
    doc: "Whether inputs also tell how the reading a day before the one that follows differs from the last.",
  }),
  reference: choice({
    default: "last",
    choices: ["none", "last"],
    doc: "What the network forecasts the difference to: nothing, or the last value.",
  }),
  epochs: integer({ default: 60, min: 1, doc: "Passes over the training data.", unit: "epochs" }),
  learningRate: number({
    default: 0.005,
    above: 0,
    doc: "Adam's learning rate, which falls to zero along a half cosine.",
  }),
  dropout: number({
    default: 0.1,
    min: 0,
    below: 1,
    doc: "Share of each LSTM layer's inputs that is dropped in training.",
  }),
  weightDecay: number({ default: 0, min: 0, doc: "Decoupled weight decay." }),
  seed: integer({ default: 1, min: 0, max: 0xffffffff, doc: "Initial weights and dropout follow from it." }),
};
type ElectricityConfig = ConfigOf<typeof config>;

const options = {
  values: integer({ default: 4, min: 1, max: 960, doc: "Readings to forecast.", unit: "quarter hours" }),
};

/** Readings in a day. */
const day = 96;

/**
 * Two stacked LSTM layers that keep their states from batch to batch forecast the next of a customer's
 * readings: `LSTM(16) -> LSTM(16) -> Dense(1)` on windows of 20, inputs of both dropped at random. A batch holds
 * the windows of a day, in order, so that the state a window begins with is the one that the window of the same
 * time of day left the day before.
 * Source: the 2020 lecture's stacked LSTM on customer 250 of UCI ElectricityLoadDiagrams20112014.
 */
export const electricityStackedLstm: TaskModel<typeof config, typeof options> = {
  id: "electricity-stacked-lstm",
  title: "Electricity, stateful stacked LSTM",
  doc: "Forecasts a customer's electricity use, a quarter of an hour ahead, with states that last from day to day.",
  published: "",
  samples: "windows",
  headline: ["rmse", "mae", "skill"],

  config,
  presets: {
    default: { doc: "Two stateful layers, batches of a day.", values: {} },
    lecture: {
      doc: "The lecture's form: ten units, use itself as output, constant settings.",
      values: { units: 10, reference: "none", dayBefore: false, dropout: 0 },
    },
    start: { doc: "A first look within half a minute.", values: { epochs: 30 } },
  },

  build,
  train,
  evaluate,
  predict: {
    kind: "task",
    doc: "Forecasts the readings after the end of a CSV file, or of the data set.",
    options,
    input: "CSV file with a column power, a reading each quarter of an hour",
    run: predict,
  },
};

function build({ steps, units, stateful, dayBefore, dropout, seed }: ElectricityConfig): Model {
  return new Sequential(
    [
      new Input([steps, dayBefore ? 2 : 1]),
      new Dropout(dropout),
      new LSTM(units, { stateful, returnSequences: true }),
      new Dropout(dropout),
      new LSTM(units, { stateful }),
      new Dense(1),
    ],
    { name: "electricity_stacked_lstm", seed },
  );
}

function load(data: DataSource): Promise<TimeSeries> {
  // As many readings as the real data have.
  const twin = () => {
    const { minutes, values, ...rest } = syntheticElectricity({ days: 11 });
    return {
      ...rest,
      minutes: minutes.slice(0, 1000),
      values: { data: values.data.slice(0, 1000), shape: [1000, 1] },
    };
  };
  return data.load("electricity LD_250", electricityLD250, twin);
}

/**
 * How many whole batches of windows there are, and the row that follows each window, in order; what does not fill a batch is left
 * out at the beginning.
 * @throws DataError if there are less than `least` batches
 */
function batchesOf(
  source: string,
  length: number,
  settings: ElectricityConfig,
  least: number,
): { readonly count: number; readonly rows: Int32Array } {
  const { steps, batchSize, dayBefore } = settings;
  const before = steps + (dayBefore ? day - 1 : 0);
  const count = Math.floor((length - before) / batchSize);
  if (count < least) {
    throw new DataError(
      `electricity-stacked-lstm: ${source} is shorter than its windows, got ${length} readings, expected at least ` +
        `${before + least * batchSize} (${least} batches of ${batchSize}, ${before} readings before each forecast)`,
    );
  }
  const first = length - count * batchSize;
  return { count, rows: Int32Array.from({ length: count * batchSize }, (_, at) => first + at) };
}

/** The scaled readings before each row; with each, how that a day before the next one differs: `[rows, steps, 1 or 2]`. */
function windowsBefore(
  power: Float64Array,
  rows: Int32Array,
  { steps, dayBefore }: ElectricityConfig,
  scaler: Scaler,
): HostArray {
  const features = dayBefore ? 2 : 1;
  const x = new Float32Array(rows.length * steps * features);
  const scaled = scaler.transform({ data: power, shape: [power.length, 1] }).data;
  let at = 0;
  for (const row of rows) {
    for (let known = row - steps; known < row; known++) {
      x[at++] = scaled[known]!;
      if (dayBefore) x[at++] = scaled[known + 1 - day]! - scaled[known]!;
    }
  }
  return { data: x, shape: [rows.length, steps, features] };
}

async function train(context: TrainContext<ElectricityConfig>): Promise<TrainOutcome> {
  const { config: settings, data } = context;
  const { batchSize, testBatches, reference, epochs, learningRate, weightDecay } = settings;
  const { values, source } = await load(data);
  const power = Float64Array.from(values.data);
  const { count, rows } = batchesOf(source, power.length, settings, testBatches + 1);
  const learnt = rows.subarray(0, (count - testBatches) * batchSize);
  const known = power.subarray(0, learnt.at(-1)! + 1);

  const input = standardScaler({ data: known, shape: [known.length, 1] });
  const base = (row: number) => (reference === "last" ? power[row - 1]! : 0);
  const wanted = {
    data: Float64Array.from(learnt, (row) => power[row]! - base(row)),
    shape: [learnt.length, 1],
  };
  const output = standardScaler(wanted);
  const network = build(settings);
  network.attachments = { scaling: { input: input.toJSON(), output: output.toJSON() } };
  const y = { data: Float32Array.from(output.transform(wanted).data), shape: wanted.shape };
  const reset = () => resetStates(network);
  return trainNetwork({
    id: electricityStackedLstm.id,
    network,
    context,
    compile: {
      loss: "meanSquaredError",
      optimizer: new Adam(cosineDecay(learningRate, epochs * (count - testBatches)), {
        weightDecay,
        globalClipNorm: 1,
      }),
    },
    x: windowsBefore(power, learnt, settings, input),
    y,
    source,
    samples: learnt.length,
    fit: { shuffle: false, callbacks: [{ onEpochBegin: reset, onTrainEnd: reset }] },
  });
}

function resetStates(network: Model): void {
  for (const layer of network.layers) if (layer instanceof LSTM) layer.resetStates();
}

/** The forecast of each row from the readings before it, batch after batch, states from zero. */
async function forecast(
  model: Model,
  power: Float64Array,
  rows: Int32Array,
  settings: ElectricityConfig,
): Promise<Float64Array> {
  const { batchSize, reference } = settings;
  // cast: written by train
  const scaling = model.attachments["scaling"] as { input: ScalerJson; output: ScalerJson } | undefined;
  if (!scaling) {
    throw new DataError(
      "electricity-stacked-lstm: the model's file has no scaling, expected one that train has written",
    );
  }
  resetStates(model);
  const x = windowsBefore(power, rows, settings, scalerFromJson(scaling.input));
  const scaled = await model.predict(x, { batchSize });
  resetStates(model);
  const { data } = scalerFromJson(scaling.output).inverseTransform(scaled);
  return Float64Array.from(rows, (row, at) => data[at]! + (reference === "last" ? power[row - 1]! : 0));
}

/** Errors on the last batches; the states come from all the batches before them. */
async function evaluate({
  model,
  data,
  config: settings,
}: EvaluateContext<ElectricityConfig>): Promise<EvaluateOutcome> {
  const { batchSize, testBatches } = settings;
  const { values, minutes, source } = await load(data);
  const power = Float64Array.from(values.data);
  const { rows } = batchesOf(source, power.length, settings, testBatches + 1);
  const started = performance.now();
  const foreseen = await forecast(model, power, rows, settings);
  const seconds = (performance.now() - started) / 1000;
  const test = rows.subarray(-testBatches * batchSize);
  const at = (season: number) => Float64Array.from(persistence(values, test, { season }).data);
  return {
    source,
    samples: test.length,
    seconds,
    ...reportForecast({
      title: "Power of one customer, 15 min ahead",
      unit: "kW",
      minutes: Array.from(test, (row) => minutes[row]!),
      truth: Float64Array.from(test, (row) => power[row]!),
      network: foreseen.subarray(-test.length),
      rivals: [
        { name: "last", forecast: at(1) },
        { name: "day", forecast: at(day) },
      ],
      neighbours: 4,
    }),
  };
}

/** The next readings, each from the network's own forecasts before it. */
async function predict({
  model,
  data,
  config: settings,
  options: { values: count },
  input,
}: PredictContext<ElectricityConfig, ConfigOf<typeof options>>): Promise<Prediction> {
  const given = input
    ? {
        source: input.name,
        power: readCsv(input.bytes, { name: input.name, columns: { power: "number" } }).columns.power,
      }
    : await load(data).then(({ source, values }) => ({ source, power: Float64Array.from(values.data) }));
  const known = given.power.length;
  batchesOf(given.source, known, settings, 1);
  const power = new Float64Array(known + count);
  power.set(given.power);
  for (let at = known; at < known + count; at++) {
    const { rows } = batchesOf(given.source, at + 1, settings, 1);
    power[at] = (await forecast(model, power, rows, settings)).at(-1)!;
  }
  const forecasts = Array.from(power.subarray(known));
  const shown = Math.min(known, 2 * day);
  const hours = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => (from + at - known + 1) / 4);
  return {
    text: forecasts.map((value, at) => `+${15 * (at + 1)} min\t${value.toFixed(2)} kW`).join("\n"),
    json: { source: given.source, unit: "kW", stepMinutes: 15, forecasts },
    artifacts: [
      {
        name: "next.svg",
        doc: "what was, and what is forecast",
        content: lineChart({
          title: "Power of one customer: what comes next",
          xLabel: "hours from the last reading",
          yLabel: "kW",
          series: [
            { name: "known", x: hours(known - shown, known), y: power.subarray(known - shown, known) },
            { name: "forecast", x: hours(known, known + count), y: power.subarray(known) },
          ],
        }),
      },
    ],
  };
}
