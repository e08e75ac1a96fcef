import { describe, expect, it } from "vitest";
import { kernelShape, makeBatch, makeKernel, makeWeights, permute, uniform } from "./inputs.js";
import { CAE, CNN, LSTM, SI650_GRU, SI650_LSTM, TRAINING_WORKS } from "./works.js";

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

  it("give a sentiment network sentences behind padding, small tokens more often, and zeros and ones to learn", () => {
    const { images, imagesShape, labels, labelsShape } = makeBatch(SI650_LSTM, 512);
    expect([imagesShape, labelsShape]).toEqual([
      [512, 40],
      [512, 1],
    ]);
    expect(images.every((token) => Number.isInteger(token) && token >= 0 && token < 2002)).toBe(true);
    const words = images.filter((token) => token > 0);
    // Means of 1 to 21 words, and of one word in ln 2000 for the most frequent one.
    expect(words.length / 512).toBeCloseTo(11, 0);
    expect(words.filter((token) => token === 2).length / words.length).toBeCloseTo(
      Math.log(2) / Math.log(2000),
      1,
    );
    expect(words.includes(1)).toBe(false);
    expect(Math.max(...images)).toBeGreaterThan(1900);
    const padding = Array.from({ length: 512 }, (_, sample) =>
      images.subarray(40 * sample, 40 * (sample + 1)),
    );
    expect(
      padding.every((row) => row.indexOf(0) <= 0 && row.lastIndexOf(0) < row.findIndex((x) => x > 0)),
    ).toBe(true);
    expect([...new Set(labels)].sort()).toEqual([0, 1]);
    const [embedding] = makeWeights(SI650_LSTM.layers[0]!, 0);
    expect(embedding!.shape).toEqual([2002, 128]);
    expect(embedding!.data.every((value) => Math.abs(value) <= 0.05)).toBe(true);
    expect(makeWeights(SI650_GRU.layers[1]!, 1).map(({ shape }) => shape)).toEqual([
      [128, 192],
      [64, 192],
      [2, 192],
    ]);
  });

  it("let the autoencoder learn its own, mostly dark, pictures", () => {
    const { images, imagesShape, labels, labelsShape } = makeBatch(CAE, 16);
    expect(labels).toBe(images);
    expect(labelsShape).toEqual(imagesShape);
    expect(images.reduce((sum, value) => sum + value, 0) / images.length).toBeCloseTo(1 / 5, 1);
  });

  it("have as many numbers as their shapes say, for every work", () => {
    for (const work of Object.values(TRAINING_WORKS)) {
      const { images, imagesShape, labels, labelsShape } = makeBatch(work, 3);
      const weights = work.layers.flatMap(makeWeights);
      const pairs = [{ data: images, shape: imagesShape }, { data: labels, shape: labelsShape }, ...weights];
      for (const { data, shape } of pairs) expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
      // The convolutional network's figure is the one in its printed summary.
      if (work === CNN) expect(weights.reduce((sum, { data }) => sum + data.length, 0)).toBe(1_256_080);
    }
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
