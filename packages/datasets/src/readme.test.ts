import { gzipSync } from "node:zlib";
import * as datasets from "@hekla/datasets";
import { describe, expect, it } from "vitest";
import { readmeExamples, runExample } from "../../conformance/src/testing/readme-examples.js";

/** Eight labels in MNIST's form. */
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 8, 5, 0, 4, 1, 9, 2, 1, 3);

const real = process.env.HEKLA_DATA_DIR !== undefined && process.env.HEKLA_DATA_DIR !== "";
const modules = {
  "@hekla/datasets": {
    ...datasets,
    // Its shapes are the same; the tests need no download.
    ...(real ? {} : { mnist: async () => datasets.syntheticMnist({ seed: 1, train: 30, test: 10 }) }),
  },
  "node:fs/promises": { readFile: async () => gzipSync(labels) },
};
const run = (example: string, names: readonly string[]): Promise<Record<string, unknown>> =>
  runExample(example, modules, names);
const examples = readmeExamples(new URL("../README.md", import.meta.url));

describe("the README's examples", () => {
  it("load MNIST", async () => {
    const { train, source } = await run(examples[0]!, ["train", "source"]);
    const { x, y } = train as datasets.DigitSet["train"];
    expect([x.shape.slice(1), y.shape.slice(1)]).toEqual([[1, 28, 28], [10]]);
    expect(x.shape[0]).toBe(real ? 60_000 : 30);
    expect(source).toMatch(/\w/);
  });

  it("draw digits", async () => {
    const { x, train, test } = await run(examples[1]!, ["x", "train", "test"]);
    expect(x).toMatchObject({ shape: [1000, 1, 28, 28] });
    expect(train).toMatchObject({ x: { shape: [20_000, 1, 28, 28] } });
    expect(test).toMatchObject({ x: { shape: [2_000, 1, 28, 28] } });
  });

  it("make batches", async () => {
    const { batches } = await run(examples[2]!, ["batches"]);
    const all = await (batches as datasets.Dataset<{ x: { shape: readonly number[] } }>).toArray();
    expect(all.map(({ x }) => x.shape[0])).toEqual([...Array<number>(31).fill(32), 8]);
  });

  it("read an IDX file", async () => {
    const { data, shape } = await run(examples[3]!, ["data", "shape"]);
    expect([[...(data as Uint8Array)], shape]).toEqual([[5, 0, 4, 1, 9, 2, 1, 3], [8]]);
  });

  it("are all run", () => {
    expect(examples.length).toBe(4);
  });
});
