import { takeRows } from "@hekla/datasets";
import { wasm } from "@hekla/kernels-wasm";
import { Dense, DivergedError, input, Model } from "@hekla/layers";
import { Adam } from "@hekla/optim";
import {
  DataError,
  type HostArray,
  HostRandom,
  mean,
  reference,
  square,
  subtract,
  type Tensor,
  useBackend,
} from "@hekla/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { DataSource } from "../data-source.js";
import type { TrainContext } from "../model.js";
import { DataParallelStep } from "./data-parallel-step.js";
import { trainDataParallel } from "./train-data-parallel.js";

const random = new HostRandom(1, "test");
const rows: HostArray = {
  data: Float32Array.from({ length: 96 * 20 }, () => random.uniform()),
  shape: [96, 20],
};
const rowsAt = (numbers: Int32Array): HostArray => takeRows(rows, numbers);

function network(): Model {
  const x = input([20]);
  const code = new Dense(6, { activation: "tanh" }).apply(x);
  return new Model(x, new Dense(20, { kernelConstraint: "nonNeg" }).apply(code), { seed: 5 });
}
const lossOf = (model: Model) => (x: Tensor) => mean(square(subtract(model.apply(x), x)));
const valuesOf = (model: Model): number[] => model.weights.flatMap((weight) => [...weight.dataSync()]);

/** Losses of some steps, and the weights after them. */
async function train(shards: number, steps = 8) {
  const model = network();
  const step = new DataParallelStep({
    network: model,
    optimizer: new Adam(0.05),
    loss: lossOf(model),
    shards,
  });
  const losses: number[] = [];
  for (let at = 0; at < steps; at++) losses.push(await step.train(rows));
  step.dispose();
  return { losses, weights: valuesOf(model) };
}

afterAll(async () => {
  await useBackend(reference());
});

describe("DataParallelStep", () => {
  it("has the same bits with any number of workers, and those of one part but for rounding", async () => {
    const results: Awaited<ReturnType<typeof train>>[] = [];
    for (const threads of [1, 2, 3, 4]) {
      const backend = await useBackend(wasm({ threads }));
      await (backend as { allThreads?(): Promise<void> }).allThreads?.();
      results.push(await train(4));
      if (threads === 1) {
        const whole = await train(1);
        expect(whole.losses).not.toEqual(results[0]!.losses);
        whole.losses.forEach((loss, at) => expect(loss).toBeCloseTo(results[0]!.losses[at]!, 6));
        whole.weights.forEach((weight, at) => expect(weight).toBeCloseTo(results[0]!.weights[at]!, 4));
      }
      await backend.dispose();
    }
    const [first] = results;
    expect(first!.losses[7]).toBeLessThan(first!.losses[0]! / 2);
    for (const result of results) expect(result).toEqual(first);
  });

  it("keeps weights within their constraints, and weights that are not named as they are", async () => {
    await useBackend(reference());
    const model = network();
    const [kernel, bias, decoder, shift] = model.trainableWeights;
    const step = new DataParallelStep({
      network: model,
      weights: [decoder!, shift!],
      optimizer: new Adam(0.2),
      loss: lossOf(model),
      shards: 2,
    });
    const before = [kernel!, bias!].map((weight) => [...weight.dataSync()]);
    for (let at = 0; at < 4; at++) await step.train(rows);
    expect([kernel!, bias!].map((weight) => [...weight.dataSync()])).toEqual(before);
    const values = [...decoder!.dataSync()];
    expect(Math.min(...values)).toBe(0);
    expect(Math.max(...values)).toBeGreaterThan(0);
  });

  it("refuses a batch that cannot be cut evenly", async () => {
    const model = network();
    const step = new DataParallelStep({
      network: model,
      optimizer: new Adam(),
      loss: lossOf(model),
      shards: 5,
    });
    await expect(step.train(rows)).rejects.toThrow(DataError);
    await expect(step.train(rows)).rejects.toThrow(
      "data-parallel: a batch cannot be cut evenly, got 96 samples, expected a multiple of 5",
    );
  });
});

describe("trainDataParallel", () => {
  const config = { epochs: 3, batchSize: 40, shards: 4, seed: 2 };
  type Config = typeof config;
  const run = (context: Partial<TrainContext<Config>> = {}, rate = 0.01) => {
    const model = network();
    return trainDataParallel<Config>({
      id: "test",
      network: model,
      context: { config, data: new DataSource(), ...context },
      optimizer: new Adam(rate),
      loss: lossOf(model),
      samples: 96,
      batch: rowsAt,
      source: "test",
      weights: (epoch) => (epoch === 0 ? model.trainableWeights.slice(0, 2) : model.trainableWeights),
    });
  };

  it("takes full batches in an order of each epoch's own, and tells callbacks", async () => {
    await useBackend(wasm({ threads: 2 }));
    const told: string[] = [];
    const outcome = await run({
      callbacks: [
        {
          onBatchEnd: (batch, { batches }) => void told.push(`${batch}/${batches}`),
          onEpochEnd: (epoch) => void told.push(`${epoch}`),
        },
      ],
    });
    expect(told).toEqual(["0/2", "1/2", "0", "0/2", "1/2", "1", "0/2", "1/2", "2"]);
    expect(outcome).toMatchObject({
      interrupted: false,
      stepsPerEpoch: 2,
      trainSamples: 96,
      initialEpoch: 0,
    });
    const { loss } = outcome.history;
    expect(loss).toHaveLength(3);
    expect(loss![2]).toBeLessThan(loss![0]!);
    expect(valuesOf((await run()).model)).toEqual(valuesOf(outcome.model));
  });

  it.each([1, 2, 3, 5])("ended after step %d and resumed, it comes to the same bytes", async (steps) => {
    await useBackend(wasm({ threads: 2 }));
    const whole = await (await run()).model.toBytes();
    const abort = new AbortController();
    let left = steps;
    const callbacks = [{ onBatchEnd: () => void (--left === 0 && abort.abort()) }];
    const stopped = await run({ callbacks, signal: abort.signal });
    expect(stopped.interrupted).toBe(true);
    const bytes = await stopped.model.toBytes();
    const resumed = await run({ resume: { bytes, source: "file" } });
    expect(await resumed.model.toBytes()).toEqual(whole);
  });

  it("says so where training runs away, and where there is too little to learn from", async () => {
    await useBackend(wasm({ threads: 1 }));
    await expect(run({}, 1e38)).rejects.toThrow(DivergedError);
    await expect(run({ config: { ...config, batchSize: 42 } })).rejects.toThrow(
      "test: got 42 samples a step, expected a multiple of the 4 shards",
    );
    await expect(run({ config: { ...config, batchSize: 100 } })).rejects.toThrow(
      "test: got 96 samples, expected those of a step (100) at least",
    );
  });
});
