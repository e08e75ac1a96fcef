import { wasm } from "@hekla/kernels-wasm";
import { encodePng } from "@hekla/layers";
import { type Backend, DataError, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../config.js";
import { DataSource } from "../data-source.js";
import { cae } from "./cae.js";

const data = new DataSource({ synthetic: "always" });
const small = { limit: 1500, epochs: 3, batchSize: 16, learningRate: 0.01 };
const digits = resolveConfig(cae.config, small);
const colors = resolveConfig(cae.config, cae.presets["colors"]!.values, {
  ...{ limit: 24, epochs: 1, latentChannels: 12, filters: 8 },
});
const test = resolveConfig(cae.predict.options, { index: 3 });
const names = (artifacts: readonly { name: string }[] = []) => artifacts.map(({ name }) => name);

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm());
});
afterAll(() => backend.dispose());

describe("cae on drawn digits", () => {
  it("draws digits again from 128 numbers, and far better than from 16", async () => {
    const { model, history } = await cae.train({ config: { ...digits, validationSplit: 0.1 }, data });
    expect(history["val_loss"]!.at(-1)).toBeLessThan(history["val_loss"]![0]!);
    const { metrics, samples, artifacts } = await cae.evaluate({ model, data, config: digits });
    expect(samples).toBe(2000);
    expect(model.countParams()).toBe(4385);
    expect(metrics["latentSize"]).toBe(128);
    expect(metrics["binaryCrossentropy"]).toBeLessThan(0.25);
    expect(metrics["binaryCrossentropy"]).toBeGreaterThan(metrics["crossentropyFloor"]!);
    expect(names(artifacts)).toEqual(["reconstructions.svg", "latent-maps.svg"]);

    const narrow = { ...digits, latentChannels: 1 };
    const squeezed = (await cae.train({ config: narrow, data })).model;
    const other = await cae.evaluate({ model: squeezed, data, config: narrow });
    expect(other.metrics["binaryCrossentropy"]).toBeGreaterThan(1.1 * metrics["binaryCrossentropy"]!);

    const drawn = await cae.predict.run({ model, data, config: digits, options: test });
    expect(drawn.json["latentShape"]).toEqual([8, 4, 4]);
    const png = await encodePng(new Uint8Array(28 * 28).fill(255, 300, 420), 28, 28, 1);
    const input = { name: "bar.png", bytes: png };
    const own = await cae.predict.run({ model, data, config: digits, options: test, input });
    expect(own.text).toMatch(/^bar\.png: binary cross-entropy 0\.\d{4}/);
    const blank = { name: "blank.png", bytes: await encodePng(new Uint8Array(600), 20, 30, 1) };
    const empty = cae.predict.run({ model, data, config: digits, options: test, input: blank });
    await expect(empty).rejects.toThrow(DataError);
  }, 60_000);

  it("takes noise away", async () => {
    const config = { ...digits, noise: 0.5 };
    const { model } = await cae.train({ config, data });
    const { metrics, artifacts } = await cae.evaluate({ model, data, config });
    expect(metrics["meanSquaredError"]).toBeLessThan(0.6 * metrics["noisyMeanSquaredError"]!);
    expect(artifacts![0]!.content).toContain("cleaned");
    const { text } = await cae.predict.run({ model, data, config, options: test });
    expect(text).toMatch(/^test digit 3: /);
  }, 60_000);

  it("has the same bytes twice, and from a training that was resumed", async () => {
    const config = { ...digits, limit: 320, epochs: 2, noise: 0.3 };
    const [one, two] = [await cae.train({ config, data }), await cae.train({ config, data })];
    const bytes = await one.model.toBytes();
    expect(Buffer.compare(bytes, await two.model.toBytes())).toBe(0);
    const other = await cae.train({ config: { ...config, seed: 2 }, data });
    expect(Buffer.compare(bytes, await other.model.toBytes())).not.toBe(0);

    const stop = new AbortController();
    const callbacks = [{ onEpochEnd: () => stop.abort() }];
    const cut = await cae.train({ config, data, callbacks, signal: stop.signal });
    expect(cut.interrupted).toBe(true);
    const resume = { bytes: await cut.model.toBytes(), source: "cut.keras" };
    const whole = await cae.train({ config, data, resume });
    expect(whole.initialEpoch).toBe(1);
    expect(Buffer.compare(bytes, await whole.model.toBytes())).toBe(0);
  }, 60_000);

  it("says what cannot be", async () => {
    const held = { ...digits, limit: 1, validationSplit: 0.5 };
    await expect(cae.train({ config: held, data })).rejects.toThrow(/cae: nothing to train on/);
    const fast = { ...digits, limit: 64, learningRate: 1e30 };
    await expect(cae.train({ config: fast, data })).rejects.toThrow(/NaN|Infinity|diverged/i);
  });
});

describe("cae on colour pictures", () => {
  it("codes pictures as bytes and draws them from those", async () => {
    const { model } = await cae.train({ config: colors, data });
    const { metrics, samples, text, artifacts } = await cae.evaluate({ model, data, config: colors });
    expect(samples).toBe(100);
    expect(metrics["psnr"]).toBeGreaterThan(23);
    expect(metrics["bitsPerPixel"]).toBeLessThan(0.6);
    expect(metrics["bitsPerPixel"]).toBeLessThan(0.5 * metrics["uncodedBitsPerPixel"]!);
    expect(metrics["uncodedBitsPerPixel"]).toBeCloseTo((12 * 169 * 7) / 10_000, 12);
    expect(metrics["aboveJpeg"]).toBeCloseTo(metrics["psnr"]! - metrics["jpegPsnr"]!, 12);
    expect(text).toContain("arithmetic-coded and decoded again");
    expect(names(artifacts)).toEqual(["reconstructions.svg", "latent-maps.svg", "rate-distortion.svg"]);

    const run = (input?: { name: string; bytes: Uint8Array }, index = 3) => {
      const options = { index };
      return cae.predict.run({ model, data, config: colors, options, ...(input && { input }) });
    };
    const coded = await run();
    const code = coded.artifacts!.find(({ name }) => name === "code.bin")!.content;
    expect(coded.json["bytes"]).toBe(code.length);

    const sky = Uint8Array.from({ length: 30_000 }, (_, at) => 90 + 50 * (at % 3));
    const flat = await run({ name: "sky.png", bytes: await encodePng(sky, 100, 100, 3) });
    expect(flat.json["bytes"]).toBeLessThan(code.length / 2);
    expect(flat.json["psnr"]).toBeGreaterThan(25);
    const narrow = { name: "narrow.png", bytes: await encodePng(sky.subarray(0, 15_000), 100, 50, 3) };
    await expect(run(narrow)).rejects.toThrow(
      "narrow.png: the picture does not fit, got 50 x 100 of 3 channels, expected 100 x 100 in colour",
    );
    await expect(run(undefined, 100)).rejects.toThrow("cae: there is no test scene 100, expected 0 to 99");

    model.attachments = {};
    await expect(cae.evaluate({ model, data, config: colors })).rejects.toThrow(
      "cae: the network's file has no code",
    );
  }, 60_000);

  it("has the same bytes twice", async () => {
    const config = { ...colors, limit: 6 };
    const [one, two] = [await cae.train({ config, data }), await cae.train({ config, data })];
    expect(Buffer.compare(await one.model.toBytes(), await two.model.toBytes())).toBe(0);
  }, 60_000);
});
