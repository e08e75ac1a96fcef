import { compile, ShapeError, type Tensor, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  Activation,
  AveragePooling2D,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  HeNormal,
  layerFromConfig,
  MaxPooling2D,
  Reshape,
} from "./index.js";
import { testLayer } from "./testing/test-layer.js";

const image = [2, 6, 5, 3];
const imageFirst = [2, 3, 6, 5];
const first = { dataFormat: "channelsFirst" } as const;
testLayer("Dense", () => new Dense(4, { activation: "tanh" }), [3, 5], { weights: ["kernel", "bias"] });
testLayer("Dense on time steps", () => new Dense(4, { biasInitializer: "ones" }), [3, 2, 5], {
  weights: ["kernel", "bias"],
});
testLayer(
  "Dense without bias",
  () => new Dense(1, { useBias: false, kernelInitializer: new HeNormal() }),
  [3, 5],
  { weights: ["kernel"] },
);
testLayer("Conv2D", () => new Conv2D(4, [3, 2], { activation: "relu" }), image, {
  weights: ["kernel", "bias"],
});
testLayer(
  "Conv2D channels first",
  () => new Conv2D(4, 3, { padding: "same", strides: [2, 1], ...first }),
  imageFirst,
  { weights: ["kernel", "bias"] },
);
testLayer("Conv2D dilated", () => new Conv2D(2, 2, { dilationRate: [2, 3], useBias: false }), image, {
  weights: ["kernel"],
});
testLayer("MaxPooling2D", () => new MaxPooling2D(), image);
testLayer(
  "MaxPooling2D channels first",
  () => new MaxPooling2D([3, 2], { strides: 2, padding: "same", ...first }),
  imageFirst,
);
testLayer("AveragePooling2D", () => new AveragePooling2D(2, { strides: 1 }), image);
testLayer(
  "AveragePooling2D channels first",
  () => new AveragePooling2D(3, { padding: "same", ...first }),
  imageFirst,
);
testLayer("Flatten", () => new Flatten(), image);
testLayer("Flatten channels first", () => new Flatten(first), imageFirst);
testLayer("Reshape", () => new Reshape([5, -1]), image);
testLayer("Activation", () => new Activation("softmax"), [3, 5]);
testLayer("Dropout", () => new Dropout(0.4), [30, 5]);
testLayer("Dropout of whole axes", () => new Dropout(0.4, { noiseShape: [null, 1], seed: 9 }), [30, 5]);
describe("Dropout", () => {
  const x = tensor(new Float32Array(20_000).fill(1), { shape: [2000, 10] });

  it("drops its share in training and scales the rest", () => {
    const values = new Dropout(0.25).apply(x, { training: true }).dataSync();
    const dropped = values.filter((value) => value === 0).length / values.length;
    // 20 000 draws: a standard deviation of 0.003.
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.015);
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
  });

  it("draws anew at each step of a compiled function, and leaves predictions alone", () => {
    const layer = new Dropout(0.5);
    const step = compile((input: Tensor) => layer.apply(input, { training: true }));
    expect(step(x).dataSync()).not.toEqual(step(x).dataSync());
    expect(layer.apply(x)).toBe(x);
  });

  it("drops whole axes under a noise shape", () => {
    const values = new Dropout(0.5, { noiseShape: [null, 1] }).apply(x, { training: true }).dataSync();
    for (let row = 0; row < 2000; row++) {
      expect(new Set(values.slice(row * 10, row * 10 + 10)).size).toBe(1);
    }
    expect(new Set(values).size).toBe(2);
  });
});

describe("layers", () => {
  it.each([
    [() => new Dense(0), /dense: bad units, got 0/],
    [() => new Dense(2).build([null]), /dense: the last axis must have a known size, got \(None,\)/],
    [() => new Conv2D(2.5, 3), /conv2d: bad filters, got 2.5/],
    [() => new Conv2D(2, [3, 0]), /kernelSize, got 0/],
    [() => new Conv2D(2, 3).computeOutputShape([null, 28, 28]), /got \(None, 28, 28\), expected 4 axes/],
    [
      () => new Conv2D(2, 5).computeOutputShape([null, 4, 9, 1]),
      /got input \(None, 4, 9, 1\).*over 5 places/,
    ],
    [
      () => new Reshape([3, 3]).computeOutputShape([null, 10]),
      /got input \(None, 10\), expected one of the size/,
    ],
    [() => new Reshape([-1, -1]), /at most one -1/],
  ])("refuse shapes that do not fit %#", (bad, message) => {
    expect(bad).toThrow(ShapeError);
    expect(bad).toThrow(message);
  });

  it.each([
    [() => new Activation("relo"), /unknown name, got "relo", expected one of linear, relu/],
    [() => new Dense(1, { kernelInitializer: "glorot" }), /got "glorot", expected one of zeros/],
    [() => new Dropout(1), /bad rate, got 1/],
    [() => layerFromConfig({ className: "Densse", config: {} }), /got "Densse", expected one of Activation/],
  ])("refuse names and settings that are unknown %#", (bad, message) => {
    expect(bad).toThrow(message);
  });
});
