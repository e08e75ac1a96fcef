/** A layer with arithmetic that is counted; everything else in a network is not (see flops.ts). */
export type CountedLayer =
  | { kind: "dense"; inputs: number; outputs: number }
  | {
      kind: "conv2d";
      inputChannels: number;
      outputChannels: number;
      kernelSize: number;
      outputHeight: number;
      outputWidth: number;
    }
  | { kind: "lstm"; inputs: number; units: number; steps: number };

/** What a peer is asked to do. `memory` runs this project only. */
export type WorkName = "cnn" | "mlp" | "lstm" | "gemm";

/** A network to train: its counted layers in order, and how the lecture trains it. */
export interface TrainingWork {
  name: Exclude<WorkName, "gemm">;
  title: string;
  /** Samples a step where the command line does not say. */
  batch: number;
  inputShape: readonly number[];
  /** Outputs: classes with cross-entropy, or numbers with the mean squared error. */
  outputs: number;
  loss: "categoricalCrossentropy" | "meanSquaredError";
  layers: readonly CountedLayer[];
}

/** The lecture's digit CNN: two 5x5 "same" convolutions with 2x2 max pooling, then two dense layers. */
export const CNN: TrainingWork = {
  name: "cnn",
  title: "digit CNN, training, Adam(0.001)",
  batch: 128,
  inputShape: [1, 28, 28],
  outputs: 10,
  loss: "categoricalCrossentropy",
  layers: [
    {
      kind: "conv2d",
      inputChannels: 1,
      outputChannels: 20,
      kernelSize: 5,
      outputHeight: 28,
      outputWidth: 28,
    },
    {
      kind: "conv2d",
      inputChannels: 20,
      outputChannels: 50,
      kernelSize: 5,
      outputHeight: 14,
      outputWidth: 14,
    },
    { kind: "dense", inputs: 50 * 7 * 7, outputs: 500 },
    { kind: "dense", inputs: 500, outputs: 10 },
  ],
};

/** The lecture's digit MLP: 784-128-128-10. */
export const MLP: TrainingWork = {
  name: "mlp",
  title: "digit MLP 784-128-128-10, training, SGD(0.01)",
  batch: 128,
  inputShape: [784],
  outputs: 10,
  loss: "categoricalCrossentropy",
  layers: [
    { kind: "dense", inputs: 784, outputs: 128 },
    { kind: "dense", inputs: 128, outputs: 128 },
    { kind: "dense", inputs: 128, outputs: 10 },
  ],
};

/** LSTM(64) over 50 steps of 16 features, a dense layer on its last state. */
export const LSTM: TrainingWork = {
  name: "lstm",
  title: "LSTM(64) on 50 steps of 16 features, training, Adam(0.001)",
  batch: 32,
  inputShape: [50, 16],
  outputs: 1,
  loss: "meanSquaredError",
  layers: [
    { kind: "lstm", inputs: 16, units: 64, steps: 50 },
    { kind: "dense", inputs: 64, outputs: 1 },
  ],
};

export const TRAINING_WORKS: Readonly<Record<TrainingWork["name"], TrainingWork>> = {
  cnn: CNN,
  mlp: MLP,
  lstm: LSTM,
};

/** Sizes of the square float32 products of `gemm`. */
export const GEMM_SIZES: readonly number[] = [256, 512, 1024];

/** The label of one gemm size, as it stands in reports and protocol lines. */
export function gemmCase(size: number): string {
  return `gemm ${size}`;
}
