import { wasm } from "@hekla/kernels-wasm";
import { type Backend, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../config.js";
import { DataSource } from "../data-source.js";
import { sineStackedLstm } from "./sine-stacked-lstm.js";

const data = new DataSource();
const { presets } = sineStackedLstm;
const settings = (...layers: Record<string, unknown>[]) => resolveConfig(sineStackedLstm.config, ...layers);

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm());
});
afterAll(() => backend.dispose());

const trained = async (...layers: Record<string, unknown>[]) => {
  const config = settings(...layers);
  const { model } = await sineStackedLstm.train({ config, data });
  return { model, config, test: await sineStackedLstm.evaluate({ config, data, model }) };
};

describe("sine-stacked-lstm", () => {
  it("goes on with the wave for two periods within 5 % of its amplitude", { timeout: 60_000 }, async () => {
    const { model, config, test } = await trained(presets["start"]!.values, { steps: 25, batchSize: 16 });
    const { metrics } = test;
    expect(metrics["worstError"]).toBeLessThan(0.05);
    expect(metrics["periodsWithin5Percent"]).toBeGreaterThanOrEqual(2);
    // "The last value stays" is far off, so that this says something.
    expect(metrics["lastValueWorstError"]).toBeGreaterThan(0.5);
    expect(metrics["amplitude"]).toBeCloseTo(0.9 ** 10, 12);

    const csv = String(test.artifacts?.find(({ name }) => name === "forecast.csv")?.content);
    const rows = csv.trimEnd().split("\n").slice(1);
    expect(rows).toHaveLength(200);
    const errors = rows.slice(0, 100).map((row, at) => {
      const [step, , network] = row.split(",").map(Number) as [number, number, number];
      expect(step).toBe(500 + at);
      return Math.abs(network - 0.9 ** (step / 50) * Math.sin((2 * Math.PI * step) / 50));
    });
    expect(Math.max(...errors) / 0.9 ** 10).toBeCloseTo(metrics["worstError"]!, 9);

    const { json } = await sineStackedLstm.predict.run({ config, data, model, options: { values: 3 } });
    expect(json["first"]).toBe(500);
    expect(json["values"]).toEqual(rows.slice(0, 3).map((row) => Number(row.split(",")[2])));
  });

  it("does without an LSTM on a window, but not on the last value alone", { timeout: 60_000 }, async () => {
    const dense = await trained(presets["dense"]!.values, { steps: 25, epochs: 200 });
    expect(dense.test.metrics["worstError"]).toBeLessThan(0.1);
    const point = await trained(presets["densePoint"]!.values);
    expect(point.test.metrics["worstError"]).toBeGreaterThan(0.5);
    expect(point.test.text).toContain("two dense layers, window of 1");
  });

  it("gives the same bytes twice, and a wave shorter than a window an error", {
    timeout: 60_000,
  }, async () => {
    const config = settings({ epochs: 1, units: 4, noise: 0.1 });
    const bytes = async () => (await sineStackedLstm.train({ config, data })).model.toBytes();
    expect(Buffer.compare(await bytes(), await bytes())).toBe(0);
    const short = settings({ periods: 1, steps: 50 });
    await expect(sineStackedLstm.train({ config: short, data })).rejects.toThrow(
      "shorter than a window, got 50",
    );
  });
});
