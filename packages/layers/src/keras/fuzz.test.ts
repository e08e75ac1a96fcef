import { readFileSync } from "node:fs";
import { optimizerFromConfig } from "@hekla/optim";
import { HeklaError, HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { readZip, writeZip } from "../formats/zip.js";
import { modelFromBytes, modelFromTensorflowJs } from "../index.js";
import type { Json } from "./json.js";
import { shardPaths } from "./tensorflow-js.js";

const fixture = (name: string): Uint8Array => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

/** Small, so that a size that is not checked shows. */
const maxBytes = 2 ** 22;
/** Milliseconds that no case may take, on a busy machine: each is held to it. */
const slowest = 5000;

type Below = (limit: number) => number;

/** Loads the file; whether it was refused. Errors must be of this project, and come soon. */
function load(make: () => unknown): boolean {
  const start = performance.now();
  try {
    make();
    return false;
  } catch (error) {
    if (!(error instanceof HeklaError)) throw error;
    return true;
  } finally {
    expect(performance.now() - start).toBeLessThan(slowest);
  }
}

/** A copy with one to four bytes, or runs of bytes, changed, or cut short. */
function damaged(original: Uint8Array, below: Below): Uint8Array {
  const bytes = Uint8Array.from(original);
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at = below(bytes.length);
    const kind = below(5);
    if (kind === 0) bytes[at]! ^= 1 << below(8);
    else if (kind === 1) bytes[at] = below(256);
    else if (kind === 2) bytes.copyWithin(at, below(bytes.length), below(bytes.length));
    else if (kind === 3) bytes.fill([0, 0x39, 255][below(3)]!, at, at + below(9));
    else return bytes.subarray(0, at);
  }
  return bytes;
}

const hostile = (below: Below): unknown =>
  [
    null,
    true,
    -1,
    0,
    0.5,
    1e9,
    1e300,
    "",
    "Dense",
    "Lambda",
    "Functional",
    "constructor",
    "__proto__",
    "toString",
    [],
    [[]],
    {},
    [null, -1],
    [1e9, 1e9],
    Array.from({ length: 50 }, (_, at) => at),
    { class_name: "Lambda", config: { function: { class_name: "__lambda__", config: { code: "x" } } } },
    { class_name: "constructor", config: {} },
    JSON.parse('{"__proto__": {"polluted": true}}'),
    JSON.parse("[".repeat(500) + "]".repeat(500)),
  ][below(24)];

/** Changes one to three values somewhere in the JSON: by hostile ones, by others of the same JSON, or away. */
function changed(text: string, below: Below): string {
  const root = JSON.parse(text) as unknown;
  const places: { readonly parent: Record<string, unknown>; readonly key: string }[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      places.push({ parent: value as Record<string, unknown>, key });
      collect(item);
    }
  };
  collect(root);
  for (let changes = 1 + below(3); changes > 0; changes--) {
    const { parent, key } = places[below(places.length)]!;
    const other = places[below(places.length)]!;
    const kind = below(5);
    if (kind < 2) parent[key] = hostile(below);
    else if (kind === 2) delete parent[key];
    else if (kind === 3) parent[key] = structuredClone(other.parent[other.key]);
    else parent[String(hostile(below))] = parent[key];
  }
  try {
    return JSON.stringify(root);
  } catch {
    // What was put into itself.
    return text;
  }
}

const seeded = (seed: number): Below => {
  const random = new HostRandom(seed, "fuzz");
  return (limit) => Math.min(limit - 1, Math.floor(random.uniform() * limit));
};

const names = [
  "mlp",
  "trained",
  "two-inputs",
  "nested-functional",
  "bidirectional",
  "attention",
  "stacked-cells",
];
const options = { source: "fuzz", maxBytes, optimizer: optimizerFromConfig };

describe("3 070 damaged files are refused or read, each within 5 s", () => {
  it.each(names)("%s.keras, bytes, 60 cases", (name) => {
    const below = seeded(1);
    const bytes = fixture(`${name}.keras`);
    let refused = 0;
    for (let k = 0; k < 60; k++) if (load(() => modelFromBytes(damaged(bytes, below), options))) refused++;
    expect(refused).toBeGreaterThan(50);
  });

  it.each(names)("%s.keras, config.json, 250 cases", (name) => {
    const below = seeded(2);
    const files = readZip(fixture(`${name}.keras`), { source: name });
    const config = new TextDecoder().decode(files.get("config.json")!());
    const weights = files.get("model.weights.h5")!();
    let refused = 0;
    for (let k = 0; k < 250; k++) {
      const text = k % 4 === 0 ? damaged(new TextEncoder().encode(config), below) : undefined;
      const entry = text ?? new TextEncoder().encode(changed(config, below));
      const bytes = writeZip(
        new Map([
          ["config.json", entry],
          ["model.weights.h5", weights],
        ]),
      );
      if (load(() => modelFromBytes(bytes, options))) refused++;
    }
    expect(refused).toBeGreaterThan(60);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each(["mlp", "trained", "two-inputs"])("%s.h5, 100 cases", (name) => {
    const below = seeded(3);
    const bytes = fixture(`${name}.h5`);
    const start = new TextDecoder("latin1").decode(bytes).indexOf('{"class_name"');
    for (let k = 0; k < 100; k++) {
      const copy = Uint8Array.from(bytes);
      // Half of the damage is in the config, which has no checksum.
      if (k % 2 === 0) copy.set(damaged(bytes.subarray(start, start + 2000), below), start);
      load(() => modelFromBytes(k % 2 === 0 ? copy : damaged(bytes, below), options));
    }
  });

  it(".safetensors, 300 cases", async () => {
    const below = seeded(4);
    const model = modelFromBytes(fixture("trained.keras"), { optimizer: optimizerFromConfig });
    const bytes = await model.toBytes({ format: "safetensors" });
    const header = new TextDecoder("latin1").decode(bytes).indexOf('"{');
    for (let k = 0; k < 300; k++) {
      const copy = Uint8Array.from(bytes);
      if (k % 2 === 0) copy.set(damaged(bytes.subarray(header, header + 3000), below), header);
      load(() => modelFromBytes(k % 2 === 0 ? copy : damaged(bytes, below), options));
    }
  });

  it.each(["images", "words"])("%s.json of TensorFlow.js, 150 cases", (name) => {
    const below = seeded(5);
    const text = new TextDecoder().decode(fixture(`tensorflow-js/${name}.json`));
    const paths = shardPaths(JSON.parse(text) as Json, name);
    const shards = new Map(paths.map((path) => [path, fixture(`tensorflow-js/${path}`)]));
    let refused = 0;
    for (let k = 0; k < 150; k++) {
      const json = JSON.parse(changed(text, below)) as unknown;
      if (load(() => modelFromTensorflowJs(json, shards, options))) refused++;
    }
    expect(refused).toBeGreaterThan(30);
  });
});
