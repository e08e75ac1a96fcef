import { wasm } from "@hekla/kernels-wasm";
import { type Backend, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../config.js";
import { DataSource } from "../data-source.js";
import { cnnLstm } from "./cnn-lstm.js";

const data = new DataSource({ synthetic: "always" });
const motions = resolveConfig(cnnLstm.config, {
  ...{ samples: 900, frames: 7, size: 20 },
  ...{ epochs: 4, learningRate: 0.006 },
});
const frames = resolveConfig(cnnLstm.config, {
  ...{ task: "nextFrame", samples: 100, frames: 5, size: 20 },
  ...{ epochs: 4, batchSize: 10, filters: 6, learningRate: 0.02 },
});

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm());
});
afterAll(() => backend.dispose());

describe("cnn-lstm on drawn digits", () => {
  it("tells motions far better than chance", async () => {
    const { model, history } = await cnnLstm.train({ config: motions, data });
    expect(history["val_accuracy"]).toHaveLength(4);
    const { metrics, samples, artifacts, text } = await cnnLstm.evaluate({ model, data, config: motions });
    expect(samples).toBe(900);
    expect(metrics["trivialAccuracy"]).toBeCloseTo(1 / 9, 12);
    expect(metrics["accuracy"]).toBeGreaterThan(0.7);
    expect(text).toMatch(/^still +\d+ of 100$/m);
    expect(artifacts?.map(({ name }) => name)).toEqual(["sequences.svg", "confusion.svg"]);

    const options = resolveConfig(cnnLstm.predict.options, { index: 4 });
    const { json, artifacts: strip } = await cnnLstm.predict.run({ model, config: motions, data, options });
    const probabilities = Object.values(json["probabilities"] as Record<string, number>);
    expect(probabilities.reduce((sum, one) => sum + one)).toBeCloseTo(1, 5);
    expect(strip).toHaveLength(1);
  }, 60_000);

  it("draws next frames nearer than the frame before and than extrapolation", async () => {
    const { model } = await cnnLstm.train({ config: frames, data });
    const { metrics } = await cnnLstm.evaluate({ model, data, config: frames });
    expect(metrics["error"]).toBeLessThan(0.8 * metrics["lastFrameError"]!);
    expect(metrics["error"]).toBeLessThan(metrics["extrapolationError"]!);

    const run = (steps: number) => {
      const options = resolveConfig(cnnLstm.predict.options, { index: 3, steps });
      return cnnLstm.predict.run({ model, config: frames, data, options });
    };
    const { json, artifacts } = await run(2);
    expect(json["errors"]).toHaveLength(2);
    expect(artifacts?.map(({ name }) => name)).toEqual(["foreseen-3.svg", "foreseen-3-errors.svg"]);
    await expect(run(4)).rejects.toThrow("cnn-lstm: too many steps, got 4 of 5 frames, expected at most 3");
  }, 60_000);

  it.each(["class", "nextFrame"] as const)("has the same bytes twice: %s", async (task) => {
    const config = resolveConfig(cnnLstm.config, { ...frames, task, samples: 40, epochs: 2 });
    const [one, two] = [await cnnLstm.train({ config, data }), await cnnLstm.train({ config, data })];
    expect(Buffer.compare(await one.model.toBytes(), await two.model.toBytes())).toBe(0);
    const other = await cnnLstm.train({ config: { ...config, seed: 2 }, data });
    expect(Buffer.compare(await one.model.toBytes(), await other.model.toBytes())).not.toBe(0);
  });

  it("says what cannot be", async () => {
    const long = resolveConfig(cnnLstm.config, { frames: 40, samples: 9 });
    await expect(cnnLstm.train({ config: long, data })).rejects.toThrow(/movingDigits: got 40 frames/);
    const held = resolveConfig(cnnLstm.config, { samples: 1, validationSplit: 0.5 });
    await expect(cnnLstm.train({ config: held, data })).rejects.toThrow(/cnn-lstm: nothing to train on/);
  });
});
