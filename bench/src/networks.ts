/**
 * A layer with arithmetic that is counted, or with weights; everything else in a network is neither (see
 * flops.ts).
 */
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
  | { kind: "embedding"; inputs: number; outputs: number }
  | { kind: "lstm" | "gru"; inputs: number; units: number; steps: number };

function conv2d(
  inputChannels: number,
  outputChannels: number,
  kernelSize: number,
  side: number,
): CountedLayer {
  return {
    kind: "conv2d",
    inputChannels,
    outputChannels,
    kernelSize,
    outputHeight: side,
    outputWidth: side,
  };
}

/** Counted layers of the lecture's digit CNN. */
export const cnn: readonly CountedLayer[] = [
  conv2d(1, 20, 5, 28),
  conv2d(20, 50, 5, 14),
  { kind: "dense", inputs: 50 * 7 * 7, outputs: 500 },
  { kind: "dense", inputs: 500, outputs: 10 },
];

/** Counted layers of the lecture's digit MLP. */
export const mlp: readonly CountedLayer[] = [
  { kind: "dense", inputs: 784, outputs: 128 },
  { kind: "dense", inputs: 128, outputs: 128 },
  { kind: "dense", inputs: 128, outputs: 10 },
];

/**
 * Convolutions of the convolutional autoencoder of digits.
 *
 * Pooling by 2 with padding "same" stands behind each of the first three (28, 14, 7, 4), up-sampling by 2
 * behind each of the next three (4, 8, 16, 28); the sixth has padding "valid", so that 16 becomes 14.
 */
export const cae: readonly CountedLayer[] = [
  conv2d(1, 16, 3, 28),
  conv2d(16, 8, 3, 14),
  conv2d(8, 8, 3, 7),
  conv2d(8, 8, 3, 4),
  conv2d(8, 8, 3, 8),
  conv2d(8, 16, 3, 14),
  conv2d(16, 1, 3, 28),
];

/** 64 recurrent units, a dense layer on the last state. */
export function recurrent(kind: "lstm" | "gru", inputs: number, steps: number): readonly CountedLayer[] {
  return [
    { kind, inputs, units: 64, steps },
    { kind: "dense", inputs: 64, outputs: 1 },
  ];
}

/** The lecture's sentiment network: vocabulary 2 002, 128 numbers a token, 40 tokens. */
export function si650(kind: "lstm" | "gru"): readonly CountedLayer[] {
  return [{ kind: "embedding", inputs: 2002, outputs: 128 }, ...recurrent(kind, 128, 40)];
}

/** The same with two recurrences, whose last states stand side by side. */
export const si650Bilstm: readonly CountedLayer[] = [
  ...si650("lstm").slice(0, 2),
  { kind: "lstm", inputs: 128, units: 64, steps: 40 },
  { kind: "dense", inputs: 128, outputs: 1 },
];
