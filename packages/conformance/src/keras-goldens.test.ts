import { wasm } from "@hekla/kernels-wasm";
import { type Layer, layerFromConfig, Sequential } from "@hekla/layers";
import { optimizerFromConfig } from "@hekla/optim";
import { type Backend, reference, type Tensor, useBackend, type Variable } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import layerFile from "../goldens/layers.json" with { type: "json" };
import trainingFile from "../goldens/training.json" with { type: "json" };
import { difference, type Tolerance, type Values } from "./comparator.js";
import { type GoldenArray, goldenTensor } from "./goldens.js";

type Options = Readonly<Record<string, unknown>>;

/** One layer: sums of at most 18 float32 products of size 4, then one function. */
const oneLayer: Tolerance = { absolute: 2e-6, scaled: 1e-6 };
/** 5 steps through two layers: the rounding of a step's gradient comes back in all later ones. */
const training: Tolerance = { absolute: 5e-6 };

const expectClose = (actual: Values, expected: GoldenArray, tolerance: Tolerance): void => {
  expect(difference(actual, { ...expected, dtype: "float32" }, tolerance)).toBeUndefined();
};
const single = (value: GoldenArray): Tensor => goldenTensor(value, "float32");
const read = async (value: Variable): Promise<Values> => ({
  data: await value.data(),
  shape: value.shape,
  dtype: value.dtype,
});

/** Keras's defaults are ours: only what the golden sets is given. */
const optimizerOf = (className: string, options: Options): ReturnType<typeof optimizerFromConfig> =>
  optimizerFromConfig({ className, learningRate: className === "SGD" ? 0.01 : 0.001, ...options });

const backends: [name: string, make: () => Backend | Promise<Backend>][] = [
  ["reference", () => reference()],
  ["wasm", () => wasm({ threads: 2 })],
];

describe.each(backends)("goldens from Keras 3: %s", (_name, make) => {
  let backend: Backend | undefined;
  beforeAll(async () => {
    backend = await useBackend(make());
  });
  afterAll(async () => {
    await useBackend(reference());
    await backend?.dispose();
  });

  it.each(layerFile.cases)("$name", async ({ layer: className, options, input, weights, output }) => {
    const layer: Layer = layerFromConfig({ className, config: options });
    layer.build([null, ...input.shape.slice(1)]);
    layer.setWeights(weights.map(({ data }) => Float32Array.from(data)));
    const result = layer.apply(single(input));
    expectClose({ data: await result.data(), shape: result.shape, dtype: result.dtype }, output, oneLayer);
  });

  it.each(trainingFile.cases)("a classifier trained with $name: losses and weights", async (golden) => {
    const { Dense } = await import("@hekla/layers");
    const model = new Sequential([
      new Dense(5, { activation: "relu", inputShape: [4] }),
      new Dense(3, { activation: "softmax" }),
    ]);
    model.setWeights(golden.initial.map(({ data }) => Float32Array.from(data)));
    model.compile({
      optimizer: optimizerOf(golden.optimizer, golden.options),
      loss: "categoricalCrossentropy",
    });
    const [x, y] = [golden.x, golden.y].map(({ data, shape }) => ({ data: Float32Array.from(data), shape }));
    const history = await model.fit(x!, y!, { batchSize: 8, epochs: 5, shuffle: false });
    for (const [at, loss] of golden.losses.entries()) {
      expect(Math.abs(history.history["loss"]![at]! - loss)).toBeLessThan(5e-6);
    }
    for (const [position, weight] of model.weights.entries()) {
      expectClose(await read(weight), golden.weights[position]!, training);
    }
  });
});
