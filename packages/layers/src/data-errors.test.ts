import { Adam } from "@hekla/optim";
import { type HostArray, mean, square, subtract, type Tensor, tensor } from "@hekla/tensor";
import { expect, it } from "vitest";
import { type CompileOptions, Dense, Input, Sequential } from "./index.js";

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
