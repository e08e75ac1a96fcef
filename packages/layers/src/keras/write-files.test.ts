import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Adadelta,
  Adafactor,
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  cosineDecay,
  exponentialDecay,
  Ftrl,
  Lion,
  Nadam,
  optimizerFromConfig,
  piecewiseConstant,
  polynomialDecay,
  RMSprop,
  SGD,
} from "@hekla/optim";
import { type HostArray, HostRandom, type Optimizer } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  BatchNormalization,
  Concatenate,
  Dense,
  Input,
  input,
  loadModel,
  Model,
  modelFromBytes,
  Sequential,
} from "../index.js";
import { savedModels } from "../testing/saved-models.js";
import { failIn, type Json } from "./json.js";
import { openKerasFile } from "./keras-file.js";
import { savedTraining } from "./saved-training.js";
import { readTraining } from "./training-config.js";

function hostFloats(shape: readonly number[], stream: number): HostArray {
  const random = new HostRandom(5, "data", stream);
  const size = shape.reduce((product, next) => product * next, 1);
  return { data: Float32Array.from({ length: size }, () => random.normal()), shape };
}

/** Where scripts/keras/check.py wants the files, which it then gives to Keras. */
const wanted = process.env.HEKLA_KERAS_FILES;
let folder = "";
beforeAll(async () => {
  folder = wanted ?? (await mkdtemp(join(tmpdir(), "hekla-keras-")));
  await mkdir(folder, { recursive: true });
});
afterAll(async () => {
  if (wanted === undefined) await rm(folder, { recursive: true });
});

describe.each(savedModels())("$name, written for Keras", ({ name, model, inputs }) => {
  const x = inputs.length === 1 ? inputs[0]! : inputs;
  const options = { batchSize: inputs[0]!.shape[0]! };

  it("comes back with the same predictions and configs", async () => {
    const path = join(folder, `${name}.keras`);
    await model.save(path);
    const expected = await model.predictAll(x, options);
    const loaded = await loadModel(path);
    expect(await loaded.predictAll(x, options)).toEqual(expected);
    expect(loaded.getConfig()).toEqual(JSON.parse(JSON.stringify(model.getConfig())));
    const plain = ({ data, shape }: (typeof expected)[number]) => ({ shape, data: Array.from(data) });
    const text = JSON.stringify({ inputs: inputs.map(plain), outputs: expected.map(plain) });
    await writeFile(join(folder, `${name}.json`), text);
  });

  it("comes back from weights alone", async () => {
    const path = join(folder, `${name}.weights.h5`);
    await model.saveWeights(path);
    const other = modelFromBytes(await model.toBytes());
    other.setWeights(other.weights.map((weight) => new Float32Array(weight.size)));
    await other.loadWeights(path);
    expect(await other.getWeights()).toEqual(await model.getWeights());
  });
});

describe("a config, written for Keras", () => {
  const written = async (model: Model): Promise<Json> =>
    openKerasFile(await model.toBytes(), { source: model.name }).config.config as Json;

  it("names classes of the user's own as custom_objects name them", async () => {
    class Pass extends Dense {
      static override readonly className: string = "Pass";
    }
    const { layers } = await written(new Sequential([new Input([2]), new Pass(1)]));
    expect(layers).toMatchObject([
      { class_name: "InputLayer" },
      { class_name: "Pass", registered_name: "Pass" },
    ]);
  });

  it("names an activation of Keras 2 so that custom_objects may give it", async () => {
    const model = new Sequential([new Input([2]), new Dense(1, { activation: "hardSigmoidOfKeras2" })]);
    const { layers } = await written(model);
    const activation = { class_name: "function", config: "hard_sigmoid_of_keras2" };
    expect(layers).toMatchObject([{}, { config: { activation } }]);
    expect(modelFromBytes(await model.toBytes()).getConfig()).toEqual(model.getConfig());
  });

  it("says that a functional model within another is not trained", async () => {
    const [within, x] = [input([2]), input([2])];
    const inner = new Model(within, new Dense(2).apply(within), { name: "inner" });
    inner.trainable = false;
    const model = new Model(x, new Dense(1).apply(inner.apply(x)));
    const loaded = modelFromBytes(await model.toBytes());
    expect(loaded.getLayer("inner").trainable).toBe(false);
    expect(loaded.trainableWeights.length).toBe(2);
  });
});

const optimizers: readonly (readonly [string, Optimizer])[] = [
  ["sgd", new SGD(0.1, { momentum: 0.9, nesterov: true })],
  ["sgd-schedule", new SGD(exponentialDecay(0.1, 10, 0.5), { momentum: 0.5 })],
  ["sgd-cosine", new SGD(cosineDecay(0.1, 10, { alpha: 0.1, warmupTarget: 0.2, warmupSteps: 2 }))],
  ["adam", new Adam(0.01, { beta1: 0.8, clipNorm: 1 })],
  ["amsgrad", new Adam(0.01, { amsgrad: true, useEma: true, globalClipNorm: 0.5 })],
  ["adamw", new AdamW(polynomialDecay(0.01, 20, { power: 2 }), { weightDecay: 0.01 })],
  ["accumulated", new Adam(piecewiseConstant([2, 5], [0.1, 0.05, 0.01]), { gradientAccumulationSteps: 2 })],
  ["rmsprop", new RMSprop(0.01, { centered: true, momentum: 0.5, clipValue: 0.3 })],
  ["adagrad", new Adagrad(0.01)],
  ["adadelta", new Adadelta(1)],
  ["adamax", new Adamax(0.01)],
  ["nadam", new Nadam(0.01)],
  ["adafactor", new Adafactor(0.01)],
  ["ftrl", new Ftrl(0.01, { l1RegularizationStrength: 0.01 })],
  ["lion", new Lion(0.001)],
];

describe.each(optimizers)("a model trained by %s, written for Keras", (name, optimizer) => {
  const [left, right] = [input([3], { name: "left" }), input([2], { name: "right" })];
  const hidden = new Dense(4, { activation: "tanh", kernelConstraint: "maxNorm", kernelRegularizer: "l2" });
  const joined = new BatchNormalization().apply(hidden.apply(new Concatenate().apply([left, right])));
  const kind = new Dense(3, { activation: "softmax", name: "kind" }).apply(joined);
  const place = new Dense(2, { name: "place" }).apply(joined);
  const model = new Model([left, right], [kind, place], { seed: 3 });
  const x = [hostFloats([4, 3], 1), hostFloats([4, 2], 2)];
  const kinds = { data: Int32Array.of(0, 2, 1, 2), shape: [4, 1] };
  const y = [kinds, hostFloats([4, 2], 3)];

  it("goes on as it would have", async () => {
    model.compile({
      optimizer,
      loss: { kind: "sparseCategoricalCrossentropy", place: { name: "huber", delta: 0.5 } },
      lossWeights: { kind: 1, place: 0.5 },
      metrics: {
        kind: ["accuracy", { name: "sparseTopKCategoricalAccuracy", k: 2 }],
        place: ["mae"],
      },
    });
    for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y);
    const path = join(folder, `trained-${name}.keras`);
    await model.save(path);
    await model.saveWeights(join(folder, `trained-${name}.weights.h5`));
    const outputs = await model.predictAll(x, { batchSize: 4 });
    const [iterations] = await optimizer.variables[0]!.data();
    const loaded = await loadModel(path, { optimizer: optimizerFromConfig });
    // What a program of Keras leaves of the file: nothing that only this package knows.
    const { config, weights } = openKerasFile(new Uint8Array(await readFile(path)), { source: name });
    expect(readTraining(config.compile_config, failIn(name))).toEqual(
      JSON.parse(JSON.stringify(savedTraining(model.compileOptions!))),
    );
    expect(weights.members.has("optimizer")).toBe(true);
    await model.trainOnBatch(x, y);
    await loaded.trainOnBatch(x, y);
    expect(await loaded.toBytes()).toEqual(await model.toBytes());
    const plain = ({ data, shape }: HostArray) => ({ shape, data: Array.from(data) });
    const record = {
      inputs: x.map(plain),
      labels: y.map(plain),
      outputs: outputs.map(plain),
      iterations,
      weights: (await model.getWeights()).map(plain),
    };
    await writeFile(join(folder, `trained-${name}.json`), JSON.stringify(record));
  });
});
