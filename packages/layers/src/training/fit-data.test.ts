import { Dataset } from "@hekla/datasets";
import { Adam, SGD } from "@hekla/optim";
import { type HostArray, HostRandom, type Tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  type Callback,
  Dense,
  Dropout,
  Embedding,
  Input,
  L2,
  LSTM,
  MaxNorm,
  type Model,
  Sequential,
  TimeDistributed,
} from "../index.js";

const random = new HostRandom(7, "data");
const values = (...shape: number[]): HostArray => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
  shape,
});

const x = values(24, 3);
const y: HostArray = {
  data: Float32Array.from({ length: 24 }, (_, k) => x.data[3 * k]! - x.data[3 * k + 2]!),
  shape: [24, 1],
};

function network(metrics: readonly string[] = []): Sequential {
  const model = new Sequential([new Dense(4, { activation: "tanh", inputShape: [3] }), new Dense(1)], {
    seed: 5,
  });
  model.compile({ optimizer: new Adam(0.02), loss: "mse", metrics });
  return model;
}

const rows = ({ data, shape }: HostArray): number[][] =>
  Array.from({ length: shape[0]! }, (_, k) => [...data.subarray(k * shape[1]!, (k + 1) * shape[1]!)]);

describe("fit takes", () => {
  const options = { epochs: 3, batchSize: 8, shuffle: false } as const;
  const expected = network().fit(x, y, options);

  it("nested arrays and typed arrays as it takes arrays with shapes", async () => {
    const { history } = await expected;
    expect((await network().fit(rows(x), y.data as Float32Array, options)).history).toEqual(history);
    expect((await network().fit(rows(x), rows(y), options)).history).toEqual(history);
    await expect(
      network().fit(
        [
          [1, 2, 3],
          [4, 5],
        ],
        [1, 2],
      ),
    ).rejects.toThrow(/x is ragged, got one of 2 on axis 1/);
    await expect(network().fit("x" as never, y)).rejects.toThrow(/x lacks|x is no data|is no data/);
  });

  it("generators, async iterables and data sets", async () => {
    const { history } = await expected;
    function* batches(): Generator<[HostArray, HostArray]> {
      for (let at = 0; at < 24; at += 8) {
        const part = (array: HostArray, width: number): HostArray => ({
          data: array.data.slice(at * width, (at + 8) * width),
          shape: [8, width],
        });
        yield [part(x, 3), part(y, 1)];
      }
    }
    const epochs = { epochs: 3 };
    expect((await network().fit(batches, epochs)).history).toEqual(history);
    async function* later(): AsyncGenerator<{ x: HostArray; y: HostArray }> {
      for (const [inputs, labels] of batches()) yield { x: inputs, y: labels };
    }
    expect((await network().fit(later, epochs)).history).toEqual(history);
    const data = Dataset.from({ x, y }).batch(8).prefetch(2);
    expect((await network().fit(data, epochs)).history).toEqual(history);
    const pairs = Dataset.from([x, y] as const).batch(8);
    expect((await network().fit(pairs, epochs)).history).toEqual(history);
    // A generator that runs out is not taken up again.
    await expect(network().fit(batches(), epochs)).rejects.toThrow(
      /the batches ran out, got none in this epoch/,
    );
    const evaluated = await network().evaluate(data);
    expect(evaluated.loss).toBeCloseTo((await network().evaluate(x, y, { batchSize: 8 })).loss!, 6);
  });

  it("endless batches with stepsPerEpoch, going on behind the last step", async () => {
    const seen: number[] = [];
    const endless = Dataset.from({ x, y })
      .batch(8)
      .repeat()
      .map((batch) => {
        seen.push(batch.x.data[0]!);
        return batch;
      });
    const { epoch } = await network().fit(endless, { epochs: 2, stepsPerEpoch: 4 });
    expect(epoch).toEqual([0, 1]);
    const firsts = [0, 24, 48].map((at) => x.data[at]!);
    expect(seen.slice(0, 8)).toEqual(Array.from({ length: 8 }, (_, k) => firsts[k % 3]));
  });

  it("a generator that the user keeps, in one fit after the other; what fit opens itself it closes", async () => {
    let closed = 0;
    async function* forever(): AsyncGenerator<{ x: HostArray; y: HostArray }> {
      try {
        for (;;) yield { x, y };
      } finally {
        closed++;
      }
    }
    const kept = forever();
    await network().fit(kept, { stepsPerEpoch: 2 });
    await network().fit(kept, { stepsPerEpoch: 2 });
    expect(closed).toBe(0);
    await network().fit(forever, { stepsPerEpoch: 2, epochs: 2 });
    expect(closed).toBe(1);
  });

  it("a shuffled data set, resumed in the right order", async () => {
    const data = (): Dataset<{ x: HostArray; y: HostArray }> =>
      Dataset.from({ x, y }).shuffle(24, { seed: 2 }).batch(8);
    const whole = network();
    await whole.fit(data(), { epochs: 4 });
    const half = network();
    await half.fit(data(), { epochs: 2 });
    await half.fit(data(), { epochs: 4, initialEpoch: 2 });
    expect(await half.getWeights()).toEqual(await whole.getWeights());
  });

  it("goes on inside an epoch with the batches that are left of it", async () => {
    const options = { epochs: 3, batchSize: 5, seed: 4 };
    const whole = network();
    await whole.fit(x, y, options);
    const parted = network();
    const controller = new AbortController();
    let steps = 0;
    const stop: Callback = { onBatchEnd: () => void (++steps === 7 && controller.abort()) };
    await parted.fit(x, y, { ...options, callbacks: [stop], signal: controller.signal });
    expect(steps).toBe(7);
    const perEpoch = Math.ceil(24 / 5);
    const batches: number[] = [];
    const see: Callback = { onBatchEnd: (batch) => void batches.push(batch) };
    const place = { initialEpoch: 1, initialStep: 7 - perEpoch };
    await parted.fit(x, y, { ...options, ...place, callbacks: [see] });
    expect(batches).toEqual([2, 3, 4, 0, 1, 2, 3, 4]);
    expect(await parted.getWeights()).toEqual(await whole.getWeights());
  });
});

describe("fit", () => {
  it("stops epochs and validations after so many steps, and validates when it is told", async () => {
    const steps: number[] = [];
    const count: Callback = { onBatchEnd: (batch, { batches }) => void steps.push(batch, batches) };
    const options = { epochs: 4, batchSize: 4, validationSteps: 2, stepsPerEpoch: 3, callbacks: [count] };
    const { history } = await network(["mae"]).fit(x, y, {
      ...options,
      validationData: [x, y],
      validationFreq: [2, 4],
    });
    expect(steps.slice(0, 6)).toEqual([0, 3, 1, 3, 2, 3]);
    expect([history.loss!.length, history.val_loss!.length, history.val_mae!.length]).toEqual([4, 2, 2]);
    await expect(network().fit(x, y, { stepsPerEpoch: 0 })).rejects.toThrow(/bad stepsPerEpoch, got 0/);
  });

  it("validates on the same batches each time, and overfits the same ones", async () => {
    const seen: number[] = [];
    const watched = () =>
      Dataset.from({ x, y })
        .batch(8)
        .map((batch) => {
          seen.push([0, 24, 48].map((at) => x.data[at]!).indexOf(batch.x.data[0]!));
          return batch;
        });
    const data = Dataset.from({ x, y }).batch(8);
    await network().fit(data, { epochs: 3, validationData: watched(), validationSteps: 2 });
    expect(seen).toEqual([0, 1, 0, 1, 0, 1]);
    seen.length = 0;
    await network().fit(watched(), { epochs: 2, overfitBatches: 1 });
    expect(seen).toEqual([0, 0, 0, 0]);
  });

  it("overfits a few batches by heart", async () => {
    const model = new Sequential([new Dense(32, { activation: "tanh", inputShape: [3] }), new Dense(1)]);
    model.compile({ optimizer: new Adam(0.05), loss: "mse" });
    const noise = values(200, 1);
    const { history } = await model.fit(values(200, 3), noise, {
      overfitBatches: 1,
      batchSize: 8,
      epochs: 300,
    });
    expect(history.loss!.at(-1)).toBeLessThan(1e-3);
    expect(history.val_loss!.at(-1)).toBeLessThan(2e-3);
  });

  it("draws another dropout mask at every step, the same for the same seed", async () => {
    const run = async (seed: number): Promise<number[]> => {
      const model = new Sequential(
        [new Input([64]), new Dropout(0.5), new Dense(1, { kernelInitializer: "ones" })],
        { seed },
      );
      model.compile({ optimizer: new SGD(0), loss: "mse" });
      const ones = { data: new Float32Array(64 * 4).fill(1), shape: [4, 64] };
      const { history } = await model.fit(ones, new Float32Array(4), { batchSize: 4, epochs: 5 });
      return history.loss!;
    };
    const losses = await run(1);
    expect(new Set(losses).size).toBe(5);
    expect(await run(1)).toEqual(losses);
    expect(await run(2)).not.toEqual(losses);
  });

  it("writes the same bytes for the same seed", async () => {
    const run = async (): Promise<Uint8Array> => {
      const model = network();
      await model.fit(x, y, { epochs: 3, batchSize: 5, seed: 9 });
      return model.toBytes();
    };
    expect(await run()).toEqual(await run());
  });
});

describe("weights of samples and classes", () => {
  const labels = { data: Int32Array.from({ length: 24 }, (_, k) => k % 3), shape: [24] };
  function classifier(): Sequential {
    const model = new Sequential([new Dense(3, { activation: "softmax", inputShape: [3] })], { seed: 1 });
    model.compile({
      optimizer: new SGD(0.5),
      loss: "sparseCategoricalCrossentropy",
      weightedMetrics: ["accuracy"],
    });
    return model;
  }

  it("count in loss, gradient and weighted metrics; classes as their samples", async () => {
    const weight = Float32Array.from(labels.data, (label) => [1, 0, 2.5][label]!);
    const options = { epochs: 3, batchSize: 8, shuffle: false };
    const bySample = await classifier().fit(x, labels, { ...options, sampleWeight: weight });
    const byClass = await classifier().fit(x, labels, { ...options, classWeight: { 1: 0, 2: 2.5 } });
    expect(byClass.history).toEqual(bySample.history);
    const plain = await classifier().fit(x, labels, options);
    expect(plain.history).not.toEqual(bySample.history);
    const oneHot = { data: new Float32Array(72), shape: [24, 3] };
    labels.data.forEach((label, k) => {
      oneHot.data[3 * k + label] = 1;
    });
    const categorical = classifier();
    categorical.compile({ optimizer: new SGD(0.5), loss: "categoricalCrossentropy" });
    const { history } = await categorical.fit(x, oneHot, { ...options, classWeight: { 1: 0, 2: 2.5 } });
    history.loss!.forEach((loss, epoch) => {
      expect(loss).toBeCloseTo(bySample.history.loss![epoch]!, 5);
    });
  });

  it("of 0 leave a sample out", async () => {
    const weight = new Float32Array(24).fill(1);
    weight.fill(0, 12);
    const other = { data: x.data.slice(), shape: x.shape };
    other.data.fill(7, 36);
    const options = { epochs: 2, batchSize: 24, sampleWeight: weight };
    const [a, b] = [classifier(), classifier()];
    await a.fit(x, labels, options);
    await b.fit(other, labels, options);
    expect(await a.getWeights()).toEqual(await b.getWeights());
  });

  it("are refused where they do not fit", async () => {
    const both = { sampleWeight: new Float32Array(24), classWeight: { 0: 1 } };
    await expect(classifier().fit(x, labels, both)).rejects.toThrow(/got sampleWeight and classWeight/);
    const short = { sampleWeight: new Float32Array(23) };
    await expect(classifier().fit(x, labels, short)).rejects.toThrow(/23 sampleWeight/);
  });
});

describe("masks", () => {
  /** Predicts a number at each step of a sequence of words; 0 pads. */
  function tagger(): Model {
    const model = new Sequential(
      [
        new Embedding(7, 4, { maskZero: true, inputShape: [5] }),
        new LSTM(6, { returnSequences: true }),
        new TimeDistributed(new Dense(1)),
      ],
      { seed: 3 },
    );
    model.compile({ optimizer: new Adam(0.05), loss: "mse", metrics: ["mae"], weightedMetrics: ["mse"] });
    return model;
  }
  const words: HostArray = {
    data: Int32Array.of(1, 2, 3, 0, 0, 4, 5, 6, 1, 2, 3, 0, 0, 0, 0),
    shape: [3, 5],
  };
  const targets = values(3, 5, 1);

  it("keep what is padded out of loss, gradient and metrics, to the bit", async () => {
    const changed = {
      data: targets.data.map((value, k) => (words.data[k] === 0 ? 1e6 : value)),
      shape: targets.shape,
    };
    const train = async (labels: HostArray) => {
      const model = tagger();
      const { history } = await model.fit(words, labels, { epochs: 3, batchSize: 3 });
      return { history, weights: await model.getWeights(), evaluated: await model.evaluate(words, labels) };
    };
    expect(await train(changed)).toEqual(await train(targets));
  });

  it("make the loss a mean over what counts", async () => {
    const model = tagger();
    const predicted = (await model.predict(words)).data;
    const errors = [...predicted].flatMap((value, k) =>
      words.data[k] === 0 ? [] : [(value - targets.data[k]!) ** 2],
    );
    const mean = errors.reduce((a, b) => a + b, 0) / errors.length;
    const { loss, mse } = await model.evaluate(words, targets);
    expect(loss).toBeCloseTo(mean, 5);
    expect(mse).toBeCloseTo(mean, 5);
  });
});

const squares = (data: Iterable<number>): number =>
  [...data].reduce((total, value) => total + value * value, 0);

describe("regularizers and constraints", () => {
  it("add to the loss and bind the weights", async () => {
    const make = (regular: boolean): Sequential => {
      const options = regular
        ? { kernelRegularizer: new L2(0.1), kernelConstraint: new MaxNorm(0.2), activityRegularizer: "l2" }
        : {};
      const model = new Sequential([new Dense(2, { inputShape: [3], ...options }), new Dense(1)], {
        seed: 1,
      });
      model.compile({ optimizer: new SGD(0.1), loss: "mse" });
      return model;
    };
    const [bound, free] = [make(true), make(false)];
    const [kernel] = await bound.getWeights();
    const penalty = 0.1 * squares(kernel!.data);
    const hidden = new Sequential([bound.layers[0]!]);
    const activity = (0.01 * squares((await hidden.predict(x)).data)) / 24;
    const difference =
      (await bound.evaluate(x, y, { batchSize: 24 })).loss! - (await free.evaluate(x, y)).loss!;
    expect(difference).toBeCloseTo(penalty + activity, 5);
    await bound.fit(x, y);
    const after = (await bound.getWeights())[0]!.data;
    for (const column of [0, 1]) {
      const norm = Math.hypot(after[column]!, after[2 + column]!, after[4 + column]!);
      expect(norm).toBeLessThan(0.2 + 1e-6);
    }
  });
});

it("a loss may be a function, one of several losses none", async () => {
  const model = network();
  model.compile({
    optimizer: new SGD(0.1),
    loss: (yTrue: Tensor, yPred: Tensor) => yTrue.subtract(yPred).abs().squeeze(-1),
  });
  const { history } = await model.fit(x, y, { epochs: 2 });
  expect(history.loss![1]).toBeLessThan(history.loss![0]!);
});
