import { splitTime, standardScaler } from "@hekla/datasets";
import { Dense, LSTM, Sequential } from "@hekla/layers";
import { Adam, cosineDecay, type OptimizerBase, RMSprop, SGD } from "@hekla/optim";
import type { HostArray } from "@hekla/tensor";
import { type ConfigOf, choice, flag, integer, number } from "../config.js";
import type { TaskModel, TrainContext, TrainOutcome } from "../model.js";
import { trainNetwork } from "../train-network.js";
import { evaluatePower, forecastPower, testShare } from "./power-forecast.js";
import {
  checkLength,
  featureCount,
  type PowerSamples,
  powerFeatures,
  powerSamples,
  powerSets,
} from "./power-series.js";

const config = {
  series: choice({
    default: "tetouan",
    choices: ["tetouan", "household"],
    doc: "A city's use with weather, every ten minutes of a year, or a household's use by day over four years.",
  }),
  steps: integer({ default: 36, min: 1, doc: "Rows that the network looks back on.", unit: "rows" }),
  horizon: integer({ default: 6, min: 1, doc: "Rows ahead that are forecast.", unit: "rows" }),
  output: choice({
    default: "last",
    choices: ["last", "all"],
    doc: "The value at the horizon alone, or all values up to it.",
  }),
  reference: choice({
    default: "season",
    choices: ["none", "last", "season"],
    doc: "What the network forecasts the difference to: nothing, the last value, or the value a week before.",
  }),
  lags: flag({ default: true, doc: "Whether inputs tell of the days and weeks before." }),
  calendar: flag({
    default: true,
    doc: "Whether inputs tell the time of day, the day of the week or of the year.",
  }),
  units: integer({ default: 32, min: 1, doc: "Units of the LSTM." }),
  activation: choice({
    default: "tanh",
    choices: ["tanh", "sigmoid", "relu", "linear"],
    doc: "What the LSTM makes of its inputs and states.",
  }),
  dropout: number({
    default: 0,
    min: 0,
    below: 1,
    doc: "Share of the LSTM's inputs that is dropped in training.",
  }),
  loss: choice({
    default: "meanSquaredError",
    choices: ["meanSquaredError", "meanAbsoluteError", "huber"],
    doc: "What training makes small, of forecasts scaled to variance 1.",
  }),
  optimizer: choice({
    default: "adam",
    choices: ["adam", "rmsprop", "sgd"],
    doc: "Rule that changes the weights.",
  }),
  learningRate: number({ default: 0.003, above: 0, doc: "Learning rate at the start." }),
  schedule: choice({
    default: "cosine",
    choices: ["constant", "cosine"],
    doc: "Learning rate over time: constant, or a half cosine down to zero.",
  }),
  weightDecay: number({ default: 0, min: 0, doc: "Decoupled weight decay." }),
  epochs: integer({ default: 8, min: 1, doc: "Passes over the training data.", unit: "epochs" }),
  batchSize: integer({ default: 64, min: 1, doc: "Windows a training step.", unit: "windows" }),
  shuffle: flag({ default: true, doc: "Whether each pass has the windows in an order of its own." }),
  stride: integer({
    default: 2,
    min: 1,
    doc: "Rows between the beginnings of two training windows.",
    unit: "rows",
  }),
  validation: number({
    default: 0,
    min: 0,
    below: 0.5,
    doc: "Share of all rows, before the last fifth, that is held out and scored after each epoch.",
    unit: "fraction",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 0xffffffff,
    doc: "Initial weights, dropout and shuffling follow from it.",
  }),
};
export type PowerConfig = ConfigOf<typeof config>;

/** 1 440 days are few: a small network that sees little but the days themselves. */
const household = {
  series: "household",
  horizon: 1,
  steps: 28,
  stride: 1,
  reference: "none",
  lags: false,
  units: 16,
  dropout: 0.3,
  batchSize: 32,
  epochs: 20,
} as const;

/**
 * An LSTM over windows `[steps, features]` of a series forecasts its value `horizon` rows ahead: `LSTM(32) -> Dense(1)`, as the
 * difference to the value a week before. Inputs and differences are scaled by what the training part knows.
 * Source: the 2020 lecture's forecast of a power plant's output; Hyndman, Athanasopoulos, "Forecasting: principles and practice",
 * 3rd edition, sections 5.2 (trivial forecasts) and 9.1 (seasonal differences).
 */
export const powerLstm: TaskModel<typeof config, Record<never, never>> = {
  id: "power-lstm",
  title: "Power LSTM",
  doc: "Forecasts electricity use from the hours, days and weeks before.",
  published: "",
  samples: "windows",
  headline: ["rmse", "mae", "skill"],

  config,
  presets: {
    default: { doc: "Tetouan, an hour ahead.", values: {} },
    day: {
      doc: "Tetouan, a day ahead.",
      values: { horizon: 144, units: 16, dropout: 0.2, epochs: 3 },
    },
    household: { doc: "A household's use, tomorrow.", values: household },
    householdWeek: {
      doc: "A household's use in a week.",
      values: { ...household, horizon: 7, lags: true },
    },
    lecture: {
      doc: "The lecture's form: measured values in, one value out, without what is known of days and weeks.",
      values: { reference: "none", lags: false, calendar: false },
    },
    start: {
      doc: "A first look within half a minute.",
      values: { epochs: 3, stride: 6, learningRate: 0.005 },
    },
  },

  build,
  train,
  evaluate: evaluatePower,
  predict: {
    kind: "task",
    doc: "Forecasts the values after the end of a CSV file, or of the data set.",
    options: {},
    input: "CSV file with the columns of the data set, times included",
    run: forecastPower,
  },
};

function build(settings: PowerConfig): Sequential {
  const { steps, units, activation, dropout, output, horizon, seed } = settings;
  const inputShape = [steps, featureCount(powerSets[settings.series], settings)];
  return new Sequential(
    [new LSTM(units, { activation, dropout, inputShape }), new Dense(output === "all" ? horizon : 1)],
    { name: "power_lstm", seed },
  );
}

async function train(context: TrainContext<PowerConfig>): Promise<TrainOutcome> {
  const { config: settings } = context;
  const { validation, stride, epochs, batchSize, shuffle, loss } = settings;
  const set = powerSets[settings.series];
  const series = await set.load(context.data);
  checkLength(set, series, settings);
  const features = powerFeatures(set, series, settings);
  const parts = splitTime(series, { validation, test: testShare });
  const learnt = parts.train.minutes.length;
  const samples = powerSamples(set, series, features, settings, { from: 0, to: learnt, stride });

  const differences = difference(samples);
  const input = standardScaler(samples.x);
  const output = standardScaler({ data: differences.data, shape: [differences.data.length, 1] });
  const x = (part: PowerSamples) => input.transform(part.x);
  const y = (values: HostArray) => {
    const { data, shape } = output.transform(values);
    return { data: Float32Array.from(data), shape };
  };
  const network = build(settings);
  network.attachments = { scaling: { input: input.toJSON(), output: output.toJSON() } };
  const count = samples.x.shape[0]!;
  const held =
    validation > 0 &&
    powerSamples(set, series, features, settings, {
      from: learnt,
      to: learnt + parts.validation.minutes.length,
    });
  return trainNetwork({
    id: powerLstm.id,
    network,
    context,
    compile: { loss, optimizer: optimizerOf(settings, epochs * Math.ceil(count / batchSize)) },
    x: x(samples),
    y: y(differences),
    source: series.source,
    samples: count,
    fit: {
      shuffle,
      ...(held && { validationData: [x(held), y(difference(held))], validationBatchSize: 256 }),
    },
  });
}

function optimizerOf(settings: PowerConfig, steps: number): OptimizerBase {
  const { optimizer, learningRate, schedule, weightDecay } = settings;
  const rate = schedule === "cosine" ? cosineDecay(learningRate, steps) : learningRate;
  const options = { weightDecay, globalClipNorm: 1 };
  if (optimizer === "adam") return new Adam(rate, options);
  return optimizer === "rmsprop" ? new RMSprop(rate, options) : new SGD(rate, { ...options, momentum: 0.9 });
}

/** What the network learns: what came, less the reference. */
function difference({ truth, reference }: PowerSamples): HostArray {
  return {
    data: Float64Array.from(truth.data, (value, at) => value - reference.data[at]!),
    shape: truth.shape,
  };
}
