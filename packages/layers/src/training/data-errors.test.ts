import { Adam, SGD } from "@hekla/optim";
import {
  DataError,
  HeklaError,
  type HostArray,
  mean,
  ShapeError,
  square,
  subtract,
  type Tensor,
  tensor,
} from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { type CompileOptions, Dense, Input, Sequential } from "../index.js";
import { classifier, x, y } from "../testing/classifier.js";

const values = (...shape: number[]): HostArray => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => Math.sin(k)),
  shape,
});

function network(outputs = 1, loss: CompileOptions["loss"] = "mse", metrics: CompileOptions["metrics"] = []) {
  const model = new Sequential([new Input([4]), new Dense(3), new Dense(outputs)]);
  model.compile({ optimizer: new Adam(), loss: loss!, metrics });
  return model;
}

/** What a program without types may give. */
const untyped = (value: unknown): never => value as never;

it.each([
  [
    "one sample",
    [1, 2, 3, 4],
    /got x of shape \[4\], expected \(None, 4\); one sample is a batch of one, \[1,4\]/,
  ],
  ["a wrong shape", values(3, 5), /got x of shape \[3,5\], expected \(None, 4\)$/],
  ["a tensor", untyped(tensor([[1, 2, 3, 4]])), /x is no data, got Tensor, expected \{ data, shape \}/],
  ["nothing", untyped(undefined), /x is no data, got undefined/],
  ["null", untyped(null), /x is no data, got null/],
  ["a number", untyped(3), /x is no data, got a number/],
  ["no samples", [], /x is empty/],
  ["ragged lists", [[1, 2, 3, 4], [1]], /x is ragged, got one of 1 on axis 1/],
  ["words", untyped([["a", "b", "c", "d"]]), /x holds string, expected numbers/],
])("predict of %s", async (_what, x, message) => {
  await expect(network().predict(x)).rejects.toThrow(message);
});

it.each([
  [
    "something else",
    untyped(values(4, 4)),
    /that is no batch, got Object, expected \[x, y\], \[x, y, sampleWeight\]/,
  ],
  ["numbers", untyped(3), /that is no batch, got a number/],
  ["samples alone", untyped([values(4, 4)]), /there are no labels, got samples alone/],
])("batches of %s", async (_what, batch, message) => {
  const batches = function* (): Generator<never> {
    yield batch;
  };
  await expect(network().fit(batches)).rejects.toThrow(message);
  await expect(network().evaluate(batches)).rejects.toThrow(message);
});

it("validation data that are none", async () => {
  const fit = network().fit(values(4, 4), values(4, 1), { validationData: untyped(values(4, 4)) });
  await expect(fit).rejects.toThrow("fit (validationData): that is no batch");
});

it("labels that are missing, or of another kind", async () => {
  await expect(network().fit(values(4, 4))).rejects.toThrow("fit: there are no labels, got samples alone");
  await expect(network().trainOnBatch(values(4, 4))).rejects.toThrow("trainOnBatch: there are no labels");
  const numbers = Int32Array.of(0, 1, 2, 0);
  await expect(network(3, "categoricalCrossentropy").fit(values(4, 4), numbers)).rejects.toThrow(
    "fit: categoricalCrossentropy takes one-hot labels, got class numbers [4], expected (None, 3); " +
      "sparseCategoricalCrossentropy takes class numbers",
  );
});

it("losses, layers and inputs that are none", async () => {
  const loss = network(1, () => untyped(3));
  await expect(loss.fit(values(4, 4), values(4, 1))).rejects.toThrow(
    "the loss function gives no losses, got a number, expected a tensor",
  );
  expect(() => new Sequential([untyped("relu")])).toThrow("that is no layer, got a string, expected a layer");
  expect(() => new Dense(2).apply(untyped([[1, 2]]))).toThrow("dense: that is no tensor, got a list");
  expect(() => new Dense(2).apply(untyped(values(2, 2)))).toThrow("dense: that is no tensor, got Object");
});

it("a metric that is a function without a name has one", async () => {
  const metrics = [(a: Tensor, b: Tensor) => mean(square(subtract(a, b)), { axes: -1 })];
  const { history } = await network(1, "mse", metrics).fit(values(8, 4), values(8, 1));
  expect(history.metric![0]).toBeCloseTo(history.loss![0]!, 5);
});

const column = (numbers: readonly number[]): HostArray => ({
  data: Float32Array.from(numbers),
  shape: [numbers.length, 1],
});

describe("fit, evaluate, predict", () => {
  const bad: readonly [string, () => Promise<unknown>, typeof HeklaError, RegExp][] = [
    [
      "batch size 0",
      () => classifier().fit(x, y, { batchSize: 0 }),
      DataError,
      /batchSize, got 0, expected an integer/,
    ],
    ["batch size 2.5", () => classifier().fit(x, y, { batchSize: 2.5 }), DataError, /batchSize, got 2.5/],
    ["epochs", () => classifier().fit(x, y, { epochs: -1 }), DataError, /epochs, got -1/],
    ["split", () => classifier().fit(x, y, { validationSplit: 1 }), DataError, /validationSplit, got 1/],
    [
      "an empty part",
      () => classifier().fit(x, y, { validationSplit: 0.999 }),
      DataError,
      /leaves a part empty/,
    ],
    [
      "counts",
      () => classifier().fit(x, { data: y.data.subarray(0, 297), shape: [99, 3] }),
      DataError,
      /samples and labels differ in number, got 100 samples \[100,4\] and 99 labels \[99,3\]/,
    ],
    [
      "NaN",
      () => classifier().fit({ data: x.data.map((v, k) => (k === 42 ? Number.NaN : v)), shape: x.shape }, y),
      DataError,
      /fit: x has NaN in sample 10, got NaN as its value 2/,
    ],
    [
      "NaN in labels",
      () => classifier().fit(x, { data: y.data.map((v, k) => (k === 7 ? Number.NaN : v)), shape: y.shape }),
      DataError,
      /fit: y has NaN in sample 2/,
    ],
    [
      "NaN in validation data",
      () => {
        const validation = { data: Float32Array.of(1, 2, Number.NaN, 3), shape: [1, 4] };
        return classifier().fit(x, y, {
          validationData: [validation, { data: y.data.subarray(0, 3), shape: [1, 3] }],
        });
      },
      DataError,
      /fit \(validationData\): x has NaN in sample 0/,
    ],
    [
      "shape of validation data",
      () => classifier().fit(x, y, { validationData: [column([1]), column([0])] }),
      ShapeError,
      /fit \(validationData\): samples do not fit the model, got x of shape \[1,1\]/,
    ],
    [
      "sample shape",
      () => classifier().fit(y, y),
      ShapeError,
      /got x of shape \[100,3\], expected \(None, 4\)/,
    ],
    ["label shape", () => classifier().fit(x, x), ShapeError, /labels \[32,4\] and predictions \[32,3\]/],
    ["length", () => classifier().fit({ data: x.data, shape: [100, 5] }, y), ShapeError, /\[100,5\]/],
    [
      "no samples",
      () =>
        classifier().fit(
          { data: new Float32Array(0), shape: [0, 4] },
          { data: new Float32Array(0), shape: [0, 3] },
        ),
      DataError,
      /x is empty/,
    ],
    ["not compiled", () => new Sequential([new Dense(1)]).fit(x, y), HeklaError, /not compiled/],
    [
      "augment on integers",
      () => classifier().fit({ data: new Int32Array(400), shape: [100, 4] }, y, { augment() {} }),
      DataError,
      /augment needs float32/,
    ],
    [
      "predict: batch size",
      () => classifier().predict(x, { batchSize: 0 }),
      DataError,
      /predict: bad batchSize, got 0/,
    ],
    [
      "evaluate: counts",
      () => classifier().evaluate(x, column([1])),
      DataError,
      /evaluate: samples and labels/,
    ],
    [
      "predict: NaN",
      () => classifier().predict({ data: x.data.map(() => Number.NaN), shape: x.shape }),
      DataError,
      /predict: x has NaN in sample 0/,
    ],
  ];
  it.each(bad)("refuses bad input: %s", async (_, act, kind, message) => {
    const error = await act().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(message);
  });

  it.each([
    [{ loss: "crossentropy" }, /loss: unknown name, got "crossentropy"/],
    [{ loss: "mse", metrics: ["exactness"] }, /metric: unknown name, got "exactness"/],
  ])("compile refuses unknown names %#", (options, message) => {
    expect(() => new Sequential([new Dense(1)]).compile({ optimizer: new SGD(), ...options })).toThrow(
      message,
    );
  });
});
