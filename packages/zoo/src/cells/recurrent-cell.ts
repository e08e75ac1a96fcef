import { Dense, Input, LSTM, type Model, Sequential, type StepBatch } from "@hekla/layers";
import { Adam, cosineDecay } from "@hekla/optim";
import {
  compile,
  DataError,
  type HostArray,
  mean,
  reshape,
  slice,
  square,
  subtract,
  type Tensor,
  valueAndGrad,
} from "@hekla/tensor";
import { type ConfigOf, choice, integer, number, text } from "../config.js";
import type { EvaluateContext, EvaluateOutcome, TaskModel, TrainContext, TrainOutcome } from "../model.js";
import { trainNetwork } from "../train-network.js";
import { type CellStep, cellSteps, cellWeights } from "./cell-equations.js";
import { cellArtifacts, stepText } from "./cell-report.js";
import { memorySamples } from "./memory-tasks.js";

const config = {
  task: choice({
    default: "adding",
    choices: ["adding", "bit"],
    doc: "What to remember: two marked values, to be added, or the first bit of a noisy sequence.",
  }),
  steps: integer({ default: 20, min: 2, doc: "Length of the sequences.", unit: "steps" }),
  units: integer({ default: 8, min: 1, doc: "Units of each cell." }),
  cells: integer({ default: 2, min: 1, max: 4, doc: "Cells stacked on one another." }),
  samples: integer({ default: 4000, min: 1, doc: "Training sequences.", unit: "sequences" }),
  epochs: integer({ default: 20, min: 1, doc: "Passes over the training data.", unit: "epochs" }),
  batchSize: integer({ default: 32, min: 1, doc: "Samples a training step.", unit: "samples" }),
  learningRate: number({
    default: 0.01,
    above: 0,
    doc: "Adam's learning rate, which falls to zero along a half cosine.",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 0xffffffff,
    doc: "Weights, sequences and their order follow from it.",
  }),
};
type CellConfig = ConfigOf<typeof config>;

const options = {
  sequence: text({
    default: "",
    doc: 'Steps of value,mark: "0.3,1 0.8,0 0.5,1"; without it a test sequence is taken.',
  }),
  index: integer({ default: 0, min: 0, max: 999, doc: "Number of the test sequence." }),
  cell: integer({ default: 1, min: 1, doc: "Which of the stacked cells is printed, from the lowest." }),
};
const testSamples = 1000;

/**
 * Long short-term memory at three levels: the lecture's equations in plain numbers (`cell-equations.ts`),
 * cells stepped by hand in a loop over time, which is also what is trained, and the layers, which do all of
 * it at once. The same weights give the same numbers.
 * Source: the 2020 lecture, "recurrent networks"; the tasks of Hochreiter and Schmidhuber 1997.
 */
export const recurrentCell: TaskModel<typeof config, typeof options> = {
  id: "recurrent-cell",
  title: "LSTM cell, step by step",
  doc: "Stacked LSTM cells in a loop by hand learn to remember; the gates' values are printed.",
  published: "",
  samples: "sequences",
  headline: ["error", "trivialError", "accuracy"],

  config,
  presets: {
    default: { doc: "The adding problem over 20 steps, two cells of eight units.", values: {} },
    bit: {
      doc: "A bit kept over 20 steps of noise by one cell of four units.",
      values: { task: "bit", cells: 1, units: 4, epochs: 10 },
    },
    start: {
      doc: "A first look within half a minute: adding over 8 steps, one cell.",
      values: { steps: 8, cells: 1, epochs: 10 },
    },
  },

  build,
  train,
  evaluate,

  predict: {
    kind: "task",
    doc: "Goes through one sequence step by step and prints what the gates do.",
    options,
    async run({ model, config: settings, options: { sequence, index, cell } }) {
      const { cells } = settings;
      if (cell > cells)
        throw new DataError(
          `recurrent-cell: there is no cell ${cell}, got ${cells} cells, expected 1 to ${cells}`,
        );
      const steps = sequence.trim() === "" ? rowsOf(testData(settings).x, index) : readSequence(sequence);
      const { traces, output } = await trace(model, steps);
      const data = { data: Float32Array.from(steps.flat()), shape: [1, steps.length, 2] };
      const [layers] = (await model.predict(data)).data;
      const lines = traces[cell - 1]!.map((values, at) => stepText(steps[at]!, values, at));
      return {
        text: [
          ...lines,
          `output ${output.toFixed(6)}; of the layers ${layers!.toFixed(6)}, ` +
            `difference ${Math.abs(output - layers!).toExponential(1)}`,
        ].join("\n"),
        json: { sequence: steps, output, layers, cells: traces },
        artifacts: await cellArtifacts(steps, traces),
      };
    },
  },
};

/** Layers, whose cells can be stepped by hand. */
function build({ units, cells, seed }: CellConfig): Sequential {
  const stack = Array.from(
    { length: cells },
    (_, at) => new LSTM(units, { returnSequences: at < cells - 1 }),
  );
  return new LoopByHand([new Input([null, 2]), ...stack, new Dense(1)], { name: "recurrent_cell", seed });
}

/**
 * The same network at the level below: its cells are stepped in a loop, and the training step is written
 * out.
 */
class LoopByHand extends Sequential {
  // In a file it is the Sequential that it is.
  static override readonly className: string = "Sequential";

  override trainStep({ x: [x], y: [y] }: StepBatch) {
    const loss = () => mean(square(subtract(runCells(this, x), y!)));
    const { value, grads } = valueAndGrad(loss, this.trainableWeights)();
    this.optimizer.apply(grads);
    return { loss: value };
  }
}

/**
 * Sequences `[batch, time, 2]` to outputs `[batch, 1]`: each cell, from zero states, gets the output of the
 * one below.
 */
function runCells(model: Model, x: Tensor): Tensor {
  const [batch = 0, time = 0, features = 0] = x.shape;
  const { cells, readout } = partsOf(model);
  const states = cells.map((cell): readonly Tensor[] => cell.getInitialState(batch));
  let output = x;
  for (let t = 0; t < time; t++) {
    output = reshape(slice(x, [0, t, 0], [batch, 1, features]), [batch, features]);
    cells.forEach((cell, level) => {
      const [above, ...next] = cell.applyAll([output, ...states[level]!]);
      output = above!;
      states[level] = next;
    });
  }
  return readout.apply(output);
}

function partsOf(model: Model) {
  const layers = model.layers.filter((layer) => layer instanceof LSTM);
  const readout = model.layers.at(-1) as Dense; // cast: `build` ends so
  return { layers, cells: layers.map(({ cell }) => cell), readout };
}

function train(context: TrainContext<CellConfig>): Promise<TrainOutcome> {
  const { config: settings } = context;
  const { task, samples, batchSize, epochs, learningRate, seed } = settings;
  const { x, y } = memorySamples(task, settings, seed, "train");
  const steps = epochs * Math.ceil(samples / batchSize);
  return trainNetwork({
    id: recurrentCell.id,
    network: build(settings),
    context,
    compile: {
      loss: "meanSquaredError",
      optimizer: new Adam(cosineDecay(learningRate, steps), { globalClipNorm: 1 }),
    },
    x,
    y,
    source: sourceOf(settings),
    samples,
  });
}

const sourceOf = ({ task, steps }: CellConfig): string =>
  task === "adding"
    ? `drawn sequences of ${steps} values to add`
    : `drawn bits before ${steps - 1} steps of noise`;

/** Test sequences, the same whatever a training was seeded with. */
const testData = ({ task, steps }: CellConfig) =>
  memorySamples(task, { samples: testSamples, steps }, 1, "test");

/** The error beside that of always telling the mean, and how far apart equations, loop and layers are. */
async function evaluate({ model, config: settings }: EvaluateContext<CellConfig>): Promise<EvaluateOutcome> {
  const { x, y } = testData(settings);
  const started = performance.now();
  const layers = (await model.predict(x, { batchSize: testSamples })).data;
  const seconds = (performance.now() - started) / 1000;
  const byHand = compile((sequences: Tensor) => runCells(model, sequences));
  const loop = await byHand(x).data();
  byHand.dispose();
  const traced = 20;
  const equations: number[] = [];
  for (let index = 0; index < traced; index++) equations.push((await trace(model, rowsOf(x, index))).output);

  const truth = Array.from(y.data);
  const middle = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  const errorOf = (told: (at: number) => number) =>
    truth.reduce((sum, value, at) => sum + (told(at) - value) ** 2, 0) / truth.length;
  // Hochreiter and Schmidhuber count a sum as right within 0.04; of bits the nearer one is meant.
  const near = settings.task === "adding" ? 0.04 : 0.5;
  const right = truth.filter((value, at) => Math.abs(layers[at]! - value) < near).length;
  const loopDifference = largestDifference(layers, loop);
  const equationDifference = largestDifference(layers.subarray(0, traced), equations);

  const sequence = rowsOf(x, 0);
  const { traces, output } = await trace(model, sequence);
  return {
    source: sourceOf(settings),
    samples: testSamples,
    metrics: {
      error: errorOf((at) => layers[at]!),
      trivialError: errorOf(() => middle),
      accuracy: right / testSamples,
      loopDifference,
      equationDifference,
    },
    seconds,
    text: [
      "the lowest cell in the first test sequence:",
      ...traces[0]!.slice(0, 3).map((values, at) => stepText(sequence[at]!, values, at)),
      `... output ${output.toFixed(4)}, to be told ${truth[0]!.toFixed(4)}`,
      "largest difference from the layers' outputs: " +
        `loop by hand ${loopDifference.toExponential(1)} (${testSamples} sequences), ` +
        `equations in plain numbers ${equationDifference.toExponential(1)} (${traced} sequences)`,
    ].join("\n"),
    artifacts: await cellArtifacts(sequence, traces),
  };
}

/** Sequence `[time][2]` through the equations: what happens in each cell, and the output. */
async function trace(model: Model, sequence: readonly (readonly number[])[]) {
  const { layers, readout } = partsOf(model);
  const traces: CellStep[][] = [];
  let inputs = sequence;
  for (const layer of layers) {
    const steps = cellSteps(inputs, await cellWeights(layer));
    traces.push(steps);
    inputs = steps.map(({ h }) => h);
  }
  const [kernel, bias] = await Promise.all(readout.weights.map((weight) => weight.data()));
  const output = inputs.at(-1)!.reduce((sum, value, at) => sum + value * kernel![at]!, bias![0]!);
  return { traces, output };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(b).reduce((largest, value, at) => Math.max(largest, Math.abs(value - a[at]!)), 0);
}

/** Rows `[time][features]` of one sequence. */
function rowsOf({ data, shape }: HostArray, index: number): number[][] {
  const [, time = 0, features = 0] = shape;
  return Array.from({ length: time }, (_, at) => {
    const from = (index * time + at) * features;
    return Array.from(data.subarray(from, from + features));
  });
}

function readSequence(given: string): number[][] {
  return given
    .trim()
    .split(/\s+/)
    .map((step, at) => {
      const values = step.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
      if (values.length === 2 && values.every(Number.isFinite)) return values;
      throw new DataError(
        `recurrent-cell: step ${at + 1} of the sequence does not fit, got ${JSON.stringify(step)}, ` +
          "expected value,mark such as 0.3,1",
      );
    });
}
