import type { CountedLayer, GemmShape, TrainingWork } from "./works.js";

/** How work is counted, in words; printed with every report. */
export const FLOPS_STATEMENT = [
  "GFLOP count (bench/src/flops.ts): multiply + add = 2; products of dense, convolution and recurrent",
  "layers only; forward + weight gradient for every layer, + input gradient for every layer but the",
  "first (a recurrent layer's state has one always). Inference: forward alone.",
  "dense: 2 batch inputs outputs; conv2d: 2 batch outputHeight outputWidth outputChannels inputChannels",
  "kernelSize^2, padded borders counted as if they were computed; lstm: 2 batch steps 4 units",
  "(inputs + units), gru: three quarters of it; embedding, pooling, up-sampling, losses, optimizer:",
  "nothing. gemm: 2 rows inner columns.",
].join("\n");

/** Products that a recurrent layer needs for each unit. */
const GATES = { lstm: 4, gru: 3 } as const;

/** Floating-point operations of one layer's forward pass. */
export function forwardFlops(layer: CountedLayer, batch: number): number {
  switch (layer.kind) {
    case "dense":
      return 2 * batch * layer.inputs * layer.outputs;
    case "embedding":
      return 0;
    case "lstm":
    case "gru":
      return 2 * GATES[layer.kind] * batch * layer.steps * layer.units * (layer.inputs + layer.units);
    case "conv2d": {
      const positions = layer.outputHeight * layer.outputWidth;
      return 2 * batch * positions * layer.outputChannels * layer.inputChannels * layer.kernelSize ** 2;
    }
  }
}

/**
 * Floating-point operations of one training step.
 *
 * Forward, input gradient and weight gradient of a contraction have the same count; the first layer's input
 * gradient is not needed, so it is not counted: sum over layers of `forward * (first ? 2 : 3)`. The
 * recurrent product of a first LSTM or GRU is counted thrice all the same: its input is the state.
 */
export function trainingFlops(work: TrainingWork, batch: number): number {
  let total = 0;
  work.layers.forEach((layer, index) => {
    total += forwardFlops(layer, batch) * (index === 0 ? 2 : 3);
    if (index === 0 && (layer.kind === "lstm" || layer.kind === "gru"))
      total += forwardFlops({ ...layer, inputs: 0 }, batch);
  });
  return total;
}

/** Floating-point operations of one forward pass. */
export function inferenceFlops(work: TrainingWork, batch: number): number {
  return work.layers.reduce((total, layer) => total + forwardFlops(layer, batch), 0);
}

/** Floating-point operations of a product; a number is a square's side. */
export function gemmFlops(shape: number | GemmShape): number {
  if (typeof shape === "number") return 2 * shape ** 3;
  return 2 * shape.rows * shape.inner * shape.columns;
}
