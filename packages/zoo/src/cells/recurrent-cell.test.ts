import { wasm } from "@hekla/kernels-wasm";
import { modelFromBytes } from "@hekla/layers";
import { type Backend, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../config.js";
import { DataSource } from "../data-source.js";
import { cellStep } from "./cell-equations.js";
import { memorySamples } from "./memory-tasks.js";
import { recurrentCell } from "./recurrent-cell.js";

const data = new DataSource({ synthetic: "always" });
const small = { steps: 8, samples: 1200, epochs: 8, learningRate: 0.02 };

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm());
});
afterAll(() => backend.dispose());

it("computes the lecture's equations", () => {
  const gate = (bias: number) => ({ U: [[1], [0]], V: [[0.5]], b: [bias] });
  const weights = { g: gate(0.1), i: gate(0.2), f: gate(1), o: gate(-0.3) };
  const { g, i, f, o, s, h } = cellStep([2, 7], { s: [0.4], h: [-0.6] }, weights);
  const sigma = (z: number) => 1 / (1 + Math.exp(-z));
  expect([g[0], i[0], f[0], o[0]]).toEqual([Math.tanh(1.8), sigma(1.9), sigma(2.7), sigma(1.4)]);
  expect(s[0]).toBeCloseTo(sigma(2.7) * 0.4 + sigma(1.9) * Math.tanh(1.8), 12);
  expect(h[0]).toBeCloseTo(sigma(1.4) * Math.tanh(s[0]!), 12);
});

describe("memorySamples", () => {
  const rows = ({ x }: ReturnType<typeof memorySamples>, sample: number, steps: number) =>
    Array.from({ length: steps }, (_, at) => x.data.subarray((sample * steps + at) * 2).subarray(0, 2));

  it("marks what counts", () => {
    const adding = memorySamples("adding", { samples: 50, steps: 7 }, 1, "a");
    const bits = memorySamples("bit", { samples: 50, steps: 7 }, 1, "a");
    for (let sample = 0; sample < 50; sample++) {
      const marked = rows(adding, sample, 7).flatMap(([value, mark], at) =>
        mark === 1 ? [{ value: value!, at }] : [],
      );
      expect(marked).toHaveLength(2);
      expect(marked[0]!.at).toBeLessThan(3);
      expect(marked[1]!.at).toBeGreaterThanOrEqual(3);
      expect(marked[0]!.value + marked[1]!.value).toBeCloseTo(adding.y.data[sample]!, 6);
      const [first, ...noise] = rows(bits, sample, 7);
      expect([...first!]).toEqual([bits.y.data[sample], 1]);
      expect(noise.every(([, mark]) => mark === 0)).toBe(true);
    }
    expect(new Set(bits.y.data)).toEqual(new Set([0, 1]));
  });

  it("follows from seed and name", () => {
    const draw = (seed: number, name: string) =>
      memorySamples("adding", { samples: 3, steps: 4 }, seed, name).x.data;
    expect(draw(1, "a")).toEqual(draw(1, "a"));
    expect(draw(2, "a")).not.toEqual(draw(1, "a"));
    expect(draw(1, "b")).not.toEqual(draw(1, "a"));
  });
});

describe("recurrent-cell", () => {
  it("learns to add in a loop by hand, with numbers that equations and layers have too", async () => {
    const config = resolveConfig(recurrentCell.config, small);
    const { model } = await recurrentCell.train({ config, data });
    const { metrics, text, artifacts } = await recurrentCell.evaluate({ model, data, config });
    expect(metrics["trivialError"]).toBeGreaterThan(0.14);
    expect(metrics["error"]).toBeLessThan(0.01);
    expect(metrics["loopDifference"]).toBeLessThan(1e-5);
    expect(metrics["equationDifference"]).toBeLessThan(1e-5);
    expect(text).toMatch(/step 1 {2}x = .*\n {2}g candidate( +-?\d\.\d{4}){8}\n/);
    expect(artifacts?.map(({ name }) => name)).toEqual(["gates.json", "gates-1.svg", "gates-2.svg"]);

    // The file is that of layers, and reads as such.
    const read = await modelFromBytes(await model.toBytes());
    const sequence = "0.25,1 0.9,0 0.3,0 0.7,0 0.5,1 0.1,0 0.6,0 0.2,0";
    const options = resolveConfig(recurrentCell.predict.options, {
      sequence,
      cell: 2,
    });
    const one = await recurrentCell.predict.run({ model: read, config, data, options });
    expect(Math.abs((one.json["output"] as number) - 0.75)).toBeLessThan(0.25);
    expect(one.text.match(/^step/gm)).toHaveLength(8);
    const again = await recurrentCell.predict.run({ model, config, data, options });
    expect(again.json).toEqual(one.json);
  }, 60_000);

  it("keeps a bit over noise", async () => {
    const config = resolveConfig(recurrentCell.config, { ...small, task: "bit", cells: 1, units: 4 });
    const { model } = await recurrentCell.train({ config, data });
    const { metrics } = await recurrentCell.evaluate({ model, data, config });
    expect(metrics["accuracy"]).toBeGreaterThan(0.99);
  }, 60_000);

  it("has the same bytes twice, and goes on as if it had not been interrupted", async () => {
    const config = resolveConfig(recurrentCell.config, { steps: 5, samples: 96, epochs: 3 });
    const straight = await recurrentCell.train({ config, data });
    const controller = new AbortController();
    const stop = { onEpochEnd: () => controller.abort() };
    const begun = await recurrentCell.train({ config, data, callbacks: [stop], signal: controller.signal });
    const resume = { bytes: await begun.model.toBytes(), source: "begun" };
    const resumed = await recurrentCell.train({ config, data, resume });
    const again = await recurrentCell.train({ config, data });
    const bytes = await straight.model.toBytes();
    expect(Buffer.compare(await again.model.toBytes(), bytes)).toBe(0);
    expect(Buffer.compare(await resumed.model.toBytes(), bytes)).toBe(0);
  });

  it("says what is wrong with a sequence", async () => {
    const config = resolveConfig(recurrentCell.config, {});
    const model = recurrentCell.build(config);
    const run = (given: Readonly<Record<string, unknown>>) =>
      recurrentCell.predict.run({
        model,
        config,
        data,
        options: resolveConfig(recurrentCell.predict.options, given),
      });
    await expect(run({ sequence: "0.1,1 x,0" })).rejects.toThrow(
      'recurrent-cell: step 2 of the sequence does not fit, got "x,0", expected value,mark such as 0.3,1',
    );
    await expect(run({ sequence: "0.1,1,1" })).rejects.toThrow("step 1 of the sequence");
    await expect(run({ sequence: "0.1," })).rejects.toThrow("step 1 of the sequence");
    await expect(run({ cell: 3 })).rejects.toThrow(
      "recurrent-cell: there is no cell 3, got 2 cells, expected 1 to 2",
    );
  });
});
