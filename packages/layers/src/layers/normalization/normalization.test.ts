import { add, compile, grad, multiply, sum, type Tensor, tensor, valueAndGrad, zeros } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  BatchNormalization,
  Dense,
  Embedding,
  Flatten,
  GroupNormalization,
  type Layer,
  LayerNormalization,
  Masking,
  maskOf,
  RMSNormalization,
  Sequential,
  SpectralNormalization,
  UnitNormalization,
} from "../../index.js";
import { normalValues, testLayer } from "../../testing/test-layer.js";
import { moments, normalize } from "./moments.js";

const batchWeights = { weights: ["gamma", "beta", "moving_mean", "moving_variance"] };
const affine = { weights: ["gamma", "beta"] };
testLayer("BatchNormalization", () => new BatchNormalization(), [6, 4], batchWeights);
testLayer(
  "BatchNormalization of channels first",
  () => new BatchNormalization({ axis: 1, momentum: 0.8, gammaRegularizer: "l2", betaConstraint: "nonNeg" }),
  [3, 4, 2, 2],
  batchWeights,
);
testLayer("BatchNormalization alone", () => new BatchNormalization({ center: false, scale: false }), [6, 4], {
  weights: ["moving_mean", "moving_variance"],
});
testLayer("LayerNormalization", () => new LayerNormalization(), [2, 3, 5], affine);
testLayer(
  "LayerNormalization of two axes",
  () => new LayerNormalization({ axis: [1, 2] }),
  [2, 3, 5],
  affine,
);
testLayer("LayerNormalization, rmsScaling", () => new LayerNormalization({ rmsScaling: true }), [2, 5], {
  weights: ["gamma"],
});
testLayer("GroupNormalization", () => new GroupNormalization({ groups: 2 }), [2, 3, 3, 4], affine);
testLayer(
  "GroupNormalization of instances",
  () => new GroupNormalization({ groups: -1, axis: 1 }),
  [2, 3, 4],
  affine,
);
testLayer("RMSNormalization", () => new RMSNormalization(), [2, 3, 5], { weights: ["scale"] });
testLayer("UnitNormalization", () => new UnitNormalization({ axis: [1, 2] }), [2, 3, 5]);
testLayer(
  "SpectralNormalization",
  () => new SpectralNormalization(new Dense(3), { powerIterations: 2 }),
  [4, 5],
  {
    weights: ["dense/kernel", "vector_u", "dense/bias"],
  },
);

describe("BatchNormalization", () => {
  const x = normalValues([64, 3]).multiply(2).add(5);

  it("normalizes with what it has learned of earlier batches", () => {
    const layer = new BatchNormalization({ momentum: 0.5 });
    const step = compile((batch: Tensor) => layer.apply(batch, { training: true }));
    for (let k = 0; k < 20; k++) step(x);
    const [, , mean, variance] = layer.weights.map((weight) => weight.dataSync());
    const own = moments(x, [0]);
    own.mean.dataSync().forEach((value, k) => {
      // 0.5^20 of the first value is left.
      expect(mean![k]).toBeCloseTo(value, 4);
      expect(variance![k]).toBeCloseTo(own.variance.dataSync()[k]!, 4);
    });
    const predicted = layer.apply(x).dataSync();
    step(x)
      .dataSync()
      .forEach((value, k) => {
        expect(predicted[k]).toBeCloseTo(value, 3);
      });
  });

  it("changes nothing in predictions, nor where it is frozen", () => {
    const layer = new BatchNormalization();
    layer.build([null, 3]);
    const state = () => layer.weights.map((weight) => [...weight.dataSync()]);
    const before = state();
    layer.apply(x);
    layer.trainable = false;
    expect([...layer.apply(x, { training: true }).dataSync()]).toEqual([...layer.apply(x).dataSync()]);
    expect(state()).toEqual(before);
    layer.trainable = true;
    layer.apply(x, { training: true });
    expect(state()).not.toEqual(before);
  });

  it("is frozen with the model that it is in", () => {
    const layer = new BatchNormalization();
    const model = new Sequential([new Sequential([new Dense(3), layer])]);
    const before = [...model.apply(x, { training: false }).dataSync()];
    model.trainable = false;
    expect([...model.apply(x, { training: true }).dataSync()]).toEqual(before);
    model.trainable = true;
    expect([...model.apply(x, { training: true }).dataSync()]).not.toEqual(before);
  });

  it("leaves masked places out of the statistics, whatever is there", () => {
    const steps = [1, 2, 3, 4, 5, 6, 0, 0];
    const layers = [0, 1e30].map((padding) => {
      const values = tensor(Float32Array.from([...steps.slice(0, 6), padding, padding]), {
        shape: [2, 2, 2],
      });
      const layer = new BatchNormalization();
      layer.apply(values, {
        training: true,
        mask: tensor([
          [1, 1],
          [1, 0],
        ]),
      });
      return layer.weights.map((weight) => [...weight.dataSync()]);
    });
    expect(layers[0]).toEqual(layers[1]);
    expect(layers[0]![2]![0]).toBeCloseTo(0.01 * 3, 6);
  });
});

describe("moments", () => {
  const data = Float64Array.of(0.3, -1.2, 0.7, 2.1, 0.4, -0.6);
  const given = tensor(data, { shape: [2, 3], dtype: "float64" });
  const weights = tensor(Float64Array.of(1, -2, 0.5, 3, 1, -1), { shape: [2, 3], dtype: "float64" });
  const loss = (x: Tensor): Tensor => sum(multiply(normalize(moments(x, [1]), 0.1), multiply(weights, x)));

  it("have the right second derivative", () => {
    const slope = (x: Tensor): Tensor => sum(multiply(grad(loss)(x), weights));
    const slopes = grad(slope)(given).dataSync();
    data.forEach((_, index) => {
      const at = (by: number): number => {
        const moved = data.map((value, k) => (k === index ? value + by : value));
        return slope(tensor(moved, { shape: [2, 3], dtype: "float64" })).dataSync()[0]!;
      };
      // Central differences: an error of 1e-4^2, and of 1e-16 / 1e-4 by rounding.
      expect(slopes[index]).toBeCloseTo((at(1e-4) - at(-1e-4)) / 2e-4, 6);
    });
  });

  it("lose no digits to a large mean", () => {
    const far = tensor([[1_000_000, 1_000_001, 1_000_002, 1_000_003]]);
    expect([...moments(far, [1]).variance.dataSync()]).toEqual([1.25]);
  });
});

describe("SpectralNormalization", () => {
  it("ends at a largest singular value of 1", () => {
    const layer = new SpectralNormalization(new Dense(3, { kernelInitializer: "heNormal", useBias: false }));
    const x = normalValues([2, 3]);
    const step = compile((batch: Tensor) => layer.apply(batch, { training: true }));
    for (let k = 0; k < 60; k++) step(x);
    const kernel = layer.weights[0]!.dataSync();
    // The power of the matrix K^T K, whose largest eigenvalue is the square of the singular value.
    let vector = [1, 1, 1];
    let length = 0;
    for (let k = 0; k < 200; k++) {
      const rows = [0, 1, 2].map((row) =>
        vector.reduce((total, v, column) => total + v * kernel[row * 3 + column]!, 0),
      );
      vector = [0, 1, 2].map((column) =>
        rows.reduce((total, v, row) => total + v * kernel[row * 3 + column]!, 0),
      );
      length = Math.hypot(...vector);
      vector = vector.map((value) => value / length);
    }
    expect(Math.sqrt(length)).toBeCloseTo(1, 4);
  });

  it("leaves the kernel alone in predictions, hands masks on, and can be wrapped around Embedding", () => {
    const layer = new SpectralNormalization(new Embedding(4, 2, { maskZero: true }));
    const indices = tensor([[0, 3, 1]], { dtype: "int32" });
    const y = layer.apply(indices);
    expect([...maskOf(y)!.dataSync()].map(Boolean)).toEqual([false, true, true]);
    const before = [...layer.weights[0]!.dataSync()];
    layer.apply(indices);
    expect([...layer.weights[0]!.dataSync()]).toEqual(before);
    layer.apply(indices, { training: true });
    expect([...layer.weights[0]!.dataSync()]).not.toEqual(before);
  });
});

describe("normalization layers", () => {
  it("leave zeros alone, with gradients that are numbers", () => {
    const layers: Layer[] = [
      new LayerNormalization(),
      new RMSNormalization(),
      new UnitNormalization(),
      new GroupNormalization({ groups: 1 }),
    ];
    for (const layer of layers) {
      const { value, grads } = valueAndGrad((x: Tensor) => sum(layer.apply(x)))(zeros([2, 2]));
      expect(value.dataSync()[0]).toBe(0);
      expect([...grads.dataSync()].every(Number.isFinite), layer.className).toBe(true);
    }
  });

  it("hand masks on, but for RMSNormalization, as in Keras", () => {
    const x = add(
      tensor([
        [
          [0, 0],
          [1, 2],
        ],
      ]),
      0,
    );
    const masked = new Masking().apply(x);
    for (const layer of [new BatchNormalization(), new LayerNormalization(), new UnitNormalization()]) {
      expect(maskOf(layer.apply(masked)), layer.className).toBeDefined();
    }
    expect(maskOf(new RMSNormalization().apply(masked))).toBeUndefined();
  });

  it.each([
    [
      () => new BatchNormalization({ axis: 3 }).build([null, 4]),
      /batch_normalization: bad axis, got 3 for \(None, 4\)/,
    ],
    [() => new BatchNormalization().build([null, null]), /axis 1 must have a known size, got \(None, None\)/],
    [
      () => new BatchNormalization().apply(tensor([[1, 2]]), { training: true, mask: tensor([[1, 1]]) }),
      /the mask does not fit, got \[1,2\] for inputs \[1,2\], expected \[1\]/,
    ],
    [() => BatchNormalization.fromConfig({ renorm: true }), /got renorm true/],
    [
      () => new LayerNormalization({ axis: [1, -1] }).build([null, 4]),
      /bad axis, got \[1,-1\] for \(None, 4\)/,
    ],
    [() => new GroupNormalization({ groups: 0 }), /bad groups, got 0/],
    [
      () => new GroupNormalization({ groups: 3 }).build([null, 4]),
      /got \(None, 4\) with axis -1 and 3 groups/,
    ],
    [() => new SpectralNormalization(new Dense(2), { powerIterations: 0 }), /bad powerIterations, got 0/],
    [
      () => new SpectralNormalization(new Flatten()).build([null, 2]),
      /nothing to normalize, got Flatten with weights \[\]/,
    ],
  ])("refuse what they cannot use %#", (bad, message) => {
    expect(bad).toThrow(message);
  });
});
