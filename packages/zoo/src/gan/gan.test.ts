import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wasm } from "@hekla/kernels-wasm";
import { modelFromBytes } from "@hekla/layers";
import { type Backend, DataError, reference, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../config.js";
import { DataSource } from "../data-source.js";
import { mnistMlp } from "../digits/mnist-mlp.js";
import { symmetricEigenvalues } from "../linear-algebra/symmetric-eigen.js";
import { keepConfig } from "../train-network.js";
import { gan } from "./gan.js";
import { ganRecordOf } from "./gan-film.js";
import { type Gan, samplerOf } from "./gan-network.js";
import { latentWays } from "./latent-ways.js";

const data = new DataSource({ synthetic: "always" });
const tiny = {
  limit: 192,
  batchSize: 16,
  epochs: 2,
  filters: 4,
  hidden: 8,
  latent: 8,
  frechetSamples: 100,
  scorerEpochs: 1,
};
const settings = (given: Record<string, unknown> = {}) => resolveConfig(gan.config, { ...tiny, ...given });
const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm());
});
afterAll(() => backend.dispose());

describe("gan", () => {
  it("gives the same bytes twice, and after a resume those of one training", async () => {
    const config = settings();
    const whole = await gan.train({ config, data });
    const bytes = await whole.model.toBytes();
    const again = await gan.train({ config, data });
    expect(hash(await again.model.toBytes())).toBe(hash(bytes));
    const other = await gan.train({ config: settings({ seed: 2 }), data });
    expect(hash(await other.model.toBytes())).not.toBe(hash(bytes));

    const stop = new AbortController();
    const half = await gan.train({
      config,
      data,
      signal: stop.signal,
      callbacks: [{ onEpochEnd: () => stop.abort() }],
    });
    expect(half.interrupted).toBe(true);
    const resume = { bytes: await half.model.toBytes(), source: "half" };
    const rest = await gan.train({ config, data, resume });
    expect(rest.initialEpoch).toBe(1);
    expect(hash(await rest.model.toBytes())).toBe(hash(bytes));
    const done = { bytes, source: "whole" };
    await expect(gan.train({ config, data, resume: done })).rejects.toThrow(/whole is done, got 2 finished/);
  });

  it("keeps the film of its training, and draws the same from a file", async () => {
    const { model, history } = await gan.train({ config: settings(), data });
    const opened = modelFromBytes(await model.toBytes());
    const record = ganRecordOf(opened);
    expect(record.history).toEqual(history);
    expect(Object.keys(history).sort()).toEqual(
      ["discriminatorLoss", "fakeScore", "generatorLoss", "loss", "realScore"].sort(),
    );
    expect(record.steps).toEqual([0, 1, 2, 3, 6, 12, 24].filter((step, at, all) => all.indexOf(step) === at));
    expect(record.frames.every(({ length }) => length === 7840)).toBe(true);
    const latents = latentWays(1, 8, 3);
    expect([...(await samplerOf(opened).predict(latents)).data]).toEqual([
      ...(await samplerOf(model).predict(latents)).data,
    ]);
  });

  it("scores, warns and shows on made-up digits", async () => {
    const config = settings();
    const { model } = await gan.train({ config, data });
    const outcome = await gan.evaluate({ model, data, config });
    const { frechetDistance, frechetFloor, frechetRatio, classDistance, warnings } = outcome.metrics;
    expect(outcome.samples).toBe(100);
    expect(frechetFloor).toBeGreaterThan(0);
    expect(frechetDistance).toBeGreaterThan(frechetFloor!);
    expect(frechetRatio).toBeCloseTo(frechetDistance! / frechetFloor!, 10);
    expect(classDistance).toBeGreaterThan(0);
    // Two dozen steps draw no digits, and it says so.
    expect(outcome.text!.match(/^warning: /gm)).toHaveLength(warnings!);
    expect(outcome.text).toMatch(/^warning: the drawn digits are much alike/m);
    expect(outcome.artifacts!.map(({ name }) => name)).toEqual([
      "samples.svg",
      "film.svg",
      "interpolation.svg",
      "losses.svg",
      "classes.svg",
    ]);
    const again = await gan.evaluate({ model, data, config });
    expect(again.metrics).toEqual(outcome.metrics);

    const options = resolveConfig(gan.predict.options, { count: 9 });
    const drawn = await gan.predict.run({ model, data, config, options });
    expect(drawn.text).toBe("9 digits drawn from seed 1");
    expect(drawn.artifacts![0]!.content).toContain("<image");
    const ways = { ...options, show: "interpolation", count: 2 } as const;
    expect((await gan.predict.run({ model, data, config, options: ways })).json["drawn"]).toBe(20);
  });

  it("learns: grey becomes dark pictures, and averages lag behind", async () => {
    const rates = { learningRate: 0.004, criticRate: 0.002 };
    const wider = settings({ ...rates, epochs: 4, limit: 1024, filters: 8, hidden: 32, averaging: 0.9 });
    const { model } = await gan.train({ config: wider, data });
    // Grey at first; digits are mostly black.
    const { frames } = ganRecordOf(model);
    const mean = (frame: Uint8Array) => frame.reduce((total, value) => total + value, 0) / frame.length;
    expect(Math.abs(mean(frames[0]!) - 127.5)).toBeLessThan(3);
    expect(mean(frames.at(-1)!)).toBeLessThan(100);
    const { generator, sampler } = model as Gan;
    const [slow, fast] = [await sampler.getWeights(), await generator.getWeights()];
    expect(slow.map(({ shape }) => shape)).toEqual(fast.map(({ shape }) => shape));
    expect([...slow[0]!.data]).not.toEqual([...fast[0]!.data]);
    const latest = await gan.train({ config: settings({ averaging: 0 }), data });
    const networks = latest.model as Gan;
    expect(await networks.sampler.getWeights()).toEqual(await networks.generator.getWeights());
  });

  it("plays for the Wasserstein distance without batch statistics in the critic", async () => {
    const config = settings({ ...gan.presets["wasserstein"]!.values, criticSteps: 2 });
    const { model, history } = await gan.train({ config, data });
    const names = (model as Gan).discriminator.layers.map(({ className }) => className);
    expect(names).not.toContain("BatchNormalization");
    expect(Object.keys(history)).toContain("gradientNorm");
    expect(history["discriminatorLoss"]!.every(Number.isFinite)).toBe(true);
    expect(history["gradientNorm"]!.at(-1)).toBeGreaterThan(history["gradientNorm"]![0]!);
    expect(model.optimizer.variables[0]!.dataSync()[0]).toBe(12);
  });

  it("holds the largest singular value of each kernel at 1", async () => {
    const config = settings({ ...gan.presets["spectral"]!.values, epochs: 6 });
    const { discriminator } = (await gan.train({ config, data })).model as Gan;
    expect(discriminator.layers.map(({ className }) => className)).not.toContain("BatchNormalization");
    const kernels = discriminator.weights.filter(({ name }) => name.endsWith("kernel"));
    const vectors = discriminator.nonTrainableWeights.filter(({ name }) => name.endsWith("vector_u"));
    expect([kernels.length, vectors.length]).toEqual([4, 4]);
    for (const kernel of kernels) {
      const columns = kernel.shape.at(-1)!;
      const values = await kernel.data();
      const squares = new Float64Array(columns * columns);
      for (let row = 0; row < values.length; row += columns) {
        for (let i = 0; i < columns; i++) {
          for (let j = 0; j < columns; j++) {
            squares[i * columns + j] = squares[i * columns + j]! + values[row + i]! * values[row + j]!;
          }
        }
      }
      // One update of Adam after the last division, and one step of the power method a call.
      const largest = Math.sqrt(symmetricEigenvalues(squares, columns).at(-1)!);
      expect(Math.abs(largest - 1)).toBeLessThan(0.05);
    }
  });

  it("says what does not fit", async () => {
    await expect(gan.train({ config: settings({ batchSize: 200 }), data })).rejects.toThrow(
      "gan: there are too few digits, got 192, expected at least 200 for a batchSize of 200 and 1 criticSteps",
    );
    const config = settings({ epochs: 1 });
    const { model } = await gan.train({ config, data });
    const options = resolveConfig(gan.predict.options, { digit: 3 });
    await expect(gan.predict.run({ model, data, config, options })).rejects.toThrow(/got no scorer/);
    const folder = await mkdtemp(join(tmpdir(), "hekla-gan-"));
    try {
      const file = join(folder, "mlp.keras");
      const mlp = mnistMlp.build(resolveConfig(mnistMlp.config));
      keepConfig(mlp, mnistMlp.id, {});
      await writeFile(file, await mlp.toBytes());
      const wrong = gan.evaluate({ model, data, config: { ...config, scorer: file } });
      await expect(wrong).rejects.toThrow(DataError);
      await expect(wrong).rejects.toThrow(/cannot judge digits, got mnist-mlp, expected a trained mnist-cnn/);
      const missing = { ...config, scorer: join(folder, "none.keras") };
      await expect(gan.evaluate({ model, data, config: missing })).rejects.toThrow(/none.keras/);
    } finally {
      await rm(folder, { recursive: true });
    }
    model.attachments = {};
    await expect(gan.evaluate({ model, data, config })).rejects.toThrow(/holds no film of its training/);
  });
});

it("trains on the reference backend too", async () => {
  const inner = await useBackend(reference());
  try {
    const config = settings({ limit: 8, batchSize: 4, epochs: 1, filters: 2, hidden: 4, latent: 4 });
    const { history } = await gan.train({ config, data });
    expect(history["loss"]!.every(Number.isFinite)).toBe(true);
  } finally {
    inner.dispose();
    await useBackend(backend);
  }
});
