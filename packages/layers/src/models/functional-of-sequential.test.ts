import { Adam } from "@hekla/optim";
import { type HostArray, HostRandom } from "@hekla/tensor";
import { expect, it } from "vitest";
import {
  Add,
  BatchNormalization,
  Dense,
  functional,
  Input,
  input,
  LSTM,
  Model,
  modelFromBytes,
  Sequential,
} from "../index.js";

const random = new HostRandom(4, "data");
const values = (...shape: number[]): HostArray => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
  shape,
});
const classes = (count: number): Int32Array => Int32Array.from({ length: count }, (_, k) => k % 3);

const base = (): Sequential =>
  new Sequential([
    new Input([4]),
    new Dense(5, { activation: "tanh", name: "features" }),
    new BatchNormalization(),
    new Dense(2),
  ]);

it("is the same network with the same weights", async () => {
  const model = base();
  const same = functional(model);
  const x = values(6, 4);
  expect((await same.predict(x)).data).toEqual((await model.predict(x)).data);
  expect(same.weights).toEqual(model.weights);
  expect(same.outputs[0].shape).toEqual([null, 2]);
});

it("lets the layers of a trained model be taken into another", async () => {
  const model = base();
  model.compile({ optimizer: new Adam(0.01), loss: "mse" });
  await model.fit(values(20, 4), values(20, 2));
  const { inputs } = functional(model);
  const extractor = new Model(inputs, model.getLayer("features").outputs);
  for (const layer of model.layers) layer.trainable = false;
  const [normal] = model.layers[1]!.outputs;
  const classifier = new Model(inputs, new Dense(3, { activation: "softmax" }).apply(normal));
  expect(classifier.trainableWeights.map(({ name }) => name)).toEqual(["dense_1/kernel", "dense_1/bias"]);
  const x = values(6, 4);
  const [features, before] = [await extractor.predict(x), await classifier.predict(x)];
  expect(features.shape).toEqual([6, 5]);
  classifier.compile({ optimizer: new Adam(0.1), loss: "sparseCategoricalCrossentropy" });
  await classifier.fit(values(30, 4), classes(30), { epochs: 2 });
  expect((await extractor.predict(x)).data).toEqual(features.data);
  const after = await classifier.predict(x);
  expect(after.data).not.toEqual(before.data);
  const again = modelFromBytes(await classifier.toBytes());
  expect((await again.predict(x)).data).toEqual(after.data);
});

it("knows the symbolic tensors of functional models and their layers", () => {
  const x = input([3, 2], { name: "x" });
  const lstm = new LSTM(4, { returnState: true });
  const [, hidden] = lstm.applyAll(x);
  const sum = new Add({ name: "sum" }).apply([hidden!, hidden!]);
  const model = new Model(x, sum);
  expect(model.inputs).toEqual([x]);
  expect(model.outputs).toEqual([sum]);
  expect(lstm.outputs.length).toBe(3);
  expect(model.getLayer("sum").inputs).toEqual([hidden, hidden]);
  expect(model.getLayer("x").outputs).toEqual([x]);
  // A second use leaves the first as it is.
  model.apply(input([3, 2]));
  lstm.apply(input([3, 2]));
  expect(model.outputs).toEqual([sum]);
  expect(lstm.inputs).toEqual([x]);
});

it("says what is missing", () => {
  expect(() => base().layers[0]!.outputs).toThrow(
    /features: there are no symbolic tensors, .* functional\(model\) makes one of a Sequential/,
  );
  expect(() => base().inputs).toThrow(/sequential_1: there are no symbolic tensors/);
  expect(() => functional(new Sequential([new Dense(2)]))).toThrow(/got no input shape, expected an Input/);
  expect(() => functional(new Sequential([new Input([2])]))).toThrow(/got no layers/);
});
