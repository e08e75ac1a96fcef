import { Adam, SGD } from "@hekla/optim";
import {
  HeklaError,
  type HostArray,
  HostRandom,
  mean,
  square,
  subtract,
  type Tensor,
  valueAndGrad,
} from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  Add,
  type CallOptions,
  Concatenate,
  Dense,
  DivergedError,
  Flatten,
  input,
  Layer,
  layerFromConfig,
  Model,
  modelFromBytes,
  Sequential,
  type StepBatch,
  type StepFigures,
} from "../index.js";

const random = new HostRandom(4, "data");
const values = (...shape: number[]): HostArray => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
  shape,
});

/** Two inputs, a shared layer, two outputs, a nested model. */
function twoByTwo(seed = 0): Model {
  const left = input([4], { name: "left" });
  const right = input([4], { name: "right" });
  const shared = new Dense(3, { activation: "tanh" });
  const inner = new Sequential([new Dense(5, { activation: "relu", inputShape: [6] }), new Dense(2)]);
  const both = new Concatenate().apply([shared.apply(left), shared.apply(right)]);
  const score = new Dense(1, { name: "score" }).apply(inner.apply(both));
  const kind = new Dense(3, { name: "kind", activation: "softmax" }).apply(both);
  return new Model([left, right], [score, kind], { seed });
}

describe("a functional model", () => {
  it("has the layers, weights and shapes of its graph", () => {
    const model = twoByTwo();
    expect(model.className).toBe("Functional");
    expect(model.inputNames).toEqual(["left", "right"]);
    expect(model.outputNames).toEqual(["score", "kind"]);
    expect(model.outputShapes).toEqual([
      [null, 1],
      [null, 3],
    ]);
    // Keras 3's order: by distance from the outputs.
    expect(model.layers.map(({ name }) => name)).toEqual([
      "left",
      "right",
      "dense_1",
      "concatenate_1",
      "sequential_1",
      "score",
      "kind",
    ]);
    expect(model.countParams()).toBe(4 * 3 + 3 + (6 * 5 + 5) + (5 * 2 + 2) + (2 + 1) + (6 * 3 + 3));
    expect(model.namedWeights().map(([name]) => name)).toContain("sequential_1/dense_2/bias");
  });

  it("is summarized with what its layers are connected to", () => {
    expect(twoByTwo().summary({ expandNested: true })).toMatchInlineSnapshot(`
      "Model: "functional_1"
      __________________________________________________________________________________________________
      Layer (type)                    Output Shape         Param #     Connected to                     
      ==================================================================================================
      left (InputLayer)               (None, 4)            0                                            
      __________________________________________________________________________________________________
      right (InputLayer)              (None, 4)            0                                            
      __________________________________________________________________________________________________
      dense_1 (Dense)                 (None, 3)            15          left[0][0]                       
                                                                       right[0][0]                      
      __________________________________________________________________________________________________
      concatenate_1 (Concatenate)     (None, 6)            0           dense_1[0][0]                    
                                                                       dense_1[1][0]                    
      __________________________________________________________________________________________________
      sequential_1 (Sequential)       (None, 2)            47          concatenate_1[0][0]              
      __________________________________________________________________________________________________
        dense_1 (Dense)               (None, 5)            35          
      __________________________________________________________________________________________________
        dense_2 (Dense)               (None, 2)            12          
      __________________________________________________________________________________________________
      score (Dense)                   (None, 1)            3           sequential_1[0][0]               
      __________________________________________________________________________________________________
      kind (Dense)                    (None, 3)            21          concatenate_1[0][0]              
      ==================================================================================================
      Total params: 86
      Trainable params: 86
      Non-trainable params: 0
      __________________________________________________________________________________________________"
    `);
  });

  it("computes what its layers compute, a shared layer for each use", async () => {
    const model = twoByTwo();
    const [left, right] = [values(5, 4), values(5, 4)];
    const [score, kind] = await model.predictAll([left, right], { batchSize: 2 });
    expect(score!.shape).toEqual([5, 1]);
    const byName = await model.predictAll({ right, left });
    expect(byName[1]!.data).toEqual(kind!.data);
    const swapped = await model.predictAll([right, left]);
    expect(swapped[1]!.data).not.toEqual(kind!.data);
    const same = await model.predictAll([left, left]);
    const [a, b] = [same[1]!.data, (await model.predictAll([left, left]))[1]!.data];
    expect(a).toEqual(b);
  });

  it("learns several outputs with weights, figures of each by name", async () => {
    const model = twoByTwo();
    model.compile({
      optimizer: new Adam(0.02),
      loss: { score: "mse", kind: "sparseCategoricalCrossentropy" },
      lossWeights: { score: 0.5 },
      metrics: { kind: ["accuracy"] },
    });
    const x = { left: values(64, 4), right: values(64, 4) };
    const score = {
      data: Float32Array.from({ length: 64 }, (_, k) => x.left.data[4 * k]! - x.right.data[4 * k]!),
      shape: [64],
    };
    const kind = {
      data: Int32Array.from({ length: 64 }, (_, k) =>
        score.data[k]! > 0.5 ? 2 : score.data[k]! < -0.5 ? 0 : 1,
      ),
      shape: [64],
    };
    const { history } = await model.fit(x, { score, kind }, { epochs: 60, batchSize: 16 });
    expect(Object.keys(history)).toEqual(["loss", "score_loss", "kind_loss", "kind_accuracy"]);
    expect(history.loss!.at(-1)).toBeLessThan(0.3 * history.loss![0]!);
    expect(history.kind_accuracy!.at(-1)).toBeGreaterThan(0.9);
    const at = await model.evaluate(x, { score, kind });
    expect(at.loss).toBeCloseTo(0.5 * at.score_loss! + at.kind_loss!, 5);
  });

  it("comes back from its config and from a file", async () => {
    const model = twoByTwo(3);
    const x = [values(3, 4), values(3, 4)];
    const expected = await model.predictAll(x);
    const again = layerFromConfig({
      className: "Functional",
      config: JSON.parse(JSON.stringify(model.getConfig())),
    });
    expect(again.getConfig()).toEqual(model.getConfig());
    const loaded = modelFromBytes(await model.toBytes());
    expect(await loaded.predictAll(x)).toEqual(expected);
  });

  it("freezes what is not to be trained", async () => {
    const model = twoByTwo();
    model.getLayer("sequential_1").trainable = false;
    expect(model.trainableWeights.length).toBe(6);
    model.compile({ optimizer: new SGD(0.1), loss: ["mse", "sparseCategoricalCrossentropy"] });
    const frozen = await model.getLayer("sequential_1").getWeights();
    await model.fit([values(8, 4), values(8, 4)], [values(8, 1), { data: new Int32Array(8), shape: [8] }]);
    expect(await model.getLayer("sequential_1").getWeights()).toEqual(frozen);
  });

  it("takes a model as a layer twice", async () => {
    const inner = new Sequential([new Dense(2, { inputShape: [4] })]);
    const [a, b] = [input([4]), input([4])];
    const model = new Model([a, b], new Add().apply([inner.apply(a), inner.apply(b)]));
    expect(model.countParams()).toBe(10);
    const one = values(2, 4);
    const sum = await model.predict([one, one]);
    const single = await inner.predict(one);
    sum.data.forEach((value, k) => {
      expect(value).toBeCloseTo(2 * single.data[k]!, 5);
    });
  });

  it("says what is wrong with a graph", () => {
    const [a, b] = [input([4], { name: "a" }), input([4], { name: "b" })];
    const sum = new Add().apply([a, b]);
    expect(() => new Model(a, sum)).toThrow(/the outputs need b .*got a graph without it/);
    expect(() => new Model([a, a], sum)).toThrow(/given twice/);
    const twice = [new Dense(1, { name: "x" }).apply(a), new Dense(1, { name: "x" }).apply(b)];
    expect(() => new Model([a, b], twice)).toThrow(/got "x" twice/);
    expect(() => new Dense(1).apply(input([null]))).toThrow(/last axis must have a known size/);
  });
});

class Residual extends Model {
  static override readonly className = "Residual";
  readonly flat = new Flatten();
  readonly blocks = [new Dense(6, { activation: "relu" }), new Dense(6)];
  readonly head = new Dense(1, { activityRegularizer: "l2" });
  override call(inputs: Tensor, options: CallOptions): Tensor {
    const x = this.flat.apply(inputs, options);
    const inside = this.blocks.reduce((y: Tensor, block: Layer) => block.apply(y, options), x);
    return this.head.apply(x.add(inside), options);
  }
}

class OwnStep extends Residual {
  override trainStep({ x, y }: StepBatch): StepFigures {
    const forward = () => {
      const yPred = this.apply(x[0]!, { training: true });
      return { value: this.computeLoss(y, yPred), distance: mean(square(subtract(yPred, y[0]!))) };
    };
    const { value, distance, grads } = valueAndGrad(forward, [...this.trainableWeights])();
    this.optimizer.apply(grads);
    return { loss: value, distance };
  }
}

describe("a model's subclass", () => {
  const x = values(32, 2, 3);
  const y = { data: Float32Array.from({ length: 32 }, (_, k) => x.data[6 * k]!), shape: [32, 1] };

  it("is built by the first data, named by its fields", async () => {
    const model = new Residual({ seed: 2 });
    const { shape } = await model.predict(x);
    expect(shape).toEqual([32, 1]);
    expect([...model.children.keys()]).toEqual(["flat", "blocks/0", "blocks/1", "head"]);
    expect(model.layers.map(({ name }) => name)).toEqual(["flatten_1", "dense_1", "dense_2", "dense_3"]);
    expect(model.countParams()).toBe(2 * (36 + 6) + 7);
    expect(model.summary()).toContain("dense_3 (Dense)");
  });

  it("trains, the same for the same seed; its own training step gives the same numbers", async () => {
    const train = async (model: Model): Promise<Record<string, number[]>> => {
      model.compile({ optimizer: new Adam(0.01), loss: "mse" });
      const { history } = await model.fit(x, y, { epochs: 20, batchSize: 8, seed: 1 });
      return history;
    };
    const history = await train(new Residual({ seed: 2 }));
    expect(history.loss!.at(-1)).toBeLessThan(0.2 * history.loss![0]!);
    expect(await train(new Residual({ seed: 2 }))).toEqual(history);
    const own = await train(new OwnStep({ seed: 2 }));
    expect(own.loss).toEqual(history.loss);
    // What the layers add to the loss is in it, in a step of one's own as well.
    own.distance!.forEach((value, k) => {
      expect(value).toBeLessThan(own.loss![k]!);
      expect(value).toBeGreaterThan(0.5 * own.loss![k]!);
    });
  });

  it("says when it lacks a call", async () => {
    class Empty extends Model {
      readonly dense = new Dense(1);
    }
    await expect(new Empty().predict(x)).rejects.toThrow(/the class has no call/);
  });
});

describe("nanGuard", () => {
  class Root extends Layer {
    static override readonly className = "Root";
    override call(inputs: Tensor): Tensor {
      return inputs.subtract(10).log();
    }
    override computeOutputShape(shape: readonly number[]): readonly number[] {
      return shape;
    }
  }
  const x = values(8, 3);
  const y = values(8, 1);

  it("names layer, op and step where the first bad value rose, and leaves the weights sound", async () => {
    const model = new Sequential([
      new Dense(2, { inputShape: [3] }),
      new Root({ name: "root" }),
      new Dense(1),
    ]);
    model.compile({ optimizer: new SGD(0.1), loss: "mse" });
    const before = await model.getWeights();
    const error = await model.fit(x, y, { nanGuard: true }).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(DivergedError);
    const { place, message } = error as DivergedError;
    expect(place).toEqual({ batch: 0, op: "log", layer: "sequential_1/root", shape: [8, 2], value: "NaN" });
    expect(message).toContain("in step 1 from log [8,2] of sequential_1/root");
    expect(await model.getWeights()).toEqual(before);
  });

  it("finds what a gradient does, too", async () => {
    class Cusp extends Root {
      override call(inputs: Tensor): Tensor {
        return inputs.multiply(0).sqrt();
      }
    }
    const model = new Sequential([
      new Dense(2, { inputShape: [3] }),
      new Cusp({ name: "cusp" }),
      new Dense(1),
    ]);
    model.compile({ optimizer: new SGD(0.1), loss: "mse" });
    const error = await model.fit(x, y, { nanGuard: true }).catch((failure: unknown) => failure);
    expect((error as DivergedError).place).toMatchObject({
      layer: "sequential_1/cusp gradient",
      op: "divide",
    });
  });

  it("changes nothing in sound training", async () => {
    const run = async (nanGuard: boolean) => {
      const model = new Sequential([new Dense(4, { activation: "relu", inputShape: [3] }), new Dense(1)]);
      model.compile({ optimizer: new Adam(), loss: "mse" });
      const { history } = await model.fit(x, y, { epochs: 2, batchSize: 4, nanGuard });
      return { history, weights: await model.getWeights() };
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

it("compile refuses what is no optimizer, and training without a loss", async () => {
  const model = new Sequential([new Dense(1, { inputShape: [3] })]);
  expect(() => model.compile({ optimizer: "adam" as never, loss: "mse" })).toThrow(
    /got "adam", expected an object/,
  );
  model.compile({ optimizer: new SGD() });
  await expect(model.fit(values(2, 3), values(2, 1))).rejects.toThrow(/got no loss, expected one/);
});

it("functional models refuse data that does not fit", async () => {
  const model = twoByTwo();
  const lists = [
    [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ],
    [
      [0, 1, 0, 1],
      [1, 0, 1, 0],
    ],
  ];
  expect((await model.predict(lists)).shape).toEqual([2, 1]);
  await expect(model.predict(values(2, 4))).rejects.toThrow(
    /wrong number of arrays for x, got 1, expected 2/,
  );
  await expect(model.predict({ left: values(2, 4), rihgt: values(2, 4) })).rejects.toThrow(/x lacks "right"/);
  await expect(model.predict([values(2, 4), values(3, 4)])).rejects.toThrow(/inputs differ in number/);
  await expect(model.predict([values(2, 4), values(2, 5)])).rejects.toThrow(
    /got x \(right\) of shape \[2,5\]/,
  );
  expect(() => model.compile({ optimizer: new SGD(), loss: ["mse"] })).toThrow(HeklaError);
});
