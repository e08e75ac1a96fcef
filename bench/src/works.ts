import { type CountedLayer, cae, cnn, mlp, recurrent, si650, si650Bilstm } from "./networks.js";

export type { CountedLayer };

/** What a peer is asked to do. */
export type WorkName =
  | "gemm"
  | "mlp"
  | "cnn"
  | "cnn-inference"
  | "cae"
  | "lstm"
  | "si650-lstm"
  | "si650-bilstm"
  | "si650-gru"
  | "si650-lstm-dropout";

/** Works that train a network. */
export type TrainingName = Exclude<WorkName, "gemm" | "cnn-inference">;

/** A network to train: its counted layers in order, and how the lecture trains it. */
export interface TrainingWork {
  name: TrainingName;
  title: string;
  /** Samples a step where the command line does not say. */
  batch: number;
  inputShape: readonly number[];
  /** Outputs of a sample. */
  outputs: number;
  /** One-hot classes, numbers in [0, 1), zeros and ones, or the inputs themselves. */
  targets: "classes" | "numbers" | "bits" | "inputs";
  loss: "categoricalCrossentropy" | "binaryCrossentropy" | "meanSquaredError";
  /** SGD(0.01) or Adam(0.001), the latter with Keras's other settings. */
  optimizer: "sgd" | "adam";
  /** Rate of the masks that each program draws for itself; its losses cannot be compared then. */
  dropout?: number;
  /** Steps of an epoch on the data that the work stands for; the report then has a column for its time. */
  epochSteps?: number;
  layers: readonly CountedLayer[];
}

/** A forward pass alone: outputs of a batch as a user gets them from `predict`. */
export interface InferenceWork {
  name: "cnn-inference";
  title: string;
  /** Samples of the larger case; the other is one sample. */
  batch: number;
  network: TrainingWork;
}

/** The lecture's digit CNN: two 5x5 "same" convolutions with 2x2 max pooling, then two dense layers. */
export const CNN: TrainingWork = {
  name: "cnn",
  title: "digit CNN, training, Adam(0.001)",
  batch: 128,
  inputShape: [1, 28, 28],
  outputs: 10,
  targets: "classes",
  loss: "categoricalCrossentropy",
  optimizer: "adam",
  layers: cnn,
};

/** The lecture's digit MLP: 784-128-128-10. */
export const MLP: TrainingWork = {
  name: "mlp",
  title: "digit MLP 784-128-128-10, training, SGD(0.01)",
  batch: 128,
  inputShape: [784],
  outputs: 10,
  targets: "classes",
  loss: "categoricalCrossentropy",
  optimizer: "sgd",
  layers: mlp,
};

/** The lecture's convolutional autoencoder of digits: filters 16-8-8, then 8-8-16-1, all 3x3. */
export const CAE: TrainingWork = {
  name: "cae",
  title: "convolutional autoencoder 16-8-8 / 8-8-16, training, Adam(0.001)",
  batch: 128,
  inputShape: [1, 28, 28],
  outputs: 784,
  targets: "inputs",
  loss: "binaryCrossentropy",
  optimizer: "adam",
  layers: cae,
};

/** LSTM(64) over 50 steps of 16 features, a dense layer on its last state. */
export const LSTM: TrainingWork = {
  name: "lstm",
  title: "LSTM(64) on 50 steps of 16 features, training, Adam(0.001)",
  batch: 32,
  inputShape: [50, 16],
  outputs: 1,
  targets: "numbers",
  loss: "meanSquaredError",
  optimizer: "adam",
  layers: recurrent("lstm", 16, 50),
};

/**
 * The lecture's sentiment network without its dropout: 40 tokens of 2 002, Embedding(128), LSTM(64),
 * Dense(1).
 */
export const SI650_LSTM: TrainingWork = {
  name: "si650-lstm",
  title: "sentiment: Embedding(2002, 128), LSTM(64) on 40 tokens, training without dropout, Adam(0.001)",
  batch: 32,
  inputShape: [40],
  outputs: 1,
  targets: "bits",
  loss: "binaryCrossentropy",
  optimizer: "adam",
  epochSteps: 178,
  layers: si650("lstm"),
};

/** The same with two LSTMs, one from each end. */
export const SI650_BILSTM: TrainingWork = {
  ...SI650_LSTM,
  name: "si650-bilstm",
  title: "sentiment: Embedding(2002, 128), LSTM(64) both ways on 40 tokens, no dropout, Adam(0.001)",
  layers: si650Bilstm,
};

/** The same with a GRU in the LSTM's place. */
export const SI650_GRU: TrainingWork = {
  ...SI650_LSTM,
  name: "si650-gru",
  title: "sentiment: Embedding(2002, 128), GRU(64) on 40 tokens, training without dropout, Adam(0.001)",
  layers: si650("gru"),
};

/** The sentiment network with its dropout: whole channels of the embedding, inputs and states of the LSTM. */
export const SI650_LSTM_DROPOUT: TrainingWork = {
  ...SI650_LSTM,
  name: "si650-lstm-dropout",
  title: "sentiment: Embedding(2002, 128), LSTM(64) on 40 tokens, training with dropout 0.2, Adam(0.001)",
  dropout: 0.2,
};

export const TRAINING_WORKS: Readonly<Record<TrainingName, TrainingWork>> = {
  cnn: CNN,
  mlp: MLP,
  cae: CAE,
  lstm: LSTM,
  "si650-lstm": SI650_LSTM,
  "si650-bilstm": SI650_BILSTM,
  "si650-gru": SI650_GRU,
  "si650-lstm-dropout": SI650_LSTM_DROPOUT,
};

/** Outputs of the digit CNN. */
export const CNN_INFERENCE: InferenceWork = {
  name: "cnn-inference",
  title: "digit CNN, inference, probabilities read on the host",
  batch: 128,
  network: CNN,
};

/** A product of float32 matrices: `[rows, inner]` by `[inner, columns]`. */
export interface GemmShape {
  rows: number;
  inner: number;
  columns: number;
}

/** Sizes of the square float32 products of `gemm`. */
export const GEMM_SIZES: readonly number[] = [128, 256, 512, 1024];

/** The product of `gemm` that is no square: the digit CNN's large dense layer. */
export const DENSE_PRODUCT: GemmShape = { rows: 128, inner: 2450, columns: 500 };

/** The label of a product, as it stands in reports and protocol lines; a number is a square's side. */
export function gemmCase(shape: number | GemmShape): string {
  if (typeof shape === "number") return `gemm ${shape}`;
  const { rows, inner, columns } = shape;
  if (rows === inner && inner === columns) return `gemm ${rows}`;
  return `gemm ${rows}x${inner}x${columns}`;
}
