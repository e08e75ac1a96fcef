import { wasm } from "@hekla/kernels-wasm";
import { modelFromBytes } from "@hekla/layers";
import { type Backend, DataError, reference, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError, resolveConfig } from "../config.js";
import { DataSource } from "../data-source.js";
import { firstFrames } from "./latent-codes.js";
import { LatentForecaster } from "./latent-forecast.js";
import { latentPhysics } from "./latent-physics.js";
import { partsOf } from "./latent-roll-out.js";
import { pressureSeries } from "./pressure-series.js";

const data = new DataSource();
const learning = resolveConfig(latentPhysics.config, {
  ...{ grid: 16, simulations: 24, validationSimulations: 2, given: 5, horizon: 12, unroll: 8 },
  ...{ filters: 12, codeChannels: 8, units: 12, autoencoderEpochs: 10, epochs: 5, batchSize: 16 },
  learningRate: 0.005,
});
const tiny = resolveConfig(latentPhysics.config, {
  ...{ grid: 16, simulations: 2, validationSimulations: 1, given: 3, horizon: 4, unroll: 3 },
  ...{ filters: 2, codeChannels: 1, units: 4, autoencoderEpochs: 1, epochs: 2, batchSize: 4 },
});

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm());
});
afterAll(() => backend.dispose());

describe("latent-physics", () => {
  it("foresees the pressure better than a field that stays, at each frame", async () => {
    const { model, history } = await latentPhysics.train({ config: learning, data });
    expect(history["loss"]).toHaveLength(15);
    expect(history["val_loss"]).toHaveLength(15);
    expect(history["loss"]![9]).toBeLessThan(history["loss"]![0]! / 4);
    expect(history["loss"]![14]).toBeLessThan(history["loss"]![10]! / 2);

    const { metrics, samples, text, artifacts } = await latentPhysics.evaluate({
      model,
      data,
      config: learning,
    });
    expect(samples).toBe(20);
    expect(metrics["stepsBelowStays"]).toBe(12);
    expect(metrics["largestShareOfStays"]).toBeLessThan(1);
    expect(metrics["error"]).toBeLessThan(0.75 * metrics["staysError"]!);
    expect(metrics["firstError"]).toBeLessThan(metrics["lastError"]!);
    for (const time of ["solver", "network", "batch"]) {
      expect(metrics[`${time}Milliseconds`]).toBeGreaterThan(0);
    }
    expect(metrics["speedUp"]).toBeCloseTo(metrics["solverMilliseconds"]! / metrics["networkMilliseconds"]!);
    expect(text).toMatch(/^\+10 +0\.\d{3} +0\.\d{3}/m);
    expect(artifacts?.map(({ name }) => name)).toEqual([
      "roll-out-error.svg",
      "roll-out-time.svg",
      "roll-out-frames.svg",
      "roll-out-animation.svg",
    ]);

    // A file is all that a prediction needs; the first test simulation is the evaluation's.
    const loaded = await modelFromBytes(await model.toBytes());
    const options = resolveConfig(latentPhysics.predict.options, { index: 3, steps: 7 });
    const context = { data, config: learning, options };
    const one = await latentPhysics.predict.run({ ...context, model: loaded });
    expect(one.json["errors"]).toEqual(
      (await latentPhysics.predict.run({ ...context, model })).json["errors"],
    );
    expect(one.json["errors"]).toHaveLength(7);
    expect(one.artifacts?.map(({ name }) => name)).toEqual([
      "simulation-3-error.svg",
      "simulation-3-frames.svg",
      "simulation-3-animation.svg",
    ]);
  }, 60_000);

  it.each([
    ["convolutional", 3],
    ["dense", 2],
  ] as const)("rolls out what the network tells, and what the decoder misses: %s", async (memory, given) => {
    const config = { ...tiny, memory, given };
    const { model } = await latentPhysics.train({ config, data });
    const { grid } = config;
    const { fields } = await pressureSeries({ ...config, part: "test", simulations: 2, frames: given });
    const forecaster = new LatentForecaster(partsOf(model));
    const last = {
      data: Float32Array.from(
        [0, 1].flatMap((one) => {
          const end = (one + 1) * given * grid * grid;
          return Array.from(fields.data.subarray(end - grid * grid, end));
        }),
      ),
      shape: [2, 1, grid, grid],
    };
    const [next, again] = [await model.predict(fields), await forecaster.reconstruct(last)];
    const foreseen = (await forecaster.foresee(fields, 1)).fields;
    const expected = foreseen.map((_, at) => next.data[at]! + last.data[at]! - again[at]!);
    for (const [at, value] of foreseen.entries()) expect(value).toBeCloseTo(expected[at]!, 6);
    // Simulations side by side do not touch each other, and a longer roll-out begins as a shorter one.
    const alone = (
      await forecaster.foresee(firstFrames({ ...fields, shape: [1, 2 * given, 1, grid, grid] }, given), 3)
    ).fields;
    for (let cell = 0; cell < grid * grid; cell++) expect(alone[cell]).toBeCloseTo(foreseen[cell]!, 6);
    forecaster.dispose();
  });

  it("has the same bytes twice, other ones from another seed", async () => {
    const bytes = async (seed: number) => {
      const { model } = await latentPhysics.train({ config: { ...tiny, seed }, data });
      model.attachments = {};
      return Buffer.from(await model.toBytes());
    };
    const first = await bytes(1);
    expect(first.equals(await bytes(1))).toBe(true);
    expect(first.equals(await bytes(2))).toBe(false);
  });

  it("learns the same on the reference backend", async () => {
    const { history } = await latentPhysics.train({ config: tiny, data });
    await useBackend(reference());
    try {
      const other = await latentPhysics.train({ config: tiny, data });
      for (const [epoch, loss] of other.history["loss"]!.entries()) {
        expect(loss / history["loss"]![epoch]!).toBeCloseTo(1, 3);
      }
    } finally {
      await useBackend(backend);
    }
  });

  it("tells callbacks of one training, and ends in order", async () => {
    const told: string[] = [];
    const controller = new AbortController();
    const outcome = await latentPhysics.train({
      config: tiny,
      data,
      signal: controller.signal,
      callbacks: [
        {
          setModel: (model) => void told.push(model.name),
          onTrainBegin: () => void told.push("begin"),
          onEpochBegin: (epoch) => void told.push(`epoch ${epoch}`),
          onEpochEnd: (epoch) => (epoch === 1 ? controller.abort() : undefined),
          onTrainEnd: (history) => void told.push(`end ${history.epoch}`),
        },
      ],
    });
    expect(told).toEqual(["latent_physics", "begin", "epoch 0", "epoch 1", "end 0,1"]);
    expect(outcome.interrupted).toBe(true);
    expect(outcome.history["loss"]).toHaveLength(2);
    const asked = await latentPhysics.train({
      config: tiny,
      data,
      callbacks: [
        {
          setModel(model) {
            model.stopTraining = true;
          },
        },
      ],
    });
    expect(asked.interrupted).toBe(true);
    expect(asked.history["loss"] ?? []).toHaveLength(0);
  });

  it("says what cannot be", async () => {
    const grid = resolveConfig(latentPhysics.config, { grid: 36 });
    expect(() => latentPhysics.build(grid)).toThrow(ConfigError);
    expect(() => latentPhysics.build(grid)).toThrow(
      "config: grid does not fit, got 36, expected a multiple of 8",
    );
    const many = resolveConfig(latentPhysics.config, { grid: 128, simulations: 5000 });
    await expect(latentPhysics.train({ config: many, data })).rejects.toThrow(
      "latent-physics: too much for memory, got 5000 simulations of 58 frames of 128 x 128 cells",
    );
    const resume = { bytes: new Uint8Array(), source: "half.keras" };
    const resumed = latentPhysics.train({ config: tiny, data, resume });
    await expect(resumed).rejects.toThrow(DataError);
    await expect(resumed).rejects.toThrow(/cannot go on with a training, got half.keras, expected to begin/);
  });

  it("does not pass over a loss that is no number", async () => {
    const wild = { ...tiny, learningRate: 1e30, autoencoderEpochs: 3 };
    await expect(latentPhysics.train({ config: wild, data })).rejects.toThrow(
      /training diverged in epoch \d+, got loss/,
    );
  });
});
