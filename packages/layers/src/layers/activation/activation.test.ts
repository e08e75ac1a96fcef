import { grad, multiply, square, subtract, sum, type Tensor, tanh, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  Activation,
  Dense,
  ELU,
  keptLogits,
  LeakyReLU,
  layerFromConfig,
  Masking,
  maskOf,
  PReLU,
  ReLU,
  resolveActivation,
  Softmax,
} from "../../index.js";
import { testLayer } from "../../testing/test-layer.js";

testLayer("Activation", () => new Activation("softmax"), [3, 5]);
testLayer("Activation glu", () => new Activation("glu"), [3, 2, 6]);
testLayer("Activation sparsemax", () => new Activation("sparsemax"), [3, 5]);
testLayer("ReLU", () => new ReLU(), [3, 5]);
testLayer(
  "ReLU of all settings",
  () => new ReLU({ maxValue: 1, negativeSlope: 0.1, threshold: 0.2 }),
  [3, 5],
);
testLayer("LeakyReLU", () => new LeakyReLU(), [3, 5]);
testLayer("ELU", () => new ELU({ alpha: 0.5 }), [3, 5]);
testLayer(
  "PReLU",
  () => new PReLU({ alphaInitializer: "ones", alphaRegularizer: "l2", alphaConstraint: "nonNeg" }),
  [30, 5],
  {
    weights: ["alpha"],
  },
);
testLayer("PReLU shared", () => new PReLU({ alphaInitializer: "ones", sharedAxes: [1, 2] }), [2, 4, 3, 2], {
  weights: ["alpha"],
});
testLayer("Softmax", () => new Softmax(), [3, 5]);
testLayer("Softmax over two axes", () => new Softmax({ axis: [1, -1] }), [2, 3, 2]);

describe("sparsemax", () => {
  const sparsemax = resolveActivation("sparsemax").apply;
  const x = tensor([
    [0.3, 0.1, -0.2, 0.25],
    [3, 1, 1, 1],
    [0.5, 0.5, 0.5, 0.5],
  ]);

  it("gives probabilities, by hand", () => {
    // Of row 0 all but -0.2 are in the support: the threshold is (0.3 + 0.1 + 0.25 - 1) / 3.
    const threshold = (0.65 - 1) / 3;
    const row = [0.3 - threshold, 0.1 - threshold, 0, 0.25 - threshold];
    const expected = [...row, 1, 0, 0, 0, 0.25, 0.25, 0.25, 0.25];
    [...sparsemax(x).dataSync()].forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index]!, 6);
    });
  });

  it("is the projection on probabilities: no other ones are nearer", () => {
    const [row] = [tensor([[0.9, -0.3, 0.4, 0.35, 0.2]])];
    const nearest = sparsemax(row);
    const distance = (p: Tensor): number => sum(square(subtract(p, row))).dataSync()[0]!;
    const least = distance(nearest);
    expect(sum(nearest).dataSync()[0]).toBeCloseTo(1, 6);
    const values = [...nearest.dataSync()];
    for (let from = 0; from < 5; from++) {
      for (let to = 0; to < 5; to++) {
        const moved = values.map((value, k) => value + (k === to ? 0.01 : 0) - (k === from ? 0.01 : 0));
        if (from === to || moved[from]! < 0) continue;
        expect(distance(tensor([moved]))).toBeGreaterThan(least);
      }
    }
  });

  it("has the gradient of a projection", () => {
    const weights = tensor([[1, 2, 3, 4]]);
    const slopes = grad((row: Tensor) => sum(multiply(sparsemax(row), weights)))(
      tensor([[0.3, 0.1, -0.2, 0.25]]),
    );
    // On the support {0, 1, 3}: the weight less the mean of theirs.
    const expected = [1 - 7 / 3, 2 - 7 / 3, 0, 4 - 7 / 3];
    [...slopes.dataSync()].forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index]!, 6);
    });
  });
});

describe("Softmax", () => {
  const logits = tensor([[1, 2, 3]]);

  it("keeps the logits for losses, but not where a mask changes the probabilities", () => {
    expect(keptLogits(new Softmax().apply(logits), "softmax")).toBeDefined();
    expect(keptLogits(new Softmax().apply(logits, { mask: tensor([[1, 1, 0]]) }), "softmax")).toBeUndefined();
  });

  it("hands on the mask of its inputs only", () => {
    expect(maskOf(new Softmax().apply(logits, { mask: tensor([[1, 1, 0]]) }))).toBeUndefined();
    const square = new Masking().apply(
      tensor([
        [
          [1, 2],
          [0, 0],
        ],
      ]),
    );
    expect(maskOf(new Softmax().apply(square))).toBe(maskOf(square));
  });

  it("refuses a mask that does not broadcast", () => {
    expect(() => new Softmax().apply(logits, { mask: tensor([[1, 1]]) })).toThrow(
      /softmax: the mask does not fit, got \[1,2\] for inputs \[1,3\]/,
    );
  });
});

describe("activation layers", () => {
  it.each([
    [() => new Activation("relo"), /unknown name, got "relo", expected one of linear, relu/],
    [() => new Activation("glu").computeOutputShape([null, 3]), /glu halves the last axis, got \(None, 3\)/],
    [() => new ReLU({ maxValue: -1 }), /re_lu: bad maxValue, got -1/],
    [() => new ReLU({ negativeSlope: -1 }), /bad negativeSlope, got -1/],
    [() => new ReLU({ threshold: Number.NaN }), /bad threshold, got NaN/],
    [() => new LeakyReLU({ negativeSlope: -0.1 }), /bad negativeSlope, got -0.1/],
    [() => new PReLU().build([null, null, 3]), /axis 1 must have a known size, got \(None, None, 3\)/],
    [() => new PReLU({ sharedAxes: [4] }).build([null, 2, 3]), /bad axis, got \[4\] for \(None, 2, 3\)/],
    [() => new Softmax({ axis: 2 }).apply(tensor([[1]])), /softmax: bad axis, got 2 for \(1, 1\)/],
  ])("refuse what they cannot use %#", (bad, message) => {
    expect(bad).toThrow(message);
  });
});

describe("activations given as functions", () => {
  const config = (layer: Dense) => ({
    className: "Dense",
    config: JSON.parse(JSON.stringify(layer.getConfig())),
  });

  it("are those of their names where they are ops", () => {
    expect(config(new Dense(1, { activation: tanh })).config.activation).toBe("tanh");
  });

  it("do not come back as another function of their name", () => {
    const own = { relu: (x: Tensor) => x.multiply(2) };
    const saved = config(new Dense(1, { activation: own.relu }));
    expect(() => layerFromConfig(saved)).toThrow(/unknown name, got "function relu"/);
  });
});
