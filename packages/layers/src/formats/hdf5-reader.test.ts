import { readFileSync } from "node:fs";
import { DataError } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { hostArray, memberAt, textAttribute, textsAttribute } from "./hdf5-lookup.js";
import { type Hdf5Dataset, type Hdf5Group, readHdf5 } from "./hdf5-reader.js";
import type { Hdf5Array } from "./hdf5-types.js";
import { readZip } from "./zip.js";

const bytesOf = (name: string): Uint8Array => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const fixture = (name: string): Hdf5Group => readHdf5(bytesOf(name), { source: name });

interface Expected {
  readonly files: Record<string, { datasets: Record<string, Json>; attributes: Record<string, Json> }>;
}
interface Json {
  readonly shape: number[];
  readonly data: (number | boolean | string)[];
}
const expected = JSON.parse(new TextDecoder().decode(bytesOf("expected.json"))) as Expected;

/** What the file holds, as expected.json has it: by path, values as numbers and texts. */
function contents(group: Hdf5Group): {
  datasets: Map<string, Hdf5Array>;
  attributes: Map<string, Hdf5Array>;
} {
  const datasets = new Map<string, Hdf5Array>();
  const attributes = new Map<string, Hdf5Array>();
  const visit = (item: Hdf5Group | Hdf5Dataset): void => {
    for (const [name, read] of item.attributes) attributes.set(`${item.path}@${name}`, read());
    if (item.kind === "dataset") datasets.set(item.path, item.read());
    else for (const member of item.members.values()) visit(member);
  };
  visit(group);
  return { datasets, attributes };
}

/** The value of expected.json in the type that the reader has. */
function typed({ data, shape }: Json, like: Hdf5Array["data"]): Hdf5Array {
  if (Array.isArray(like)) return { data: data.map(String), shape };
  if (like instanceof BigInt64Array || like instanceof BigUint64Array) {
    return { data: Object.getPrototypeOf(like).constructor.from(data, BigInt), shape };
  }
  const number = (value: number | boolean | string): number =>
    value === "inf" ? Infinity : value === "-inf" ? -Infinity : value === "nan" ? NaN : Number(value);
  return { data: Object.getPrototypeOf(like).constructor.from(data, number), shape };
}

describe("readHdf5 reads what h5py wrote", () => {
  const files = Object.entries(expected.files);
  it.each(files)("%s.h5", (name, { datasets, attributes }) => {
    const found = contents(fixture(`${name}.h5`));
    expect([...found.datasets.keys()].sort()).toEqual(Object.keys(datasets).sort());
    expect([...found.attributes.keys()].sort()).toEqual(Object.keys(attributes).sort());
    for (const [path, value] of found.datasets)
      expect(value, path).toEqual(typed(datasets[path]!, value.data));
    for (const [path, value] of found.attributes)
      expect(value, path).toEqual(typed(attributes[path]!, value.data));
  });
});
