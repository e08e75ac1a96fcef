import { MOTIONS } from "@hekla/datasets";
import {
  Add,
  Conv2D,
  ConvLSTM2D,
  Dense,
  Flatten,
  Input,
  input,
  LSTM,
  MaxPooling2D,
  Model,
  Sequential,
  TimeDistributed,
} from "@hekla/layers";
import { Adam, cosineDecay } from "@hekla/optim";
import { DataError } from "@hekla/tensor";
import { type ConfigOf, choice, integer, number } from "../config.js";
import type { EvaluateContext, EvaluateOutcome, TaskModel, TrainContext, TrainOutcome } from "../model.js";
import { trainNetwork } from "../train-network.js";
import { classifyMotion, evaluateMotion } from "./motion-class.js";
import { framesOf, loadMovingDigits, testSequences } from "./moving-digits-data.js";
import { evaluateNextFrame, foreseeFrames } from "./next-frame.js";

const config = {
  task: choice({
    default: "class",
    choices: ["class", "nextFrame"],
    doc: "What to tell of a sequence: the class of its motion, or how each next frame looks.",
  }),
  samples: integer({ default: 3600, min: 1, max: 60_000, doc: "Training sequences.", unit: "sequences" }),
  frames: integer({ default: 10, min: 3, doc: "Pictures in a sequence.", unit: "frames" }),
  size: integer({ default: 32, min: 16, doc: "Height and width of a picture.", unit: "px" }),
  motion: choice({
    default: "straight",
    choices: ["straight", "bounce"],
    doc: "Whether digits move in a straight line, or are thrown back by the edges.",
  }),
  filters: integer({
    default: 8,
    min: 1,
    doc: "Filters of the first of two convolutions (the second has twice as many), or of nextFrame's LSTM.",
  }),
  units: integer({ default: 64, min: 1, doc: "Units of the LSTM that tells the class." }),
  epochs: integer({ default: 10, min: 1, doc: "Passes over the training data.", unit: "epochs" }),
  batchSize: integer({ default: 32, min: 1, doc: "Samples a training step.", unit: "samples" }),
  learningRate: number({
    default: 0.002,
    above: 0,
    doc: "Adam's learning rate, which falls to zero along a half cosine.",
  }),
  validationSplit: number({
    default: 0.1,
    min: 0,
    below: 1,
    doc: "Last part of the training data that is held out and scored after each epoch.",
    unit: "fraction",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 0xffffffff,
    doc: "Initial weights and shuffling follow from it.",
  }),
};
export type CnnLstmConfig = ConfigOf<typeof config>;

const options = {
  index: integer({ default: 0, min: 0, max: testSequences - 1, doc: "Number of the test sequence." }),
  steps: integer({
    default: 5,
    min: 1,
    doc: "Frames at the end that nextFrame has to foresee, each from those it foresaw before.",
    unit: "frames",
  }),
};

/**
 * Convolutions and a long short-term memory over sequences of pictures `[time, 1, size, size]`, channels
 * first: a digit moves, and the network tells how (one of nine motions), or draws the next frame.
 * Source: Donahue et al., "Long-term recurrent convolutional networks for visual recognition and
 * description", 2015 (class); Shi et al., "Convolutional LSTM network", 2015 (nextFrame); Srivastava et al.
 * 2015 (moving digits); the 2020 lecture's CNN-LSTM.
 */
export const cnnLstm: TaskModel<typeof config, typeof options> = {
  id: "cnn-lstm",
  title: "CNN-LSTM for image sequences",
  doc: "Tells how digits move through a sequence of pictures, or draws the next picture.",
  published: "",
  samples: "sequences",
  headline: ["accuracy", "trivialAccuracy", "error", "lastFrameError", "extrapolationError"],

  config,
  presets: {
    default: { doc: "Nine motions: two convolutions in each of ten frames, then an LSTM.", values: {} },
    nextFrame: {
      doc: "The next frame: a convolutional LSTM draws each frame from those before it.",
      values: {
        task: "nextFrame",
        samples: 1000,
        size: 24,
        filters: 12,
        epochs: 10,
        batchSize: 16,
        learningRate: 0.005,
      },
    },
    start: {
      doc: "A first look within half a minute: three passes over 1 800 sequences.",
      values: { samples: 1800, size: 24, epochs: 3, learningRate: 0.004 },
    },
  },

  build,
  train,
  evaluate: (context: EvaluateContext<CnnLstmConfig>): Promise<EvaluateOutcome> =>
    context.config.task === "class" ? evaluateMotion(context) : evaluateNextFrame(context),

  predict: {
    kind: "task",
    doc: "Tells how the digit of one test sequence moves, or foresees its last frames.",
    options,
    run: (context) =>
      context.config.task === "class"
        ? classifyMotion(context, context.options.index)
        : foreseeFrames(context, context.options),
  },
};

function build({ task, frames: time, size, filters, units, seed }: CnnLstmConfig): Model {
  const channelsFirst = { dataFormat: "channelsFirst", padding: "same" } as const;
  const eachFrame = (layer: ConstructorParameters<typeof TimeDistributed>[0]) => new TimeDistributed(layer);
  if (task === "nextFrame") {
    // What is drawn is the change from the frame before: a network that has learnt nothing lets it stay.
    const frames = input([null, 1, size, size], { name: "frames" });
    const memory = new ConvLSTM2D(filters, 5, { ...channelsFirst, returnSequences: true }).apply(frames);
    const change = eachFrame(new Conv2D(1, 5, { ...channelsFirst, kernelInitializer: "zeros" })).apply(
      memory,
    );
    return new Model(frames, new Add().apply([frames, change]), { name: "cnn_lstm", seed });
  }
  return new Sequential(
    [
      new Input([time, 1, size, size]),
      eachFrame(new Conv2D(filters, 3, { ...channelsFirst, activation: "relu" })),
      eachFrame(new MaxPooling2D(2, channelsFirst)),
      eachFrame(new Conv2D(2 * filters, 3, { ...channelsFirst, activation: "relu" })),
      eachFrame(new MaxPooling2D(2, channelsFirst)),
      eachFrame(new Flatten()),
      new LSTM(units),
      new Dense(MOTIONS.length, { activation: "softmax" }),
    ],
    { name: "cnn_lstm", seed },
  );
}

async function train(context: TrainContext<CnnLstmConfig>): Promise<TrainOutcome> {
  const { config: settings, data } = context;
  const { task, samples, batchSize, epochs, learningRate, validationSplit, frames: time } = settings;
  const learnt = Math.floor(samples * (1 - validationSplit));
  if (learnt === 0) {
    throw new DataError(
      `cnn-lstm: nothing to train on, got ${samples} sequences, of which a share of ${validationSplit} ` +
        "is held out, expected some to be left",
    );
  }
  const { frames, motion, source } = await loadMovingDigits(data, settings);
  const steps = epochs * Math.ceil(learnt / batchSize);
  const isClass = task === "class";
  return trainNetwork({
    id: cnnLstm.id,
    network: build(settings),
    context,
    compile: {
      ...(isClass
        ? { loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] }
        : { loss: "meanSquaredError" }),
      optimizer: new Adam(cosineDecay(learningRate, steps), { globalClipNorm: 1 }),
    },
    x: isClass ? frames : framesOf(frames, 0, time - 1),
    y: isClass ? motion : framesOf(frames, 1, time),
    source,
    samples,
    fit: { validationSplit },
  });
}
