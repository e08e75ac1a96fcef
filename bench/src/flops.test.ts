import { describe, expect, it } from "vitest";
import { forwardFlops, gemmFlops, inferenceFlops, trainingFlops } from "./flops.js";
import { CAE, CNN, DENSE_PRODUCT, LSTM, MLP, SI650_GRU, SI650_LSTM } from "./works.js";

describe("the count of floating-point operations", () => {
  it("counts a dense layer as two operations per weight and sample", () => {
    expect(forwardFlops({ kind: "dense", inputs: 3, outputs: 5 }, 7)).toBe(2 * 3 * 5 * 7);
  });

  it("agrees with a convolution counted one multiply-add at a time", () => {
    const layer = { inputChannels: 2, outputChannels: 3, kernelSize: 5, outputHeight: 4, outputWidth: 6 };
    let operations = 0;
    for (let sample = 0; sample < 2; sample++)
      for (let position = 0; position < 4 * 6; position++)
        for (let output = 0; output < 3; output++)
          for (let input = 0; input < 2; input++) for (let tap = 0; tap < 25; tap++) operations += 2;
    expect(forwardFlops({ kind: "conv2d", ...layer }, 2)).toBe(operations);
  });

  it("leaves out the first layer's input gradient", () => {
    const dense = { kind: "dense", inputs: 4, outputs: 4 } as const;
    const one = forwardFlops(dense, 1);
    expect(trainingFlops({ ...MLP, layers: [dense] }, 1)).toBe(2 * one);
    expect(trainingFlops({ ...MLP, layers: [dense, dense] }, 1)).toBe(5 * one);
  });

  it("counts the recurrent product of a first LSTM three times, that of its inputs twice", () => {
    const layer = { kind: "lstm", inputs: 3, units: 5, steps: 7 } as const;
    expect(forwardFlops(layer, 2)).toBe(2 * 2 * 7 * 4 * 5 * (3 + 5));
    const [inner, recurrent] = [2 * 2 * 7 * 20 * 3, 2 * 2 * 7 * 20 * 5];
    expect(trainingFlops({ ...MLP, layers: [layer] }, 2)).toBe(2 * inner + 3 * recurrent);
    expect(trainingFlops(LSTM, 32) / 1e6).toBeCloseTo(183.513, 2);
  });

  it("counts three products a unit for a GRU, and nothing for an embedding, which has no contraction", () => {
    const gru = { kind: "gru", inputs: 3, units: 5, steps: 7 } as const;
    expect(forwardFlops(gru, 2)).toBe(2 * 2 * 7 * 3 * 5 * (3 + 5));
    expect(forwardFlops({ kind: "embedding", inputs: 2002, outputs: 128 }, 32)).toBe(0);
    // Behind an embedding a recurrent layer has an input gradient.
    const rows = 2 * 32 * 40;
    const dense = 3 * 2 * 32 * 64;
    expect(trainingFlops(SI650_LSTM, 32)).toBe(3 * rows * 256 * (128 + 64) + dense);
    expect(trainingFlops(SI650_GRU, 32)).toBe(3 * rows * 192 * (128 + 64) + dense);
  });

  it("counts the autoencoder's convolutions where they stand, after pooling and up-sampling", () => {
    const [first, ...others] = [
      28 * 28 * 1 * 16,
      14 * 14 * 16 * 8,
      7 * 7 * 8 * 8,
      4 * 4 * 8 * 8,
      8 * 8 * 8 * 8,
      14 * 14 * 8 * 16,
      28 * 28 * 16 * 1,
    ].map((products) => 2 * 9 * products * 128);
    const rest = others.reduce((sum, flops) => sum + flops, 0);
    expect(inferenceFlops(CAE, 128)).toBe(first! + rest);
    expect(trainingFlops(CAE, 128)).toBe(2 * first! + 3 * rest);
  });

  it("gives the figures that the reports show at batch 128", () => {
    expect(trainingFlops(CNN, 128) / 1e9).toBeCloseTo(4.9081, 3);
    expect(trainingFlops(MLP, 128) / 1e6).toBeCloseTo(64.946, 2);
    expect(inferenceFlops(CNN, 128)).toBe(128 * 2 * (392_000 + 4_900_000 + 1_225_000 + 5_000));
    expect(gemmFlops(512)).toBe(268_435_456);
    expect(gemmFlops(DENSE_PRODUCT)).toBe(2 * 128 * 2450 * 500);
  });
});
