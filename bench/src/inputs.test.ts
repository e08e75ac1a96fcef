import { describe, expect, it } from "vitest";
import { kernelShape, makeBatch, makeKernel, makeWeights, permute, uniform } from "./inputs.js";
import { CNN, LSTM } from "./works.js";

describe("inputs", () => {
  it("are uniform in [0, 1), differ between streams and repeat", () => {
    const draws = uniform(1, 100_000);
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const square = draws.reduce((sum, value) => sum + value * value, 0) / draws.length;
    expect(mean).toBeCloseTo(1 / 2, 2);
    expect(square).toBeCloseTo(1 / 3, 2);
    expect(Math.max(...draws.subarray(0, 50_000))).toBeLessThan(1);
    expect(uniform(1, 64)).toEqual(draws.slice(0, 64));
    expect(uniform(2, 64)).not.toEqual(draws.slice(0, 64));
  });

  it("label every sample once", () => {
    const { images, labels } = makeBatch(CNN, 32);
    expect(images.length).toBe(32 * 784);
    for (let sample = 0; sample < 32; sample++) {
      const row = [...labels.subarray(sample * 10, sample * 10 + 10)];
      expect(row.filter((value) => value === 1)).toHaveLength(1);
      expect(row.filter((value) => value === 0)).toHaveLength(9);
    }
  });

  it("give an LSTM its three weights, the forget gates' bias 1", () => {
    const [kernel, recurrent, bias] = makeWeights(LSTM.layers[0]!, 0);
    expect([kernel!.shape, recurrent!.shape, bias!.shape]).toEqual([[16, 256], [64, 256], [256]]);
    expect([kernel!.data.length, recurrent!.data.length]).toEqual([16 * 256, 64 * 256]);
    expect([...bias!.data].map((value, at) => value === (at >= 64 && at < 128 ? 1 : 0))).not.toContain(false);
    expect(makeBatch(LSTM, 3).labels.length).toBe(3);
  });

  it("draw kernels within the Glorot limit", () => {
    const layer = CNN.layers[1]!;
    expect(kernelShape(layer)).toEqual([5, 5, 20, 50]);
    const kernel = makeKernel(layer, 1);
    const limit = Math.sqrt(6 / (25 * 70));
    expect(kernel.length).toBe(25_000);
    expect(kernel.every((value) => Math.abs(value) <= limit)).toBe(true);
    expect(kernel.some((value) => Math.abs(value) > 0.99 * limit)).toBe(true);
  });

  it("permute axes as NumPy's transpose does", () => {
    const values = Float32Array.from({ length: 24 }, (_, index) => index);
    const turned = permute(values, [2, 3, 4], [2, 0, 1]);
    for (let a = 0; a < 2; a++)
      for (let b = 0; b < 3; b++)
        for (let c = 0; c < 4; c++) expect(turned[(c * 2 + a) * 3 + b]).toBe(values[(a * 3 + b) * 4 + c]);
  });
});
