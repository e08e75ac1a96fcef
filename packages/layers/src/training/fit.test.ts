import { SGD } from "@hekla/optim";
import { backend, DataError, HeklaError, type HostArray } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  type BatchLogs,
  type Callback,
  Dense,
  DivergedError,
  type FitOptions,
  type History,
  Input,
  type Logs,
  Sequential,
} from "../index.js";
import { classifier, x, y } from "../testing/classifier.js";

/** A model whose every step and figure can be followed by hand: one weight, mean of the inputs it saw. */
function identity(rate = 0): Sequential {
  const model = new Sequential([new Input([1]), new Dense(1, { useBias: false, kernelInitializer: "ones" })]);
  model.compile({ optimizer: new SGD(rate), loss: "meanSquaredError" });
  return model;
}

const column = (values: readonly number[]): HostArray => ({
  data: Float32Array.from(values),
  shape: [values.length, 1],
});

const weightBytes = async (model: Sequential): Promise<number[]> =>
  (await model.getWeights()).flatMap(({ data }) => [
    ...new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);

describe("fit", () => {
  it("learns, and records each epoch", async () => {
    const { history, epoch, stopped, seconds } = await classifier().fit(x, y, {
      batchSize: 16,
      epochs: 12,
      validationSplit: 0.2,
    });
    expect(Object.keys(history)).toEqual(["loss", "accuracy", "val_loss", "val_accuracy"]);
    expect(epoch).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(Object.values(history).map(({ length }) => length)).toEqual([12, 12, 12, 12]);
    expect(seconds.length).toBe(12);
    expect(history.loss!.at(-1)).toBeLessThan(0.7 * history.loss![0]!);
    expect(history.val_accuracy!.at(-1)).toBeGreaterThan(0.7);
    expect(stopped).toBe(false);
  });

  it("gives the same weights, byte for byte, for the same seed", async () => {
    const run = async (seed: number, options: FitOptions = {}): Promise<number[]> => {
      const model = classifier(seed);
      await model.fit(x, y, { batchSize: 16, epochs: 2, ...options });
      return weightBytes(model);
    };
    const first = await run(3);
    expect(await run(3)).toEqual(first);
    expect(await run(4)).not.toEqual(first);
    expect(await run(3, { seed: 4 })).not.toEqual(first);
    // Watching changes nothing.
    expect(await run(3, { callbacks: [{ onBatchEnd() {} }], validationSplit: 0 })).toEqual(first);
  });

  it("gives the same weights without compiled steps", async () => {
    const compiled = classifier(3);
    await compiled.fit(x, y, { batchSize: 32 });
    process.env.HEKLA_COMPILE = "0";
    try {
      const scoped = classifier(3);
      await scoped.fit(x, y, { batchSize: 32 });
      expect(await weightBytes(scoped)).toEqual(await weightBytes(compiled));
    } finally {
      delete process.env.HEKLA_COMPILE;
    }
  });

  it("weighs the last, smaller batch by its samples", async () => {
    const { history } = await identity().fit(column([1, 2, 3, 4, 5]), column([0, 0, 0, 0, 0]), {
      batchSize: 2,
    });
    expect(history.loss![0]).toBe((1 + 4 + 9 + 16 + 25) / 5);
  });

  it("takes the last samples for validation", async () => {
    const { history } = await identity().fit(column([1, 1, 1, 2, 3]), column([0, 0, 0, 0, 0]), {
      validationSplit: 0.4,
    });
    expect(history).toEqual({ loss: [1], val_loss: [(4 + 9) / 2] });
    const { history: given } = await identity().fit(column([1]), column([0]), {
      validationData: [column([5]), column([0])],
      validationSplit: 0.5,
    });
    expect(given.val_loss).toEqual([25]);
  });

  it("sees every sample once an epoch, in an order of its own", async () => {
    const orders: number[][] = [];
    const seen = async (options: FitOptions): Promise<number[][]> => {
      orders.length = 0;
      let epoch: number[] = [];
      await identity().fit(column([...Array(10).keys()]), column(Array(10).fill(0)), {
        batchSize: 3,
        epochs: 2,
        ...options,
        augment: (batch) => epoch.push(...batch),
        callbacks: [
          {
            onEpochEnd() {
              orders.push(epoch);
              epoch = [];
            },
          },
        ],
      });
      return orders.map((order) => [...order]);
    };
    const inOrder = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(await seen({ shuffle: false })).toEqual([inOrder, inOrder]);
    const [first, second] = await seen({});
    expect([...first!].sort((a, b) => a - b)).toEqual(inOrder);
    expect([...second!].sort((a, b) => a - b)).toEqual(inOrder);
    expect(first).not.toEqual(second);
    expect(first).not.toEqual(inOrder);
    // Going on later gives the order of that epoch.
    expect(await seen({ initialEpoch: 1 })).toEqual([second]);
  });

  it("lets augmentation change the batch, not the data", async () => {
    const data = column([1, 1]);
    const random: number[] = [];
    const options: FitOptions = {
      augment: (batch, shape, source) => {
        expect(shape).toEqual([2, 1]);
        random.push(source.uniform());
        batch.fill(3);
      },
      epochs: 2,
    };
    const { history } = await identity().fit(data, column([0, 0]), options);
    expect(history.loss).toEqual([9, 9]);
    expect([...data.data]).toEqual([1, 1]);
    const draws = random.splice(0);
    await identity().fit(data, column([0, 0]), { ...options, initialEpoch: 1 });
    expect(random).toEqual([draws[1]]);
  });

  it("takes bytes as numbers and class numbers as labels", async () => {
    const model = new Sequential([
      new Input([2]),
      new Dense(3, { activation: "softmax", kernelInitializer: "zeros" }),
    ]);
    model.compile({ optimizer: new SGD(0), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    const bytes = { data: Uint8Array.from([0, 255, 7, 9]), shape: [2, 2] };
    const { history } = await model.fit(bytes, { data: Uint8Array.from([0, 2]), shape: [2] });
    expect(history.loss![0]).toBeCloseTo(Math.log(3), 6);
    expect(history.accuracy).toEqual([0.5]);
    const { loss } = await model.evaluate(bytes, { data: Int32Array.from([0, 2]), shape: [2] });
    expect(loss).toBeCloseTo(Math.log(3), 6);
    const wrong = { data: Int32Array.from([0, 3]), shape: [2, 1] };
    await expect(model.fit(bytes, wrong)).rejects.toThrow(
      "fit: label of sample 1 is no class, got 3, expected a whole number from 0 to 2",
    );
    const negative = { data: Float32Array.from([-1, 0]), shape: [2] };
    await expect(model.evaluate(bytes, negative)).rejects.toThrow(
      "evaluate: label of sample 0 is no class, got -1",
    );
    await expect(model.fit(bytes, { ...negative, data: Float32Array.of(1, 0.5) })).rejects.toThrow(DataError);
  });

  it("calls callbacks in order, with what they need", async () => {
    const calls: string[] = [];
    const batches: BatchLogs[] = [];
    const callback: Callback = {
      setModel: (model) => calls.push(`model ${model.name}`),
      onTrainBegin: () => void calls.push("train begin"),
      onEpochBegin: (epoch) => void calls.push(`epoch ${epoch}`),
      onBatchEnd: async (batch, logs) => {
        calls.push(`batch ${batch}`);
        batches.push(logs);
      },
      onEpochEnd: (epoch: number, logs: Logs) =>
        void calls.push(`epoch ${epoch} ${Object.keys(logs).join(" ")}`),
      onTrainEnd: (history: History) => void calls.push(`train end ${history.epoch}`),
    };
    await identity().fit(column([2, 2, 2]), column([0, 0, 0]), { batchSize: 2, callbacks: [callback] });
    expect(calls).toEqual([
      "model sequential_1",
      "train begin",
      "epoch 0",
      "batch 0",
      "batch 1",
      "epoch 0 loss",
      "train end 0",
    ]);
    expect(batches[0]).toMatchObject({ loss: 4, batch: 0, batches: 2, samples: 2 });
    expect(batches[1]).toMatchObject({ batch: 1, samples: 3 });
    expect(batches[1]!.secondsPerStep).toBeGreaterThan(0);
  });

  it("stops after the current step on a signal", async () => {
    const controller = new AbortController();
    let steps = 0;
    const onBatchEnd = (): void => {
      if (++steps === 4) controller.abort();
    };
    const { stopped, epoch } = await classifier().fit(x, y, {
      batchSize: 50,
      epochs: 9,
      signal: controller.signal,
      callbacks: [{ onBatchEnd }],
    });
    // Two steps an epoch: the second epoch was finished.
    expect({ stopped, epoch, steps }).toEqual({ stopped: true, epoch: [0, 1], steps: 4 });
  });

  it("stops in the middle of an epoch without recording it", async () => {
    const controller = new AbortController();
    const onBatchEnd = (batch: number): void => {
      if (batch === 2) controller.abort();
    };
    const { stopped, epoch } = await classifier().fit(x, y, {
      batchSize: 10,
      signal: controller.signal,
      callbacks: [{ onBatchEnd }],
    });
    expect({ stopped, epoch }).toEqual({ stopped: true, epoch: [] });
  });

  it("lets timers run while it trains", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 120);
    const { stopped } = await classifier().fit(x, y, {
      batchSize: 4,
      epochs: 1e6,
      signal: controller.signal,
    });
    expect(stopped).toBe(true);
  });

  it("says so when training diverges", async () => {
    const model = identity(1e6);
    const error = await model.fit(column([3, 4]), column([0, 0]), { epochs: 50 }).catch((reason) => reason);
    expect(error).toBeInstanceOf(DivergedError);
    expect(error).toBeInstanceOf(HeklaError);
    expect(error.message).toMatch(
      /^fit: training diverged in epoch \d+, got loss (NaN|Infinity), expected a finite/,
    );
    expect(error.history.epoch.length).toBe(error.epoch);
  });

  it("keeps no memory from step to step", async () => {
    const model = classifier();
    await model.fit(x, y, { batchSize: 10, validationSplit: 0.1 });
    const { persistentBytes, arenaBytes, slots } = backend().memory();
    await model.fit(x, y, { batchSize: 10, validationSplit: 0.1, epochs: 20 });
    expect(backend().memory()).toMatchObject({ persistentBytes, arenaBytes, slots });
  });
});

describe("evaluate and predict", () => {
  it("are the same for any batch size, partial batches included", async () => {
    const model = classifier();
    const whole = await model.predict(x, { batchSize: 100 });
    expect(whole.shape).toEqual([100, 3]);
    for (const batchSize of [1, 7, 32, 1000]) {
      const { data } = await model.predict(x, { batchSize });
      data.forEach((value, k) => {
        expect(Math.abs(value - whole.data[k]!)).toBeLessThan(1e-6);
      });
      const { loss, accuracy } = await model.evaluate(x, y, { batchSize });
      const rows = Array.from({ length: 100 }, (_, k) => [...whole.data.subarray(k * 3, k * 3 + 3)]);
      const label = rows.map((_, k) => y.data.subarray(k * 3, k * 3 + 3).indexOf(1));
      const expected = rows.reduce((total, row, k) => total - Math.log(row[label[k]!]!), 0) / 100;
      expect(loss).toBeCloseTo(expected, 5);
      expect(accuracy).toBe(rows.filter((row, k) => row.indexOf(Math.max(...row)) === label[k]).length / 100);
    }
  });

  it("do not drop out, and leave weights alone", async () => {
    const model = classifier();
    const before = await weightBytes(model);
    expect(await model.predict(x)).toEqual(await model.predict(x));
    expect(await model.evaluate(x, y)).toEqual(await model.evaluate(x, y));
    expect(await weightBytes(model)).toEqual(before);
  });

  it("train on single batches", async () => {
    const model = identity(0.1);
    expect(await model.trainOnBatch(column([1]), column([0]))).toEqual({ loss: 1 });
    // w = 1 - 0.1 * 2 * 1.
    expect((await model.trainOnBatch(column([1]), column([0]))).loss).toBeCloseTo(0.64, 6);
  });

  it("train layers that are left trainable only", async () => {
    const model = classifier();
    model.layers[0]!.trainable = false;
    model.compile({ optimizer: new SGD(0.1), loss: "categoricalCrossentropy" });
    const [kernel, , last] = await model.getWeights();
    await model.fit(x, y);
    const after = await model.getWeights();
    expect(after[0]).toEqual(kernel);
    expect(after[2]).not.toEqual(last);
  });
});
