import { householdPower, isoTime, syntheticTetouanPower, type TimeSeries } from "@hekla/datasets";
import { wasm } from "@hekla/kernels-wasm";
import { type Backend, DataError, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../config.js";
import { DataSource } from "../data-source.js";
import { powerLstm } from "./power-lstm.js";
import { powerFeatures, powerSamples, powerSets } from "./power-series.js";

const data = new DataSource({ synthetic: "always" });
const settings = (values: Record<string, unknown>) => resolveConfig(powerLstm.config, values);
const { tetouan } = powerSets;

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm());
});
afterAll(() => backend.dispose());

/** Rows as the file of the data set has them. */
function csv({ minutes, columns, values }: TimeSeries): string {
  const rows = Array.from(minutes, (minute, row) =>
    [isoTime(minute), ...values.data.subarray(row * columns.length, (row + 1) * columns.length)].join(","),
  );
  return [["DateTime", ...columns].join(","), ...rows, ""].join("\n");
}

describe("power-lstm on made-up data", () => {
  it("beats persistence an hour ahead, and forecasts what comes after a file", {
    timeout: 60_000,
  }, async () => {
    const config = settings({ ...powerLstm.presets["start"]?.values, stride: 12 });
    const { model } = await powerLstm.train({ config, data });
    const test = await powerLstm.evaluate({ config, data, model });
    const { metrics } = test;
    expect(metrics["skill"]).toBeGreaterThan(0.2);
    expect(metrics["rmse"]).toBeLessThan(0.8 * metrics["weekRmse"]!);
    expect(metrics["rmse"]).toBeLessThan(0.8 * metrics["lastRmse"]!);
    expect(test.text).toContain("% below that of the best trivial forecast");

    const artifact = (name: string) => String(test.artifacts?.find((one) => one.name === name)?.content);
    const rows = artifact("forecast.csv").trimEnd().split("\n");
    expect(rows).toHaveLength(test.samples + 1);
    const squares = rows.slice(1).map((row) => {
      const [, truth, network] = row.split(",").map(Number) as [number, number, number];
      return (truth - network) ** 2;
    });
    expect(Math.sqrt(squares.reduce((a, b) => a + b) / squares.length)).toBeCloseTo(metrics["rmse"]!, 2);
    for (const name of ["forecast.svg", "error-by-time.svg"])
      expect(artifact(name)).toMatch(/^<svg.*<\/svg>\s*$/s);

    // What comes after the first fortnight is known: the same generator made more.
    const start = syntheticTetouanPower({ days: 14 });
    const input = { name: "power.csv", bytes: new TextEncoder().encode(csv(start)) };
    const predicted = await powerLstm.predict.run({ config, data, model, options: {}, input });
    const forecasts = predicted.json["forecasts"] as { time: string; value: number }[];
    expect(forecasts.map(({ time }) => time.slice(5))).toEqual([
      "01-15T00:00",
      "01-15T00:10",
      "01-15T00:20",
      "01-15T00:30",
      "01-15T00:40",
      "01-15T00:50",
    ]);
    const later = syntheticTetouanPower({ days: 15 });
    forecasts.forEach(({ value }, at) => {
      const came = later.values.data[(start.minutes.length + at) * 6 + 5]!;
      expect(Math.abs(value - came)).toBeLessThan(4 * metrics["rmse"]!);
    });
  });

  it("forecasts all values up to the horizon, and gives the same bytes twice", {
    timeout: 60_000,
  }, async () => {
    const config = settings({
      series: "household",
      horizon: 7,
      steps: 14,
      stride: 3,
      epochs: 2,
      output: "all",
    });
    const train = async () => (await powerLstm.train({ config, data })).model;
    const [first, second] = [await train(), await train()];
    expect(Buffer.compare(await first.toBytes(), await second.toBytes())).toBe(0);
    const controller = new AbortController();
    const stop = { onEpochEnd: () => controller.abort() };
    const begun = await powerLstm.train({ config, data, callbacks: [stop], signal: controller.signal });
    const resume = { bytes: await begun.model.toBytes(), source: "begun" };
    const resumed = await powerLstm.train({ config, data, resume });
    expect(resumed.initialEpoch).toBe(1);
    expect(Buffer.compare(await resumed.model.toBytes(), await first.toBytes())).toBe(0);
    const test = await powerLstm.evaluate({ config, data, model: first });
    expect(test.samples).toBe(288 - 6);
    expect(test.artifacts?.map(({ name }) => name)).toContain("error-by-lead.svg");
    const { json } = await powerLstm.predict.run({ config, data, model: first, options: {} });
    expect((json["forecasts"] as { time: string }[]).map(({ time }) => time.slice(0, 10))).toEqual([
      "2010-11-26",
      "2010-11-27",
      "2010-11-28",
      "2010-11-29",
      "2010-11-30",
      "2010-12-01",
      "2010-12-02",
    ]);
  });

  it("builds the network of its config", () => {
    const kernel = (values: Record<string, unknown>) => powerLstm.build(settings(values)).weights[0]?.shape;
    expect(kernel({})).toEqual([14, 4 * 32]);
    expect(kernel({ lags: false, calendar: false, units: 5 })).toEqual([6, 20]);
    expect(kernel({ series: "household" })).toEqual([14, 4 * 32]);
  });
});

describe("its windows", () => {
  const series = syntheticTetouanPower({ days: 12 });
  const use = (row: number) => series.values.data[row * 6 + 5]!;

  it("know nothing of what they forecast", () => {
    const config = settings({ horizon: 20, steps: 3 });
    const changed = { ...series, values: { ...series.values, data: series.values.data.slice() } };
    const from = 1500;
    changed.values.data.fill(1e9, from * 6);
    const samplesOf = (one: TimeSeries) =>
      powerSamples(tetouan, one, powerFeatures(tetouan, one, config), config, { from, to: from + 20 });
    const [before, after] = [samplesOf(series), samplesOf(changed)];
    expect(after.x).toEqual(before.x);
    expect(after.reference).toEqual(before.reference);
    expect(after.truth.data[0]).toBe(1e9);
  });

  it("hold the value a day and a week before the one that is forecast", () => {
    const config = settings({ horizon: 150, steps: 2, calendar: false });
    const features = powerFeatures(tetouan, series, config);
    expect(features.shape).toEqual([1728, 10]);
    const row = 1200;
    // 150 rows ahead a day before is not known yet: two days are.
    const [week, day] = [use(row + 150 - 1008), use(row + 150 - 288)];
    const expected = [use(row) - use(row - 1008), week, use(row) - use(row - 144), day - week];
    expect([...features.data.subarray(row * 10 + 6, row * 10 + 10)]).toEqual(expected);
    const samples = powerSamples(tetouan, series, features, config, { from: 1500, to: 1728 });
    expect(samples.targetRows).toHaveLength(228 - 149);
    expect(samples.truth.data[0]).toBe(use(1649));
    expect(samples.reference.data[0]).toBe(use(1649 - 1008));
  });
});

describe("files that do not fit", () => {
  const config = settings({ steps: 4, horizon: 2, units: 2, reference: "last", lags: false });
  const run = (lines: readonly string[]) => {
    const input = { name: "bad.csv", bytes: new TextEncoder().encode(lines.join("\n")) };
    return powerLstm.predict.run({ config, data, model: powerLstm.build(config), options: {}, input });
  };
  const good = csv(syntheticTetouanPower({ days: 1 }))
    .trimEnd()
    .split("\n");
  const cells = (line: number, change: (cells: string[]) => string[]) =>
    good.map((row, at) => (at === line - 1 ? change(row.split(",")).join(",") : row));

  it.each<[string, readonly string[], string]>([
    ["a missing column", good.map((row) => row.replace(/,[^,]*$/, "")), '"Total electricity"'],
    ["a gap", cells(3, (row) => [...row.slice(0, 5), "", row[6]!]), "bad.csv line 3"],
    ["text", cells(4, (row) => [...row.slice(0, 6), "much"]), "bad.csv line 4"],
    ["a missing row", good.filter((_, at) => at !== 5), "bad.csv line 6"],
    ["a short series", good.slice(0, 6), "bad.csv is shorter than a window, got 5 rows, expected at least 6"],
    ["nothing", [], "bad.csv"],
  ])("%s", async (_, lines, message) => {
    await expect(run(lines)).rejects.toThrow(DataError);
    await expect(run(lines)).rejects.toThrow(message);
  });

  it("a model without scaling", async () => {
    await expect(run(good)).rejects.toThrow("the model's file has no scaling");
  });
});

describe("a household's real data", () => {
  it.skipIf(!process.env["HEKLA_DATA_DIR"])("are forecast a week ahead", { timeout: 60_000 }, async () => {
    expect((await householdPower()).minutes).toHaveLength(1440);
    const real = new DataSource();
    const config = settings(powerLstm.presets["householdWeek"]!.values);
    const { model } = await powerLstm.train({ config, data: real });
    const { metrics } = await powerLstm.evaluate({ config, data: real, model });
    expect(metrics["skill"]).toBeGreaterThan(0.2);
  });
});
