import { wasm } from "@hekla/kernels-wasm";
import { type Backend, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../config.js";
import { DataSource } from "../data-source.js";
import type { DigitReader } from "../model.js";
import { findModel } from "../registry.js";
import { loadTestDigits } from "./digits-data.js";

const trainSamples = 2000;
const testSamples = 2000;
const data = new DataSource({ synthetic: "always" });

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm());
});
afterAll(() => backend.dispose());

/** Highest loss and lowest accuracy on 2 000 unseen digits after a few passes over 2 000. */
const goals = [
  { id: "mnist-perceptron", config: { epochs: 5, learningRate: 0.01 }, loss: 0.75, accuracy: 0.78 },
  {
    id: "mnist-mlp",
    config: { epochs: 10, learningRate: 0.002, augmentShift: 1 },
    loss: 0.5,
    accuracy: 0.85,
  },
  { id: "mnist-cnn", config: { epochs: 3, augmentShift: 1 }, loss: 0.4, accuracy: 0.9 },
];

describe.each(goals)("$id on synthetic digits", (goal) => {
  it(`reaches a test loss of ${goal.loss} and an accuracy of ${goal.accuracy}`, async () => {
    const model = findModel(goal.id);
    if (!model) throw new Error(`no ${goal.id}`);
    const config = resolveConfig(model.config, { ...goal.config, batchSize: 32, limit: trainSamples });
    const outcome = await model.train({ config, data });
    const losses = outcome.history["loss"] ?? [];
    expect(losses).toHaveLength(goal.config.epochs);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);

    const { metrics, samples } = await model.evaluate({ data, model: outcome.model, config });
    expect(samples).toBe(testSamples);
    expect(metrics["loss"]).toBeLessThan(goal.loss);
    expect(metrics["accuracy"]).toBeGreaterThan(goal.accuracy);

    const { test } = await loadTestDigits(data);
    const images = { data: test.x.data, shape: [testSamples, 28, 28] };
    const probabilities = await (model.predict as DigitReader).read(outcome.model, images);
    expect(probabilities.shape).toEqual([testSamples, 10]);
    expect(shareOfHits(probabilities.data, test.y.data)).toBeCloseTo(metrics["accuracy"] ?? 0, 6);
  });
});

describe("training", () => {
  it("ends in order when it is told to, and keeps what was learnt", async () => {
    const model = findModel("mnist-perceptron");
    if (!model) throw new Error("no perceptron");
    const controller = new AbortController();
    const config = resolveConfig(model.config, { epochs: 50, limit: trainSamples });
    let epochs = 0;
    const callbacks = [
      {
        onEpochEnd() {
          if (++epochs === 2) controller.abort();
        },
      },
    ];
    const outcome = await model.train({ config, data, callbacks, signal: controller.signal });
    expect(outcome.interrupted).toBe(true);
    expect(outcome.history["loss"]).toHaveLength(2);
  });

  it("goes on after an interruption as if there had been none, to the bit", async () => {
    const model = findModel("mnist-mlp");
    if (!model) throw new Error("no multilayer perceptron");
    const config = resolveConfig(model.config, {
      epochs: 3,
      limit: 500,
      augmentShift: 2,
      augmentRotation: 10,
    });
    const straight = await model.train({ config, data });

    const controller = new AbortController();
    const stop = { onEpochEnd: () => controller.abort() };
    const begun = await model.train({ config, data, callbacks: [stop], signal: controller.signal });
    expect(begun.history["loss"]).toHaveLength(1);
    const bytes = await begun.model.toBytes();
    const resumed = await model.train({ config, data, resume: { bytes, source: "begun" } });
    expect(resumed.initialEpoch).toBe(1);
    expect(resumed.history["loss"]).toEqual(straight.history["loss"]?.slice(1));
    const done = { bytes: await straight.model.toBytes(), source: "straight" };
    expect(Buffer.compare(await resumed.model.toBytes(), done.bytes)).toBe(0);
    await expect(model.train({ config, data, resume: done })).rejects.toThrow(
      "resume: straight is done, got 3 finished epochs, expected less than 3",
    );
  });

  it("stops at once when the loss is no number any more", async () => {
    const model = findModel("mnist-mlp");
    if (!model) throw new Error("no multilayer perceptron");
    const config = resolveConfig(model.config, { optimizer: "sgd", learningRate: 1e30, limit: 1000 });
    await expect(model.train({ config, data })).rejects.toThrow(/training diverged in epoch 1, got loss/);
  });
});

function shareOfHits(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number {
  const best = (values: ArrayLike<number>, row: number) => {
    const classes = Array.from({ length: 10 }, (_, at) => values[row * 10 + at] ?? 0);
    return classes.indexOf(Math.max(...classes));
  };
  const rows = probabilities.length / 10;
  return (
    Array.from({ length: rows }, (_, row) => row).filter(
      (row) => best(probabilities, row) === best(labels, row),
    ).length / rows
  );
}
