import type { CountedLayer, TrainingWork } from "./works.js";

/** How work is counted, in words; printed with every report. */
export const FLOPS_STATEMENT = [
  "GFLOP count (bench/src/flops.ts): multiply + add = 2; products of dense, convolution and LSTM layers only;",
  "forward + weight gradient for every layer, + input gradient for every layer but the first (an LSTM's state",
  "has one always).",
  "dense: 2 batch inputs outputs; conv2d: 2 batch outputHeight outputWidth outputChannels inputChannels",
  "kernelSize^2, padded borders counted as if they were computed; lstm: 2 batch steps 4 units (inputs + units).",
  "gemm: 2 n^3.",
].join("\n");

/** Floating-point operations of one layer's forward pass. */
export function forwardFlops(layer: CountedLayer, batch: number): number {
  if (layer.kind === "dense") return 2 * batch * layer.inputs * layer.outputs;
  if (layer.kind === "lstm") return 8 * batch * layer.steps * layer.units * (layer.inputs + layer.units);
  const positions = layer.outputHeight * layer.outputWidth;
  return 2 * batch * positions * layer.outputChannels * layer.inputChannels * layer.kernelSize ** 2;
}

/**
 * Floating-point operations of one training step.
 *
 * Forward, input gradient and weight gradient of a contraction have the same count; the first layer's input gradient
 * is not needed, so it is not counted: sum over layers of `forward * (first ? 2 : 3)`. The recurrent product of a
 * first LSTM is counted thrice all the same: its input is the state.
 */
export function trainingFlops(work: TrainingWork, batch: number): number {
  let total = 0;
  work.layers.forEach((layer, index) => {
    total += forwardFlops(layer, batch) * (index === 0 ? 2 : 3);
    if (index === 0 && layer.kind === "lstm") total += forwardFlops({ ...layer, inputs: 0 }, batch);
  });
  return total;
}

/** Floating-point operations of a square product of size n: `2 n^3`. */
export function gemmFlops(size: number): number {
  return 2 * size ** 3;
}
