import { syntheticElectricity } from "@hekla/datasets";
import { wasm } from "@hekla/kernels-wasm";
import { LSTM } from "@hekla/layers";
import { type Backend, DataError, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../config.js";
import { DataSource } from "../data-source.js";
import { electricityStackedLstm } from "./electricity-stacked-lstm.js";

const data = new DataSource({ synthetic: "always" });
const settings = (values: Record<string, unknown>) => resolveConfig(electricityStackedLstm.config, values);

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm());
});
afterAll(() => backend.dispose());

const file = (values: readonly (number | string)[]) => ({
  name: "use.csv",
  bytes: new TextEncoder().encode(
    `hour,power\n${values.map((value, at) => `${at / 4},${value}\n`).join("")}`,
  ),
});

describe("electricity-stacked-lstm", () => {
  it("beats persistence on made-up readings, and forecasts from a file", { timeout: 60_000 }, async () => {
    const config = settings({});
    const { model, trainSamples, stepsPerEpoch } = await electricityStackedLstm.train({ config, data });
    expect([trainSamples, stepsPerEpoch]).toEqual([7 * 96, 7]);
    const test = await electricityStackedLstm.evaluate({ config, data, model });
    expect(test.samples).toBe(192);
    expect(test.metrics["rmse"]).toBeLessThan(0.97 * test.metrics["lastRmse"]!);
    expect(test.metrics["rmse"]).toBeLessThan(0.5 * test.metrics["dayRmse"]!);
    // States of a run do not leak into the next.
    expect((await electricityStackedLstm.evaluate({ config, data, model })).metrics).toEqual(test.metrics);

    const readings = [...syntheticElectricity({ days: 5 }).values.data];
    const predict = (values: readonly number[], count: number) =>
      electricityStackedLstm.predict.run({
        config,
        data,
        model,
        options: { values: count },
        input: file(values),
      });
    const { json } = await predict(readings, 2);
    const [first = Number.NaN, second = Number.NaN] = json["forecasts"] as number[];
    expect(Math.abs(first - readings.at(-1)!)).toBeLessThan(12);
    const again = await predict([...readings, first], 1);
    expect(again.json["forecasts"]).toEqual([second]);
  });

  it("resumes as if there had been no interruption", { timeout: 60_000 }, async () => {
    const config = settings({ epochs: 3, units: 4 });
    const whole = await electricityStackedLstm.train({ config, data });
    const controller = new AbortController();
    const stop = { onEpochEnd: () => controller.abort() };
    const options = { config, data, callbacks: [stop], signal: controller.signal };
    const begun = await (await electricityStackedLstm.train(options)).model.toBytes();
    const resume = { bytes: begun, source: "begun" };
    const resumed = await electricityStackedLstm.train({ config, data, resume });
    expect(resumed.initialEpoch).toBe(1);
    expect(Buffer.compare(await resumed.model.toBytes(), await whole.model.toBytes())).toBe(0);
  });

  it("keeps states from batch to batch, and the same bytes twice", { timeout: 60_000 }, async () => {
    const config = settings({ epochs: 1, units: 4 });
    const train = async () => (await electricityStackedLstm.train({ config, data })).model;
    const [first, second] = [await train(), await train()];
    expect(Buffer.compare(await first.toBytes(), await second.toBytes())).toBe(0);
    const x = { data: new Float32Array(96 * 20 * 2).fill(0.5), shape: [96, 20, 2] };
    const [fresh, later] = [
      await first.predict(x, { batchSize: 96 }),
      await first.predict(x, { batchSize: 96 }),
    ];
    expect(later.data).not.toEqual(fresh.data);
    for (const layer of first.layers) if (layer instanceof LSTM) layer.resetStates();
    expect((await first.predict(x, { batchSize: 96 })).data).toEqual(fresh.data);
  });

  it.each<[string, ReturnType<typeof file>, string]>([
    ["text", file([1, 2, "x", 4]), "use.csv line 4"],
    ["a gap", file([1, "", 3]), "use.csv line 3"],
    [
      "a short series",
      file([1, 2, 3]),
      "use.csv is shorter than its windows, got 3 readings, expected at least 211",
    ],
    ["another column", { name: "use.csv", bytes: new TextEncoder().encode("a\n1\n") }, '"power"'],
  ])("names file and line of %s", async (_, input, message) => {
    const config = settings({ units: 2 });
    const model = electricityStackedLstm.build(config);
    const run = () =>
      electricityStackedLstm.predict.run({ config, data, model, options: { values: 1 }, input });
    await expect(run()).rejects.toThrow(DataError);
    await expect(run()).rejects.toThrow(message);
  });
});
