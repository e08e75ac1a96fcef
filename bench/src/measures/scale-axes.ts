import { trainingFlops } from "../flops.js";
import { recurrent } from "../networks.js";
import { CNN, type CountedLayer, LSTM, MLP, type TrainingWork } from "../works.js";

/** One point of an axis: the network that is trained there, and how many samples a step has. */
export interface ScalePoint {
  value: number;
  batch: number;
  work: TrainingWork;
}

/** One way in which a training step grows. */
export interface ScaleAxis {
  name: string;
  title: string;
  /** The network, in a word or two. */
  work: string;
  /** What grows, with its unit where it has one. */
  axis: string;
  /** What the cost is divided by. */
  unit: string;
  points: readonly ScalePoint[];
  unitsOf: (point: ScalePoint) => number;
}

function powersOfTwo(first: number, last: number): number[] {
  const values: number[] = [];
  for (let value = first; value <= last; value *= 2) values.push(value);
  return values;
}

/** Dense layers of `width` units over `inputs` numbers, and one of ten classes. */
function denseNetwork(inputs: number, width: number, depth: number): TrainingWork {
  const sizes = [inputs, ...Array<number>(depth).fill(width), MLP.outputs];
  const layers: CountedLayer[] = sizes
    .slice(1)
    .map((outputs, index) => ({ kind: "dense", inputs: sizes[index]!, outputs }));
  return { ...MLP, inputShape: [inputs], layers };
}

const BATCHES = powersOfTwo(1, 1024);

/** All axes, in the order of the report. */
export const SCALE_AXES: readonly ScaleAxis[] = [
  {
    name: "scale-batch-mlp",
    title: "digit MLP 784-128-128-10, training, batch 1 to 1024",
    work: "MLP",
    axis: "batch (samples)",
    unit: "sample",
    points: BATCHES.map((value) => ({ value, batch: value, work: MLP })),
    unitsOf: ({ batch }) => batch,
  },
  {
    name: "scale-batch-cnn",
    title: "digit CNN, training, batch 1 to 1024",
    work: "CNN",
    axis: "batch (samples)",
    unit: "sample",
    points: BATCHES.map((value) => ({ value, batch: value, work: CNN })),
    unitsOf: ({ batch }) => batch,
  },
  {
    name: "scale-width",
    title: "MLP with two hidden layers of 32 to 2048 units, training, batch 128",
    work: "MLP",
    axis: "width (units a layer)",
    unit: "MFLOP",
    points: powersOfTwo(32, 2048).map((value) => ({ value, batch: 128, work: denseNetwork(784, value, 2) })),
    unitsOf: ({ work, batch }) => trainingFlops(work, batch) / 1e6,
  },
  {
    name: "scale-depth",
    title: "MLP with 1 to 16 hidden layers of 128 units on 128 inputs, training, batch 128",
    work: "MLP",
    axis: "depth (hidden layers)",
    unit: "layer",
    points: [1, 2, 4, 8, 12, 16].map((value) => ({ value, batch: 128, work: denseNetwork(128, 128, value) })),
    unitsOf: ({ value }) => value,
  },
  {
    name: "scale-sequence",
    title: "LSTM(64) on 8 to 512 steps of 16 features, training, batch 32",
    work: "LSTM",
    axis: "sequence length (time steps)",
    unit: "time step",
    points: powersOfTwo(8, 512).map((value) => ({
      value,
      batch: LSTM.batch,
      work: { ...LSTM, inputShape: [value, 16], layers: recurrent("lstm", 16, value) },
    })),
    unitsOf: ({ value }) => value,
  },
];

/** The label of a point in protocol lines. */
export function pointName(point: ScalePoint): string {
  return String(point.value);
}

/** Floating-point operations of a step there. */
export function pointFlops({ work, batch }: ScalePoint): number {
  return trainingFlops(work, batch);
}
