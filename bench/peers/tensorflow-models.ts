import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { makeWeights, permute } from "../src/inputs.js";
import type { TrainingName, TrainingWork } from "../src/works.js";

function cnn(): tfl.layers.Layer[] {
  return [
    tfl.layers.conv2d({
      filters: 20,
      kernelSize: 5,
      padding: "same",
      activation: "relu",
      inputShape: [28, 28, 1],
    }),
    tfl.layers.maxPooling2d({ poolSize: 2, strides: 2 }),
    tfl.layers.conv2d({ filters: 50, kernelSize: 5, padding: "same", activation: "relu" }),
    tfl.layers.maxPooling2d({ poolSize: 2, strides: 2 }),
    tfl.layers.flatten(),
    tfl.layers.dense({ units: 500, activation: "relu" }),
    tfl.layers.dense({ units: 10, activation: "softmax" }),
  ];
}

function mlp(): tfl.layers.Layer[] {
  return [
    tfl.layers.dense({ units: 128, activation: "relu", inputShape: [784] }),
    tfl.layers.dense({ units: 128, activation: "relu" }),
    tfl.layers.dense({ units: 10, activation: "softmax" }),
  ];
}

function cae(): tfl.layers.Layer[] {
  const settings = { kernelSize: 3, padding: "same", activation: "relu" } as const;
  const convolution = (filters: number) => tfl.layers.conv2d({ ...settings, filters });
  const pooling = () => tfl.layers.maxPooling2d({ poolSize: 2, strides: 2, padding: "same" });
  const upSampling = () => tfl.layers.upSampling2d({ size: [2, 2] });
  return [
    tfl.layers.conv2d({ ...settings, filters: 16, inputShape: [28, 28, 1] }),
    pooling(),
    convolution(8),
    pooling(),
    convolution(8),
    pooling(),
    convolution(8),
    upSampling(),
    convolution(8),
    upSampling(),
    tfl.layers.conv2d({ ...settings, filters: 16, padding: "valid" }),
    upSampling(),
    tfl.layers.conv2d({ ...settings, filters: 1, activation: "sigmoid" }),
  ];
}

/**
 * hardSigmoid is the default there; the orthogonal initializer needs chained ops, and the weights are set
 * anyway.
 */
const LSTM = { units: 64, recurrentActivation: "sigmoid", recurrentInitializer: "glorotUniform" } as const;

function lstm(): tfl.layers.Layer[] {
  return [tfl.layers.lstm({ ...LSTM, inputShape: [50, 16] }), tfl.layers.dense({ units: 1 })];
}

/**
 * Keras's GRU of today, which resets the state after its product; the library's own knows the other order
 * only.
 */
class ResetAfterCell extends tfl.layers.RNNCell {
  static readonly className = "ResetAfterCell";
  readonly stateSize: number;

  constructor(private readonly units: number) {
    super({});
    this.stateSize = units;
  }

  override build(shape: tfl.Shape | tfl.Shape[]): void {
    const inputs = (shape as number[]).at(-1)!;
    const zeros = tfl.initializers.zeros();
    this.addWeight("kernel", [inputs, 3 * this.units], "float32", zeros);
    this.addWeight("recurrent_kernel", [this.units, 3 * this.units], "float32", zeros);
    this.addWeight("bias", [2, 3 * this.units], "float32", zeros);
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
    const [x, hidden] = inputs as [tf.Tensor2D, tf.Tensor2D];
    const [kernel, recurrentKernel, bias] = this.weights.map((weight) => weight.read()) as tf.Tensor2D[];
    const [inputBias, stateBias] = tf.unstack(bias!) as [tf.Tensor1D, tf.Tensor1D];
    const fromInputs = tf.split(tf.add(tf.matMul(x, kernel!), inputBias), 3, 1);
    const fromState = tf.split(tf.add(tf.matMul(hidden, recurrentKernel!), stateBias), 3, 1);
    const update = tf.sigmoid(tf.add(fromInputs[0]!, fromState[0]!));
    const reset = tf.sigmoid(tf.add(fromInputs[1]!, fromState[1]!));
    const candidate = tf.tanh(tf.add(fromInputs[2]!, tf.mul(reset, fromState[2]!)));
    const next = tf.add(candidate, tf.mul(update, tf.sub(hidden, candidate)));
    return [next, next];
  }
}

function si650(...between: tfl.layers.Layer[]): tfl.layers.Layer[] {
  return [
    tfl.layers.embedding({ inputDim: 2002, outputDim: 128, inputLength: 40 }),
    ...between,
    tfl.layers.dense({ units: 1, activation: "sigmoid" }),
  ];
}

const NETWORKS: Readonly<Record<TrainingName, () => tfl.layers.Layer[]>> = {
  cnn,
  mlp,
  cae,
  lstm,
  "si650-lstm": () => si650(tfl.layers.lstm(LSTM)),
  "si650-bilstm": () =>
    si650(tfl.layers.bidirectional({ layer: tfl.layers.lstm(LSTM) as tfl.RNN, mergeMode: "concat" })),
  "si650-gru": () => si650(tfl.layers.rnn({ cell: new ResetAfterCell(64) }) as tfl.layers.Layer),
  "si650-lstm-dropout": () =>
    si650(
      tfl.layers.spatialDropout1d({ rate: 0.2 }),
      tfl.layers.lstm({ ...LSTM, dropout: 0.2, recurrentDropout: 0.2 }),
    ),
};

/** The shared first weights; the first dense layer's rows are turned from (c, h, w) to (h, w, c). */
function initialWeights(work: TrainingWork): tf.Tensor[] {
  return work.layers.flatMap((layer, index) => {
    const weights = makeWeights(layer, index);
    const afterFlatten = layer.kind === "dense" && work.layers[index - 1]?.kind === "conv2d";
    if (afterFlatten) {
      weights[0]!.data = permute(weights[0]!.data, [50, 7, 7, layer.outputs], [1, 2, 0, 3]);
    }
    return weights.map(({ data, shape }) => tf.tensor(data, shape));
  });
}

/** A model and what trains it. */
export interface TrainedModel {
  model: tfl.Sequential;
  /** To be called before each step. */
  beforeStep: () => void;
}

/** TensorFlow.js's model for a work, channels last, with the shared first weights. */
export function makeModel(work: TrainingWork): TrainedModel {
  const model = tfl.sequential({ layers: NETWORKS[work.name]() });
  const optimizer = work.optimizer === "sgd" ? tf.train.sgd(0.01) : tf.train.adam(0.001, 0.9, 0.999, EPSILON);
  model.compile({ optimizer, loss: work.loss });
  model.setWeights(initialWeights(work));
  return { model, beforeStep: optimizer instanceof tf.AdamOptimizer ? kerasEpsilon(optimizer) : () => {} };
}

const EPSILON = 1e-7;

/** Keras adds epsilon before the bias correction, TensorFlow.js after it: this makes them the same update. */
function kerasEpsilon(optimizer: tf.AdamOptimizer): () => void {
  let count = 0;
  return () => {
    count++;
    Object.assign(optimizer, { epsilon: EPSILON / Math.sqrt(1 - 0.999 ** count) });
  };
}
