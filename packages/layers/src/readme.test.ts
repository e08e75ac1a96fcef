import * as layers from "@hekla/layers";
import * as optim from "@hekla/optim";
import type { HostArray } from "@hekla/tensor";
import * as tensor from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { readmeExamples, runExample } from "../../conformance/src/testing/readme-examples.js";

const modules: Readonly<Record<string, object>> = {
  "@hekla/layers": layers,
  "@hekla/optim": optim,
  "@hekla/tensor": tensor,
};

const run = (example: string, names: readonly string[]): Promise<Record<string, unknown>> =>
  runExample(example, modules, names);
const examples = readmeExamples(new URL("../README.md", import.meta.url));

describe("the README's examples", () => {
  it("train a classifier", async () => {
    const got = await run(examples[0]!, ["accuracy", "loss", "history", "shape", "data"]);
    expect(got.accuracy).toBeGreaterThan(0.85);
    expect(got.shape).toEqual([1, 2]);
    // The point lies inside the circle.
    expect((got.data as Float32Array)[1]).toBeGreaterThan(0.5);
  });

  it("train two inputs and two outputs", async () => {
    const { history, score, side } = await run(examples[1]!, ["history", "score", "side"]);
    const losses = history as Record<string, number[]>;
    expect(losses.loss!.at(-1)).toBeLessThan(0.3 * losses.loss![0]!);
    expect(losses.side_accuracy!.at(-1)).toBeGreaterThan(0.85);
    expect([(score as HostArray).shape, (side as HostArray).shape]).toEqual([
      [64, 1],
      [64, 2],
    ]);
  });

  it("train by a step of their own", async () => {
    const { history } = await run(examples[2]!, ["history"]);
    expect((history as Record<string, number[]>).loss!.at(-1)).toBeLessThan(0.01);
  });

  it("save and load", async () => {
    const { model, predictor, trainable } = (await run(examples[3]!, [
      "model",
      "predictor",
      "trainable",
    ])) as Record<string, layers.Model>;
    expect(await predictor!.getWeights()).toEqual(await model!.getWeights());
    expect(await trainable!.toBytes()).toEqual(await model!.toBytes());
  });

  it("make a layer", async () => {
    const { model, Scale } = await run(examples[4]!, ["model", "Scale"]);
    const bytes = await (model as layers.Model).toBytes();
    const loaded = await layers.modelFromBytes(bytes, { customLayers: [Scale as layers.LayerClass] });
    expect(loaded.namedWeights().map(([path]) => path)).toEqual(["scale_1/factor"]);
  });

  it("take layers of one model into another", async () => {
    const { digits, extractor, letters } = (await run(examples[5]!, [
      "digits",
      "extractor",
      "letters",
    ])) as Record<string, layers.Model>;
    expect([extractor!.outputShape, letters!.outputShape]).toEqual([
      [null, 8],
      [null, 26],
    ]);
    expect(extractor!.weights).toEqual(digits!.weights.slice(0, 2));
    expect(letters!.trainableWeights.length).toBe(2);
  });

  it("compute in mixed precision", async () => {
    const { model, history } = await run(examples[6]!, ["model", "history"]);
    expect((model as layers.Model).layers.map(({ computeDtype }) => computeDtype)).toEqual([
      "float16",
      "float32",
    ]);
    const { loss } = history as { loss: number[] };
    expect(loss.at(-1)).toBeLessThan(0.3 * loss[0]!);
  });

  it("are all run", () => {
    expect(examples.length).toBe(7);
  });
});
