import { dampedSine, timeSeriesWindows } from "@hekla/datasets";
import { Dense, Flatten, Input, LSTM, type Model, Sequential } from "@hekla/layers";
import { Adam, cosineDecay } from "@hekla/optim";
import { DataError } from "@hekla/tensor";
import { type ConfigOf, choice, integer, number } from "../config.js";
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

const config = {
  network: choice({
    default: "lstm",
    choices: ["lstm", "dense"],
    doc: "Two stacked LSTM layers, or two dense layers on the same window.",
  }),
  steps: integer({ default: 50, min: 1, doc: "Values that the network looks back on.", unit: "values" }),
  units: integer({ default: 32, min: 1, doc: "Units of each of the two layers." }),
  period: integer({ default: 50, min: 4, doc: "Values in a period of the wave.", unit: "values" }),
  decay: number({
    default: 0.9,
    above: 0,
    max: 1,
    doc: "Amplitude of a period, as a share of that of the one before it.",
  }),
  noise: number({
    default: 0,
    min: 0,
    doc: "Noise on the values learnt from, in units of the first amplitude.",
  }),
  periods: integer({
    default: 10,
    min: 1,
    doc: "Periods that are learnt; the forecast begins after them.",
    unit: "periods",
  }),
  ahead: integer({
    default: 4,
    min: 2,
    doc: "Periods that are forecast from the network's own outputs.",
    unit: "periods",
  }),
  epochs: integer({ default: 100, min: 1, doc: "Passes over the training data.", unit: "epochs" }),
  batchSize: integer({ default: 32, min: 1, doc: "Windows a training step.", unit: "windows" }),
  learningRate: number({
    default: 0.01,
    above: 0,
    doc: "Adam's learning rate, which falls to zero along a half cosine.",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 0xffffffff,
    doc: "Initial weights, noise and shuffling follow from it.",
  }),
};
type SineConfig = ConfigOf<typeof config>;

const options = {
  values: integer({ default: 100, min: 1, max: 100_000, doc: "Values to forecast.", unit: "values" }),
};

/**
 * Two stacked LSTM layers learn a damped sine wave from windows of it, `LSTM(32) -> LSTM(32) -> Dense(1)`, and go on with it by
 * themselves: each output becomes the newest value of the next window.
 * Source: the 2020 lecture's stacked LSTM on a damped sine wave; the wave obeys `x(t) = 2 r cos(w) x(t-1) - r^2 x(t-2)`, so that two
 * values suffice and one does not.
 */
export const sineStackedLstm: TaskModel<typeof config, typeof options> = {
  id: "sine-stacked-lstm",
  title: "Sine wave, stacked LSTM",
  doc: "Learns a damped sine wave and goes on with it by itself.",
  published: "",
  samples: "windows",
  headline: ["worstError", "worstErrorAll", "rmse"],

  config,
  presets: {
    default: { doc: "Ten periods learnt by two LSTM layers, four forecast.", values: {} },
    dense: { doc: "The same window, without LSTM: two dense layers.", values: { network: "dense" } },
    densePoint: {
      doc: "Without LSTM and without a window: the next value from the last one alone.",
      values: { network: "dense", steps: 1 },
    },
    lstmPoint: { doc: "LSTM layers that see the last value alone.", values: { steps: 1 } },
    start: { doc: "A first look within half a minute.", values: { epochs: 60 } },
  },

  build,
  train,
  evaluate,
  predict: {
    kind: "task",
    doc: "Goes on with the wave from its end.",
    options,
    run: predict,
  },
};

function build({ network, steps, units, seed }: SineConfig): Model {
  const layers =
    network === "lstm"
      ? [new LSTM(units, { returnSequences: true }), new LSTM(units)]
      : [new Flatten(), new Dense(units, { activation: "tanh" }), new Dense(units, { activation: "tanh" })];
  return new Sequential([new Input([steps, 1]), ...layers, new Dense(1)], {
    name: "sine_stacked_lstm",
    seed,
  });
}

/** The values learnt from, and those that follow, without noise. */
function waves({ period, decay, noise, periods, ahead, seed }: SineConfig) {
  const wave = { period, decay };
  const learnt = dampedSine({ ...wave, samples: periods * period, noise, seed });
  const samples = (periods + ahead) * period;
  return { learnt, whole: Float64Array.from(dampedSine({ ...wave, samples }).values.data) };
}

async function train(context: TrainContext<SineConfig>): Promise<TrainOutcome> {
  const { config: settings } = context;
  const { steps, period, periods, epochs, batchSize, learningRate } = settings;
  if (steps >= period * periods) {
    throw new DataError(
      `sine-stacked-lstm: the wave is shorter than a window, got ${period * periods} values, expected more than ${steps}`,
    );
  }
  const { learnt } = waves(settings);
  const { x, y } = timeSeriesWindows(learnt.values, { steps, name: learnt.source });
  const samples = x.shape[0]!;
  return trainNetwork({
    id: sineStackedLstm.id,
    network: build(settings),
    context,
    compile: {
      loss: "meanSquaredError",
      optimizer: new Adam(cosineDecay(learningRate, epochs * Math.ceil(samples / batchSize)), {
        globalClipNorm: 1,
      }),
    },
    x,
    y,
    source: learnt.source,
    samples,
  });
}

/** `count` values after those that are given, each from a window that ends with the ones before it. */
async function goOn(model: Model, known: Float64Array, steps: number, count: number): Promise<Float64Array> {
  const values = new Float64Array(steps + count);
  values.set(known.subarray(-steps));
  for (let at = 0; at < count; at++) {
    const x = { data: Float32Array.from(values.subarray(at, at + steps)), shape: [1, steps, 1] };
    values[steps + at] = (await model.predict(x)).data[0]!;
  }
  return values.subarray(steps);
}

/**
 * The largest error of the closed-loop forecast, over two periods and over all, as a share of the wave's amplitude where the
 * forecast begins (not of the first period's, which is larger).
 */
async function evaluate({ model, config: settings }: EvaluateContext<SineConfig>): Promise<EvaluateOutcome> {
  const { steps, period, periods, ahead, decay, network } = settings;
  const { learnt, whole } = waves(settings);
  const began = periods * period;
  const started = performance.now();
  const foreseen = await goOn(model, Float64Array.from(learnt.values.data), steps, ahead * period);
  const seconds = (performance.now() - started) / 1000;
  const truth = whole.subarray(began);
  const amplitude = decay ** periods;
  const errors = truth.map((value, at) => Math.abs(foreseen[at]! - value));
  const worst = (count: number) => Math.max(...errors.subarray(0, count)) / amplitude;
  const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
  const stays =
    Math.max(...truth.subarray(0, 2 * period).map((value) => Math.abs(value - whole[began - 1]!))) /
    amplitude;
  const within = errors.findIndex((error) => error > 0.05 * amplitude);
  const good = within < 0 ? errors.length : within;
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const title = `Damped sine, ${network === "lstm" ? "two LSTM layers" : "two dense layers"}, window of ${steps}`;
  const places = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => (from + at) / period);
  const before = Math.min(3 * period, began);
  return {
    source: learnt.source,
    samples: foreseen.length,
    seconds,
    metrics: {
      worstError: worst(2 * period),
      worstErrorAll: worst(errors.length),
      rmse,
      periodsWithin5Percent: good / period,
      amplitude,
      lastValueWorstError: stays,
    },
    text: [
      `${title}: closed loop from period ${periods} on, amplitude there ${amplitude.toFixed(4)}`,
      `largest error over 2 periods: ${percent(worst(2 * period))} of that amplitude, ` +
        `over ${ahead}: ${percent(worst(errors.length))} (last value stays: ${percent(stays)})`,
      `within 5 % for ${(good / period).toFixed(2)} periods of ${ahead}`,
    ].join("\n"),
    artifacts: [
      {
        name: "forecast.svg",
        doc: "the wave, and how the network goes on with it",
        content: lineChart({
          title,
          xLabel: "periods",
          yLabel: "value",
          series: [
            {
              name: "learnt",
              x: places(began - before, before),
              y: learnt.values.data.subarray(began - before),
            },
            { name: "network", x: places(began, foreseen.length), y: foreseen },
            { name: "true", x: places(began, truth.length), y: truth, dashed: true },
          ],
        }),
      },
      {
        name: "forecast.csv",
        doc: "true and forecast values",
        content: `step,true,network\n${Array.from(truth, (value, at) => `${began + at},${value},${foreseen[at]}`).join("\n")}\n`,
      },
    ],
  };
}

async function predict({
  model,
  config: settings,
  options: { values: count },
}: PredictContext<SineConfig, ConfigOf<typeof options>>): Promise<Prediction> {
  const { learnt } = waves(settings);
  const values = Array.from(await goOn(model, Float64Array.from(learnt.values.data), settings.steps, count));
  const first = settings.period * settings.periods;
  return {
    text: values.map((value, at) => `${first + at}\t${value.toFixed(5)}`).join("\n"),
    json: { first, values },
  };
}
