import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DataError, type HostArray, ShapeError } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { loadModel, modelFromTensorflowJs } from "../index.js";

const folder = fileURLToPath(new URL("./fixtures/tensorflow-js/", import.meta.url));

interface Saved {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly number[];
}
const { files } = JSON.parse(readFileSync(`${folder}predictions.json`, "utf8")) as {
  files: Readonly<Record<string, Readonly<Record<"inputs" | "outputs", readonly Saved[]>>>>;
};
const arrayOf = ({ shape, data }: Saved): HostArray => ({ shape, data: Float32Array.from(data) });

interface ModelJson {
  format: string;
  modelTopology: {
    class_name: string;
    config: { name: string; layers: { config: Record<string, unknown> }[] };
  };
  weightsManifest: {
    paths: string[];
    weights: { name: string; shape: number[]; dtype: string; quantization?: object }[];
  }[];
}
const jsonOf = (name: string): ModelJson =>
  JSON.parse(readFileSync(`${folder}${name}.json`, "utf8")) as ModelJson;
const shardsOf = (json: ModelJson): Map<string, Uint8Array> =>
  new Map(
    json.weightsManifest.flatMap(({ paths }) =>
      paths.map((path) => [path, new Uint8Array(readFileSync(folder + path))] as const),
    ),
  );

describe.each(Object.entries(files))("%s.json of TensorFlow.js", (name, { inputs, outputs }) => {
  it("predicts what TensorFlow.js predicts", async () => {
    const model = await loadModel(`${folder}${name}.json`);
    const x = inputs.map(arrayOf);
    const found = await model.predictAll(x.length === 1 ? x[0]! : x);
    expect(found.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
    found.forEach(({ data }, at) => {
      const worst = Math.max(...Array.from(data, (value, k) => Math.abs(value - outputs[at]!.data[k]!)));
      expect(worst).toBeLessThan(1e-5);
    });
  });
});

describe("a model.json", () => {
  const change =
    (edit: (json: ModelJson) => void, shards?: (given: Map<string, Uint8Array>) => void) => () => {
      const json = jsonOf("images");
      const given = shardsOf(json);
      edit(json);
      shards?.(given);
      return modelFromTensorflowJs(json, given, { source: "images.json" });
    };
  const nothing = (): void => {};

  it("takes weights of fewer bits", () => {
    const json = jsonOf("images");
    const [group] = json.weightsManifest as [ModelJson["weightsManifest"][0]];
    const count = group.weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    for (const weight of group.weights) weight.quantization = { dtype: "uint8", scale: 0.5, min: -1 };
    const shards = new Map([
      [group.paths[0]!, Uint8Array.from({ length: count }, (_, at) => at % 7)],
      [group.paths[1]!, new Uint8Array(0)],
    ]);
    const model = modelFromTensorflowJs(json, shards);
    expect(Array.from(model.weights[0]!.read().dataSync().slice(0, 8))).toEqual([
      -1, -0.5, 0, 0.5, 1, 1.5, 2, -1,
    ]);
  });

  it.each([
    [change((json) => (json.format = "graph-model")), DataError, /no layers model.*got "graph-model"/],
    [
      change((json) => (json.weightsManifest[0]!.paths[0] = "../secret.bin")),
      DataError,
      /lies somewhere else/,
    ],
    [
      change((json) => (json.weightsManifest[0]!.paths[0] = "file:///etc/passwd")),
      DataError,
      /lies somewhere else/,
    ],
    [
      change(nothing, (shards) => shards.delete("images-2of2.bin")),
      DataError,
      /a shard is missing, got no images-2of2/,
    ],
    [
      change(nothing, (shards) => shards.set("images-2of2.bin", new Uint8Array(3))),
      DataError,
      /the shards end before/,
    ],
    [
      change(nothing, (shards) => shards.set("images-2of2.bin", new Uint8Array(999))),
      DataError,
      /longer than/,
    ],
    [change((json) => (json.weightsManifest[0]!.weights[0]!.shape = [2 ** 40])), DataError, /too large/],
    [
      change((json) => (json.weightsManifest[0]!.weights[0]!.shape = [3, 3, 3, 2])),
      ShapeError,
      /does not fit/,
    ],
    [change((json) => (json.weightsManifest[0]!.weights[0]!.dtype = "string")), DataError, /of another type/],
    [
      change((json) => (json.weightsManifest[0]!.weights[0]!.name = "other/kernel")),
      DataError,
      /a layer that is none/,
    ],
    [
      change((json) => (json.modelTopology.config.layers[0]!.config.filters = 1e9)),
      DataError,
      /more weights than the file/,
    ],
  ])("is refused %#", (make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
