import { si650, si650Words, trainTestSplit } from "@hekla/datasets";
import { wasm } from "@hekla/kernels-wasm";
import { type Backend, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../config.js";
import { DataSource } from "../data-source.js";
import { si650Bilstm } from "./si650-bilstm.js";
import { si650Gru } from "./si650-gru.js";
import { si650Lstm } from "./si650-lstm.js";

const data = new DataSource({ synthetic: "always" });
const small = { limit: 1500, epochs: 3, units: 16, embedding: 32, learningRate: 0.004 };

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm());
});
afterAll(() => backend.dispose());

const artifact = (outcome: Awaited<ReturnType<typeof si650Lstm.evaluate>>, name: string): string =>
  String(outcome.artifacts?.find((one) => one.name === name)?.content);

describe.each([si650Lstm, si650Bilstm, si650Gru])("$id on made-up sentences", (model) => {
  it("learns to judge them, split by distinct sentence", { timeout: 60_000 }, async () => {
    const config = resolveConfig(model.config, { ...small, split: "distinct" });
    const outcome = await model.train({ config, data });
    const test = await model.evaluate({ data, model: outcome.model, config });
    expect(test.metrics["accuracy"]).toBeGreaterThan(0.9);
    expect(test.metrics["loss"]).toBeLessThan(0.3);
    expect(test.metrics["unseenAccuracy"]).toBeGreaterThan(0.9);

    const rows = artifact(test, "predictions.tsv").trimEnd().split("\n");
    expect(rows).toHaveLength(test.samples);
    const right = rows.filter((row) => /^(\d)\t\1\t/.test(row)).length;
    expect(right / rows.length).toBeCloseTo(test.metrics["accuracy"]!, 6);
    // Nothing was seen, so that every distinct sentence counts.
    const distinct = new Map(
      rows.toReversed().map((row) => [si650Words(row.slice(4)).join(" "), /^(\d)\t\1\t/.test(row)]),
    );
    expect(test.metrics["unseenSentences"]).toBe(distinct.size);
    const share = [...distinct.values()].filter(Boolean).length / distinct.size;
    expect(test.metrics["unseenAccuracy"]).toBeCloseTo(share, 6);
    expect(artifact(test, "submission.txt")).toMatch(/^([01]\n){33052}$/);
    const [first] = JSON.parse(artifact(test, "gates.json"));
    expect(first.hidden).toHaveLength(first.words.length);
    expect(first.hidden[0]).toHaveLength(small.units);
    expect(artifact(test, "gates.svg")).toMatch(/^<svg.*<\/svg>\s*$/s);

    const judge = { model: outcome.model, config, data };
    const lines = new TextEncoder().encode(
      "harbour lights is so wonderful\n\nvelora city is simply awful zyx\n",
    );
    const judged = await model.predict.run({
      ...judge,
      options: { text: "" },
      input: { name: "in.txt", bytes: lines },
    });
    expect(judged.text.split("\n").map((line) => line[0])).toEqual(["1", "0"]);
    expect(judged.text).toContain("(unknown: zyx)");
    await expect(model.predict.run({ ...judge, options: { text: " " } })).rejects.toThrow("nothing to judge");
  });
});

describe("the random split", () => {
  it("tells what was seen from what was not, and gives the same bytes twice", {
    timeout: 60_000,
  }, async () => {
    const config = resolveConfig(si650Lstm.config, { ...small, limit: 800, epochs: 1 });
    const train = async () => (await si650Lstm.train({ config, data })).model;
    const [first, second] = [await train(), await train()];
    expect(Buffer.compare(await first.toBytes(), await second.toBytes())).toBe(0);
    const { metrics, samples } = await si650Lstm.evaluate({ data, model: first, config });
    expect(samples).toBeGreaterThan(150);
    expect(metrics["unseenSentences"]).toBeLessThan(samples * 0.7);
  });
});

describe("the published facts", () => {
  it.skipIf(!process.env["HEKLA_DATA_DIR"])("hold on the real data", async () => {
    const { sentences } = await si650();
    const tokens = sentences.map((sentence) => si650Words(sentence));
    expect(Math.max(...tokens.map(({ length }) => length))).toBe(42);
    expect(new Set(tokens.flat()).size).toBe(2313);
    const { train, test } = trainTestSplit(sentences.length, { testSize: 0.2, randomState: 42 });
    expect([train.length, test.length]).toEqual([5668, 1418]);
  });
});
