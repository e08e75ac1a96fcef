import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { hostArray, memberAt, textAttribute, textsAttribute } from "./hdf5-lookup.js";
import { type Hdf5Dataset, type Hdf5Group, readHdf5 } from "./hdf5-reader.js";
import { type Hdf5AttributeValue, Hdf5Tree } from "./hdf5-tree.js";
import type { Hdf5Array } from "./hdf5-types.js";
import { writeHdf5 } from "./hdf5-writer.js";
import { readZip, writeZip } from "./zip.js";

const vector = (...values: number[]): Hdf5Array => ({
  data: Float32Array.from(values),
  shape: [values.length],
});

function mixed(): Hdf5Tree {
  const tree = new Hdf5Tree();
  const shape = [2, 2];
  tree.dataset("types/float32", { data: Float32Array.of(1.5, -0, Number.NaN, Infinity), shape });
  tree.dataset("types/float64", { data: Float64Array.of(0.1, 1e-300, -1e300, 3), shape });
  tree.dataset("types/int8", { data: Int8Array.of(-128, 127, 0, 1), shape });
  tree.dataset("types/uint8", { data: Uint8Array.of(0, 255, 1, 2), shape });
  tree.dataset("types/int16", { data: Int16Array.of(-32768, 32767, 0, 1), shape });
  tree.dataset("types/uint16", { data: Uint16Array.of(0, 65535, 1, 2), shape });
  tree.dataset("types/int32", { data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, 1), shape });
  tree.dataset("types/uint32", { data: Uint32Array.of(0, 2 ** 32 - 1, 1, 2), shape });
  tree.dataset("types/int64", { data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n), shape });
  tree.dataset("types/uint64", { data: BigUint64Array.of(0n, 2n ** 64n - 1n, 1n, 2n), shape });
  tree.dataset("types/texts", { data: ["größe", "", "abc"], shape: [3] });
  tree.dataset("scalar", { data: Float32Array.of(2.5), shape: [] });
  tree.dataset("empty", { data: new Float32Array(0), shape: [0, 4] });
  tree.dataset("view", { data: Float32Array.of(1, 2, 3, 4, 5).subarray(2, 4), shape: [2, 1] });
  tree.group("no_members");
  return tree;
}

function attributes(): Hdf5Tree {
  const tree = new Hdf5Tree();
  const values: Record<string, Hdf5AttributeValue> = {
    text: "a text, größer",
    empty_text: "",
    long: JSON.stringify(Array.from({ length: 20_000 }, (_, k) => k)),
    count: 3,
    negative: -(2 ** 40),
    rate: 0.25,
    names: ["dense", "größe", ""],
    no_names: [],
    vector: { data: Int32Array.of(1, 2, 3), shape: [3] },
    "name größe": "x",
  };
  tree.dataset("data", vector(1, 2), new Map(Object.entries({ dtype: "bfloat16", factor: 1 })));
  for (const [name, value] of Object.entries(values)) {
    tree.attributes.set(name, value);
    tree.group("group").attributes.set(name, value);
  }
  return tree;
}

function members(count: number): Hdf5Tree {
  const tree = new Hdf5Tree();
  for (let k = 0; k < count; k++)
    tree.dataset(`members/m${(k * 7919) % count}`, vector(k, (k * 7919) % count));
  return tree;
}

function names(): Hdf5Tree {
  const tree = new Hdf5Tree();
  const all = [
    "0",
    "1",
    "10",
    "2",
    "A",
    "a",
    "a ",
    "ab",
    "Z",
    "_",
    "é",
    "z",
    "\u{1f600}",
    "\uffff",
    "kernel:0",
  ];
  all.forEach((name, k) => tree.dataset(name, vector(k)));
  tree.dataset("deep/er/and/deeper/still/x", vector(7));
  return tree;
}

const samples: Record<string, () => Hdf5Tree> = {
  root: () => new Hdf5Tree(),
  mixed,
  attributes,
  names,
  ...Object.fromEntries(
    [1, 8, 9, 255, 256, 257, 500, 9000].map((count) => [`members_${count}`, () => members(count)]),
  ),
};

/** What was put in, by path, as plain lists; numbers that JSON has not as texts. */
function listing(tree: Hdf5Tree): { datasets: Record<string, unknown>; attributes: Record<string, unknown> } {
  const datasets: Record<string, unknown> = {};
  const attributes: Record<string, unknown> = {};
  const visit = (path: string, item: Hdf5Tree | Hdf5Array): void => {
    const set =
      item instanceof Hdf5Tree
        ? item.attributes
        : (item as { attributes?: Hdf5Tree["attributes"] }).attributes;
    for (const [name, value] of set ?? []) {
      const array = typeof value === "object" && !Array.isArray(value) ? (value as Hdf5Array) : undefined;
      attributes[`${path}@${name}`] = array ? plain(array.data) : value;
    }
    if (!(item instanceof Hdf5Tree)) {
      datasets[path] = { dtype: item.data.constructor.name, shape: item.shape, data: plain(item.data) };
    } else for (const [name, member] of item.members) visit(path ? `${path}/${name}` : name, member);
  };
  visit("", tree);
  return { datasets, attributes };
}

const plain = (data: Hdf5Array["data"]): unknown[] =>
  Array.from(data as Iterable<unknown>, (value) =>
    typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value))
      ? String(value)
      : value,
  );

/** The same for a file that was read. */
function found(root: Hdf5Group): ReturnType<typeof listing> {
  const datasets: Record<string, unknown> = {};
  const attributes: Record<string, unknown> = {};
  const visit = (item: Hdf5Group | Hdf5Dataset): void => {
    for (const [name, read] of item.attributes) {
      const { data, shape } = read();
      attributes[`${item.path}@${name}`] = shape.length === 0 ? scalar(data) : plain(data);
    }
    if (item.kind === "group") for (const member of item.members.values()) visit(member);
    else {
      const { data, shape } = item.read();
      datasets[item.path] = { dtype: data.constructor.name, shape, data: plain(data) };
    }
  };
  visit(root);
  return { datasets, attributes };
}

const scalar = (data: Hdf5Array["data"]): unknown =>
  typeof data[0] === "bigint" ? Number(data[0]) : data[0];

// scripts/golden/hdf5_check.py reads the files there with h5py and HDF5's own tools.
const folder = process.env.HEKLA_HDF5_FOLDER;

describe("writeHdf5", () => {
  it.each(Object.entries(samples))("%s comes back as it was", (name, make) => {
    const bytes = writeHdf5(make());
    expect(found(readHdf5(bytes, { source: name }))).toEqual(listing(make()));
    if (folder) {
      writeFileSync(join(folder, `${name}.h5`), bytes);
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(listing(make())));
    }
  });

  it("gives the same bytes for the same content, in whatever order the members were put in", () => {
    expect(writeHdf5(mixed())).toEqual(writeHdf5(mixed()));
    const [one, other] = [new Hdf5Tree(), new Hdf5Tree()];
    for (const name of ["b", "a", "c"]) one.dataset(name, vector(name.charCodeAt(0)));
    for (const name of ["c", "b", "a"]) other.dataset(name, vector(name.charCodeAt(0)));
    expect(writeHdf5(one)).toEqual(writeHdf5(other));
  });

  it("refuses what HDF5 cannot hold", () => {
    const fails = (change: (tree: Hdf5Tree) => void, message: string): void => {
      const tree = new Hdf5Tree();
      change(tree);
      expect(() => writeHdf5(tree)).toThrow(DataError);
      expect(() => writeHdf5(tree)).toThrow(`save: ${message}`);
    };
    for (const name of ["", ".", "..", "a/b"]) {
      fails((tree) => tree.members.set(name, new Hdf5Tree()), "a name cannot be that of a member, got ");
    }
    fails((tree) => tree.members.set("a\0", new Hdf5Tree()), "a text ends early");
    fails(
      (tree) => tree.dataset("x", { data: Float32Array.of(1, 2), shape: [3] }),
      "data does not fit its shape",
    );
    fails(
      (tree) => tree.attributes.set("names", Array(9000).fill("12345678")),
      "attribute names is too large",
    );
    fails((tree) => tree.attributes.set("text", "a\0b"), "a text ends early");
    const twice = new Hdf5Tree();
    twice.dataset("a/b", vector(1));
    expect(() => twice.dataset("a/b", vector(1))).toThrow("two members have one name, got a/b again");
    expect(() => twice.dataset("a/b/c", vector(1))).toThrow(DataError);
  });
});

/** What was read, to be written. */
function copyOf(group: Hdf5Group): Hdf5Tree {
  const tree = new Hdf5Tree();
  const attributesOf = ({ attributes }: Hdf5Group | Hdf5Dataset): [string, Hdf5AttributeValue][] =>
    [...attributes].map(([name, read]) => {
      const value = read();
      return [name, value.shape.length === 0 && typeof value.data[0] === "string" ? value.data[0] : value];
    });
  for (const [name, value] of attributesOf(group)) tree.attributes.set(name, value);
  for (const [name, member] of group.members) {
    if (member.kind === "group") tree.members.set(name, copyOf(member));
    else tree.dataset(name, member.read(), new Map(attributesOf(member)));
  }
  return tree;
}

describe("what Keras wrote", () => {
  const fixture = (name: string): Uint8Array => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
  const again = (bytes: Uint8Array): Uint8Array => {
    const root = readHdf5(bytes, { source: "Keras's" });
    const written = writeHdf5(copyOf(root));
    expect(found(readHdf5(written, { source: "ours" }))).toEqual(found(root));
    return written;
  };

  it("comes back as it was from a .keras archive and from a legacy file", () => {
    const files = new Map<string, Uint8Array>();
    for (const [name, content] of readZip(fixture("model.keras"), { source: "model.keras" })) {
      files.set(name, name.endsWith(".h5") ? again(content()) : content());
    }
    expect([...files.keys()]).toContain("model.weights.h5");
    const archive = writeZip(files);
    const legacy = again(fixture("legacy.h5"));
    if (folder) {
      writeFileSync(join(folder, "rewritten.keras"), archive);
      writeFileSync(join(folder, "rewritten.legacy"), legacy);
    }
  });
});

describe("look-ups", () => {
  const root = readHdf5(writeHdf5(attributes()), { source: "attributes" });

  it("find members by path", () => {
    expect(memberAt(root, "data")?.kind).toBe("dataset");
    expect(memberAt(root, "group")?.kind).toBe("group");
    expect(memberAt(root, "data/x")).toBeUndefined();
    expect(memberAt(root, "group/missing/x")).toBeUndefined();
  });

  it("read texts, and lists of them", () => {
    expect(textAttribute(root, "text")).toBe("a text, größer");
    expect(textAttribute(root, "empty_text")).toBe("");
    expect(textAttribute(root, "count")).toBeUndefined();
    expect(textAttribute(root, "missing")).toBeUndefined();
    expect(textAttribute(root, "names")).toBeUndefined();
    expect(textsAttribute(root, "names")).toEqual(["dense", "größe", ""]);
    expect(textsAttribute(root, "no_names")).toEqual([]);
    expect(textsAttribute(root, "vector")).toBeUndefined();
    expect(textsAttribute(root, "missing")).toBeUndefined();
  });

  it("give values as tensors take them", () => {
    const all = readHdf5(writeHdf5(mixed()), { source: "mixed" });
    const host = (path: string): unknown => hostArray(memberAt(all, path) as Hdf5Dataset).data;
    expect(host("types/float32")).toBeInstanceOf(Float32Array);
    expect(host("types/float64")).toBeInstanceOf(Float64Array);
    expect(host("types/int8")).toEqual(Int32Array.of(-128, 127, 0, 1));
    expect(host("types/uint8")).toEqual(Uint8Array.of(0, 255, 1, 2));
    expect(host("types/uint32")).toEqual(Float64Array.of(0, 2 ** 32 - 1, 1, 2));
    expect(host("scalar")).toEqual(Float32Array.of(2.5));
    expect(() => host("types/int64")).toThrow("load: types/int64 holds no numbers of a tensor, got int64");
    expect(() => host("types/texts")).toThrow(DataError);
  });
});
