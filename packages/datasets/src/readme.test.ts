import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import * as datasets from "@hekla/datasets";
import { describe, expect, it } from "vitest";
import { readmeExamples, runExample } from "../../conformance/src/testing/readme-examples.js";

/** Eight labels in MNIST's form. */
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 8, 5, 0, 4, 1, 9, 2, 1, 3);

/** A MAT-file of several variables, among them Y and a cell array. */
const { several } = JSON.parse(readFileSync(new URL("../goldens/mat.json", import.meta.url), "utf8"));

const real = process.env.HEKLA_DATA_DIR !== undefined && process.env.HEKLA_DATA_DIR !== "";
const modules = {
  "@hekla/datasets": {
    ...datasets,
    // Its shapes are the same; the tests need no download.
    ...(real ? {} : { mnist: async () => datasets.syntheticMnist({ seed: 1, train: 30, test: 10 }) }),
  },
  "node:fs/promises": {
    readFile: async (name: string) =>
      name === "scene.mat" ? Buffer.from(several, "base64") : gzipSync(labels),
  },
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

  const about = (word: string): string => examples.find((example) => example.includes(word))!;

  it("cut windows of a series", async () => {
    const { windows, kilowatts } = await run(about("splitTime"), ["windows", "kilowatts"]);
    const shapes = (windows as datasets.TimeSeriesWindows[]).map(({ x, y }) => [x.shape, y.shape]);
    const shapesOf = (samples: number) => [
      [samples, 144, 6],
      [samples, 6],
    ];
    expect(shapes).toEqual([984, 120, 264].map(shapesOf));
    const { data } = kilowatts as { data: Float32Array };
    expect(Math.min(...data) > 20_000 && Math.max(...data) < 150_000).toBe(true);
  });

  it("move digits", async () => {
    const { frames, names } = await run(about("movingDigits"), ["frames", "names"]);
    expect(frames).toMatchObject({ shape: [90, 20, 1, 32, 32] });
    expect((names as string[]).filter((name) => name === "still")).toHaveLength(10);
  });

  it("read CSV and NPZ files", async () => {
    const { power } = await run(about("readNpz"), ["power"]);
    expect(power).toEqual({ data: Float64Array.of(5.5, 6, 6.5), shape: [3], dtype: "float64" });
  });

  it("measure angles in a scene", async () => {
    const { angles } = await run(about("syntheticScene("), ["angles"]);
    const { abundances } = datasets.syntheticScene({ materials: 4, seed: 1 });
    const purest = abundances.data.filter((_, at) => at % 4 === 0);
    expect(angles).toHaveLength(2304);
    expect((angles as number[])[purest.indexOf(Math.max(...purest))]).toBeLessThan(0.05);
    expect(Math.max(...(angles as number[]))).toBeGreaterThan(0.25);
  });

  it("paint pictures", async () => {
    expect((await run(about("colorScenes("), ["pictures"])).pictures).toMatchObject({
      shape: [8, 100, 100, 3],
    });
  });

  it("read MATLAB and ENVI files", async () => {
    const { measured, image } = await run(about("readMat("), ["measured", "image"]);
    expect(measured).toEqual({ class: "double", data: Float64Array.of(0, 1, 2, 3, 4, 5), shape: [2, 3] });
    const expected = {
      data: Uint16Array.of(7, 256),
      shape: [1, 1, 2],
      wavelengths: Float64Array.of(450, 550),
    };
    expect(image).toMatchObject(expected);
  });

  it("make words, numbers and a split of sentences", async () => {
    const { origin, padded, learnt, kept } = await run(about("padSequences"), [
      "origin",
      "padded",
      "learnt",
      "kept",
    ]);
    expect(origin).toMatch(/^made-up sentences/);
    expect([padded, learnt]).toMatchObject([{ shape: [7086, 40] }, { shape: [5668, 40] }]);
    expect((kept as datasets.Vocabulary).words.slice(0, 2)).toEqual(["PAD", "UNK"]);
  });

  it("read a text on several workers", async () => {
    const { lines } = await run(about("readTextParallel"), ["lines"]);
    expect(lines).toHaveLength(20_000);
    expect((lines as string[])[0]).toMatch(/^1 .*[.!)]$/);
  });

  it("are all run", () => {
    expect(examples.length).toBe(12);
  });
});
