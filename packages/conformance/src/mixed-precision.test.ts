import { syntheticDigits } from "@hekla/datasets";
import {
  BatchNormalization,
  Conv2D,
  Dense,
  type DtypePolicy,
  Flatten,
  MaxPooling2D,
  Sequential,
  setDtypePolicy,
} from "@hekla/layers";
import { Adam, LossScaleOptimizer, SGD } from "@hekla/optim";
import { reference, useBackend } from "@hekla/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const mlp = (): Sequential =>
  new Sequential(
    [
      new Flatten({ inputShape: [1, 28, 28] }),
      new Dense(32, { activation: "relu" }),
      new Dense(10, { activation: "softmax", dtype: "float32" }),
    ],
    { seed: 1 },
  );

const cnn = (): Sequential =>
  new Sequential(
    [
      new Conv2D(4, 5, {
        activation: "relu",
        strides: 2,
        dataFormat: "channelsFirst",
        inputShape: [1, 28, 28],
      }),
      new BatchNormalization({ axis: 1 }),
      new MaxPooling2D(2, { dataFormat: "channelsFirst" }),
      new Flatten(),
      new Dense(10, { activation: "softmax", dtype: "float32" }),
    ],
    { seed: 2 },
  );

describe("training in mixed precision, on the reference backend", () => {
  beforeEach(() => useBackend(reference()));
  afterEach(() => setDtypePolicy("float32"));

  const digits = syntheticDigits(3, 256);

  async function losses(
    make: () => Sequential,
    policy: DtypePolicy,
    rate: number,
    initialScale: number,
  ): Promise<number[]> {
    setDtypePolicy(policy);
    const model = make();
    const adam = new Adam(rate);
    const optimizer = policy === "float32" ? adam : new LossScaleOptimizer(adam, { initialScale });
    model.compile({ optimizer, loss: "categoricalCrossentropy" });
    const { history } = await model.fit(digits.x, digits.y, {
      epochs: 6,
      batchSize: 32,
      seed: 4,
      verbose: 0,
    });
    expect(adam.iterations.dataSync()[0]).toBe(6 * 8);
    expect(model.weights.every(({ dtype }) => dtype === "float32")).toBe(true);
    return [...history["loss"]!];
  }

  // What the losses are apart is some times less than the bounds (0.0035 and 0.0044); at larger rates it grows.
  // With Keras's factor of 2^15 the CNN's first step overflows and is passed over: the two runs would be a step apart.
  it.each([
    ["MLP", mlp, 0.005, 2 ** 15, 0.01],
    ["CNN", cnn, 0.01, 2 ** 10, 0.01],
  ] as const)("a digit %s learns as in float32", async (_name, make, rate, scale, bound) => {
    const single = await losses(make, "float32", rate, scale);
    const half = await losses(make, "mixedFloat16", rate, scale);
    const off = half.map((loss, epoch) => Math.abs(loss / single[epoch]! - 1));
    expect(single.at(-1)).toBeLessThan(single[0]! / 2.5);
    expect(Math.max(...off)).toBeLessThan(bound);
  });

  /** A loss whose gradients are a 2^-26th of what they would be, below all halves but for a factor. */
  async function way(autoScaleLoss: boolean): Promise<number> {
    setDtypePolicy("mixedFloat16");
    const model = new Sequential([
      new Dense(4, { inputShape: [2], kernelInitializer: "ones" }),
      new Dense(1, { kernelInitializer: "ones" }),
    ]);
    const lossWeights = [2 ** -26];
    model.compile({ optimizer: new SGD(2 ** 20), loss: "meanSquaredError", lossWeights, autoScaleLoss });
    const [before] = await model.getWeights();
    await model.trainOnBatch(
      { data: Float32Array.of(1, 1), shape: [1, 2] },
      { data: Float32Array.of(7.5), shape: [1, 1] },
    );
    const [after] = await model.getWeights();
    return Math.max(...after!.data.map((value, at) => Math.abs(value - before!.data[at]!)));
  }

  it("small gradients are lost without a scaled loss, and kept with it", async () => {
    expect(await way(false)).toBe(0);
    // (2 * (8 - 7.5)) * 2^-26 * 2^20
    expect(await way(true)).toBeCloseTo(2 ** -6, 8);
  });

  it("a factor that is far too large is halved until gradients are finite, and nothing is spoiled meanwhile", async () => {
    setDtypePolicy("mixedFloat16");
    const model = mlp();
    const optimizer = new LossScaleOptimizer(new Adam(0.01), { initialScale: 2 ** 40 });
    model.compile({ optimizer, loss: "categoricalCrossentropy" });
    const first = await model.getWeights();
    await model.trainOnBatch(digits.x, digits.y);
    expect(await model.getWeights()).toEqual(first);
    const { history } = await model.fit(digits.x, digits.y, {
      epochs: 6,
      batchSize: 32,
      seed: 4,
      verbose: 0,
    });
    const skipped = 1 + 6 * 8 - optimizer.iterations.dataSync()[0]!;
    expect(optimizer.dynamicScale.dataSync()[0]).toBe(2 ** (40 - skipped));
    expect(skipped).toBeGreaterThan(10);
    expect(history["loss"]!.at(-1)).toBeLessThan(history["loss"]![0]! / 3);
  });
});
