import { type HostArray, ShapeError } from "@hekla/tensor";
import { product } from "../batch-shape.js";
import { defaultMaxBytes, type Fail } from "../formats/byte-file.js";
import type { Layer } from "../layer.js";
import { failIn, isObject, type Json, listIn, objectOf, shown, textIn } from "./json.js";
import { isContainer } from "./weight-paths.js";
import type { Assignments } from "./weights-file.js";

/** A model.json of TensorFlow.js with its shards. */
export interface TensorflowJsFile {
  readonly topology: Json;
  /** Arrays by the name of the weight, `dense_Dense1/kernel`, in the order of the file. */
  readonly weights: ReadonlyMap<string, HostArray>;
}

/** Names of the shards that a model.json asks for. */
export function shardPaths(json: Json, source: string): readonly string[] {
  const fail = failIn(source);
  return groups(json, fail).flatMap(({ paths }) => paths);
}

interface Group {
  readonly paths: readonly string[];
  readonly weights: readonly Json[];
}

function groups(json: Json, fail: Fail): readonly Group[] {
  if (json.format !== undefined && json.format !== "layers-model") {
    fail("the model is no layers model of TensorFlow.js", shown(json.format), '"layers-model"');
  }
  return listIn(json.weightsManifest, "weightsManifest", fail).map((entry) => {
    const { paths, weights } = objectOf(entry, "a group of weights", fail);
    const names = listIn(paths, "paths of shards", fail).map((path) => textIn(path, "a path", fail));
    // A shard lies beside the model.json, or below: nothing else is opened.
    const outside = names.find((path) => /^[/\\]|^[a-z]+:|(^|[/\\])\.\.([/\\]|$)|\0/i.test(path));
    if (outside !== undefined)
      fail("a shard lies somewhere else", shown(outside), "a path beside the model.json");
    const specs = listIn(weights, "the weights of a group", fail);
    return { paths: names, weights: specs.map((spec) => objectOf(spec, "a weight", fail)) };
  });
}

/** Reads a model.json with its shards; throws DataError where they do not go together. */
export function openTensorflowJs(
  json: Json,
  shards: ReadonlyMap<string, Uint8Array>,
  source: string,
  maxBytes = defaultMaxBytes,
): TensorflowJsFile {
  const fail = failIn(source);
  const weights = new Map<string, HostArray>();
  let total = 0;
  for (const group of groups(json, fail)) {
    const bytes = joined(
      group.paths.map((path) => shards.get(path) ?? fail("a shard is missing", `no ${path}`, "one")),
    );
    let at = 0;
    for (const spec of group.weights) {
      const name = textIn(spec.name, "a weight's name", fail);
      const shape = listIn(spec.shape, `the shape of ${name}`, fail);
      if (!shape.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)) {
        fail(`the shape of ${name} is none`, shown(shape), "whole numbers");
      }
      const stored = storedAs(spec, name, fail);
      const count = product(shape as readonly number[]);
      total += 4 * count;
      if (!(total <= maxBytes)) fail("the weights are too large", total, `at most ${maxBytes} bytes`);
      const end = at + count * stored.size;
      if (end > bytes.length)
        fail(`the shards end before ${name}`, `${bytes.length} bytes`, `at least ${end}`);
      if (weights.has(name)) fail("two weights have one name", name, "one each");
      weights.set(name, {
        data: stored.decode(bytes.slice(at, end).buffer),
        shape: shape as readonly number[],
      });
      at = end;
    }
    if (at !== bytes.length) fail("the shards are longer than their weights", bytes.length, at);
  }
  const topology = objectOf(json.modelTopology, "modelTopology", fail);
  const config = isObject(topology.model_config) ? topology.model_config : topology;
  return { topology: config, weights };
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

interface Stored {
  /** Bytes a value. */
  readonly size: number;
  decode(bytes: ArrayBuffer): HostArray["data"];
}

/** How a weight's values are stored: as they are, or as numbers of a step from the smallest on. */
function storedAs(spec: Json, name: string, fail: Fail): Stored {
  const { dtype, quantization } = spec;
  if (isObject(quantization)) {
    const { dtype: stored, scale, min } = quantization;
    if (typeof scale === "number" && typeof min === "number" && dtype === "float32") {
      const value = (step: number): number => step * scale + min;
      if (stored === "uint8")
        return { size: 1, decode: (bytes) => Float32Array.from(new Uint8Array(bytes), value) };
      if (stored === "uint16")
        return { size: 2, decode: (bytes) => Float32Array.from(new Uint16Array(bytes), value) };
    }
    return fail(
      `${name} is quantized in another way`,
      shown(quantization),
      "uint8 or uint16 with scale and min",
    );
  }
  if (dtype === "float32") return { size: 4, decode: (bytes) => new Float32Array(bytes) };
  if (dtype === "int32") return { size: 4, decode: (bytes) => new Int32Array(bytes) };
  if (dtype === "bool") return { size: 1, decode: (bytes) => new Uint8Array(bytes) };
  return fail(`${name} is of another type`, shown(dtype), "float32, int32 or bool");
}

/** Weights of the layers that are no models, each by the name of its layer and in the order of legacy files. */
export function tensorflowJsWeights(file: TensorflowJsFile, model: Layer, source: string): Assignments {
  const fail = failIn(source);
  const byLayer = new Map<string, [string, HostArray][]>();
  for (const entry of file.weights) {
    const layer = entry[0].split("/")[0]!;
    byLayer.set(layer, [...(byLayer.get(layer) ?? []), entry]);
  }
  const layers = new Map<string, Layer>();
  const collect = (layer: Layer): void => {
    if (isContainer(layer)) for (const child of layer.children.values()) collect(child);
    else if (layer.weights.length > 0) {
      const other = layers.get(layer.name);
      if (other && other !== layer) fail("two layers with weights have one name", layer.name, "one each");
      layers.set(layer.name, layer);
    }
  };
  collect(model);
  const unknown = [...byLayer.keys()].find((name) => !layers.has(name));
  if (unknown !== undefined)
    fail("weights are of a layer that is none", unknown, [...layers.keys()].join(", "));
  return [...layers].flatMap(([name, layer]) => {
    const entries = byLayer.get(name) ?? [];
    const variables = [...layer.trainableWeights, ...layer.nonTrainableWeights];
    if (entries.length !== variables.length) {
      fail(`another number of weights is in ${name}`, entries.length, variables.length);
    }
    return variables.map((variable, at) => {
      const [key, value] = entries[at]!;
      if (value.shape.join() === variable.shape.join()) return [variable, value] as const;
      throw new ShapeError(
        `load: ${source}: weight ${key} does not fit, got [${value.shape}], expected [${variable.shape}]`,
      );
    });
  });
}
