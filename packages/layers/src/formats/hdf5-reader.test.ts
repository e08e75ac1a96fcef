import { readFileSync } from "node:fs";
import { DataError } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { ByteFile } from "./byte-file.js";
import { lookup3 } from "./checksums.js";
import { Claims } from "./hdf5-claims.js";
import { hostArray, memberAt, textAttribute, textsAttribute } from "./hdf5-lookup.js";
import { type Hdf5Dataset, type Hdf5Group, readHdf5 } from "./hdf5-reader.js";
import { Hdf5Tree } from "./hdf5-tree.js";
import { type Hdf5Array, readElementType } from "./hdf5-types.js";
import { writeHdf5 } from "./hdf5-writer.js";
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

describe("readHdf5 reads what Keras wrote", () => {
  const archive = readZip(bytesOf("model.keras"), { source: "model.keras" });
  const weights = readHdf5(archive.get("model.weights.h5")!(), { source: "model.weights.h5" });
  const legacy = fixture("legacy.h5");

  it("weights in a .keras archive, the same as in the legacy file", () => {
    const kernel = memberAt(weights, "layers/dense/vars/0") as Hdf5Dataset;
    expect([kernel.dtype, kernel.shape]).toEqual(["float32", [4, 3]]);
    const old = memberAt(legacy, "model_weights/hidden/hidden/kernel") as Hdf5Dataset;
    expect(hostArray(kernel)).toEqual(hostArray(old));
    expect(hostArray(kernel).data.every((value) => value !== 0)).toBe(true);
    expect(textAttribute(memberAt(weights, "layers/dense/vars")!, "name")).toBe("hidden");
  });

  it("configs and names of a legacy file", () => {
    expect(JSON.parse(textAttribute(legacy, "model_config")!)).toMatchObject({ class_name: "Functional" });
    expect(JSON.parse(textAttribute(legacy, "training_config")!)).toMatchObject({ loss: "mse" });
    const group = memberAt(legacy, "model_weights")!;
    expect(textsAttribute(group, "layer_names")).toEqual(["x", "hidden", "norm", "drop", "out"]);
    expect(textsAttribute(memberAt(group as Hdf5Group, "hidden")!, "weight_names")).toEqual([
      "hidden/kernel",
      "hidden/bias",
    ]);
    expect(textsAttribute(memberAt(group as Hdf5Group, "x")!, "weight_names")).toEqual([]);
  });

  it("a config above 64 KiB, and names in parts", () => {
    const root = fixture("long_text.h5");
    const text = textAttribute(root, "model_config")!;
    expect(text.length).toBeGreaterThan(2 ** 16);
    expect((JSON.parse(text) as { layers: string[] }).layers).toHaveLength(3870);
    expect(textsAttribute(root, "layer_names")).toEqual(
      [0, 1].flatMap((part) => [0, 1, 2].map((k) => `layer_${part}_${k}`)),
    );
  });

  it("bfloat16, which h5py stores as opaque bytes", () => {
    const half = memberAt(fixture("plain.h5"), "types/bfloat16") as Hdf5Dataset;
    expect(hostArray(half)).toEqual({ data: Float32Array.of(1, -2.5, 3.00405527047391e38), shape: [3] });
  });
});

describe("readHdf5 refuses, and says what was found", () => {
  it.each([
    ["external_link.h5", "/link is a link, which is not followed, got an external link"],
    ["soft_link.h5", "/link is a link, which is not followed, got a soft link"],
    ["external_storage.h5", "x has its values in other files, got external storage"],
    ["virtual.h5", "x has its values elsewhere, got a virtual layout"],
    ["circle.h5", "stands in a circle"],
    ["dense_links.h5", "group / has many members in the latest format, got links in a fractal heap"],
    ["dense_attributes.h5", "/ has many attributes in the latest format, got a fractal heap of them"],
    ["model.keras", 'the beginning of the HDF5 file is broken, got signature "PK'],
  ])("%s", (name, message) => {
    expect(() => fixture(name)).toThrow(DataError);
    expect(() => fixture(name)).toThrow(message);
  });

  it("values of other types and filters when they are asked for, not the whole file", () => {
    const root = fixture("other_types.h5");
    const read = (path: string): unknown => (memberAt(root, path) as Hdf5Dataset).read();
    expect(read("fine")).toEqual({ data: Float32Array.of(1), shape: [] });
    for (const kind of ["compound", "complex", "reference"]) expect(() => read(kind)).toThrow(DataError);
    expect(() => read("compound")).toThrow(
      "compound is of a type that is not read, got compound, expected numbers",
    );
    expect(() => read("lzf")).toThrow(
      "lzf: a filter is not read, got lzf, expected deflate, shuffle or fletcher32",
    );
    expect(read("opaque")).toEqual({ data: new Uint8Array(6), shape: [2, 3] });
    expect(memberAt(root, "twice")).toBe(memberAt(root, "compound"));
    const latest = fixture("latest_chunks.h5");
    expect((memberAt(latest, "fine") as Hdf5Dataset).read().data).toEqual(Float32Array.of(1));
    expect(() => (memberAt(latest, "chunks") as Hdf5Dataset).read()).toThrow("chunks in the latest format");
  });
});

/** A copy of a file with other bytes where `change` puts them. */
function changed(
  bytes: Uint8Array,
  change: (view: DataView, find: (text: string, nth?: number) => number) => void,
): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const letters = Array.from(copy, (byte) => String.fromCharCode(byte)).join("");
  change(new DataView(copy.buffer), (text, nth = 0) => {
    let at = letters.indexOf(text);
    for (; nth > 0; nth--) at = letters.indexOf(text, at + 1);
    return at;
  });
  return copy;
}

describe("readHdf5 refuses broken files", () => {
  const tree = new Hdf5Tree();
  tree.dataset("a/x", { data: Float32Array.of(1, 2, 3), shape: [3] });
  tree.dataset("a/y", { data: Float32Array.of(4, 5), shape: [2] });
  tree.attributes.set("text", "letters");
  const good = writeHdf5(tree);
  const open = (bytes: Uint8Array, maxBytes?: number): Hdf5Group =>
    readHdf5(bytes, { source: "f", ...(maxBytes === undefined ? {} : { maxBytes }) });
  const refused = (bytes: Uint8Array, message: string): void => {
    expect(() => open(bytes)).toThrow(DataError);
    expect(() => open(bytes)).toThrow(message);
  };
  const dims = "\u0001\u0001\0\0\0\0\0\0\u0003\0\0\0\0\0\0\0";

  it("that are cut anywhere", () => {
    for (let length = 0; length < good.length; length++) {
      expect(() => open(good.subarray(0, length))).toThrow(DataError);
    }
    refused(good.subarray(0, 1000), `the file is cut short, got 1000 bytes, expected ${good.length}`);
  });

  it("that declare absurd sizes, before memory is taken", () => {
    const size = (value: bigint): Uint8Array =>
      changed(good, (view, find) => view.setBigUint64(find(dims) + 8, value, true));
    refused(size(2n ** 63n), "is broken, got size 9223372036854775808, expected below 2^53");
    refused(size(2n ** 50n), "the content is too large, got 4503599627370544 bytes up to a/x");
    refused(size(1000n), "a/x is cut short, got 12 bytes, expected 4000");
    expect(() => open(size(1000n), 4047)).toThrow("the content is too large, got 4048 bytes up to a/x");
  });

  it("whose data sets have more than maxBytes together", () => {
    // 12 and 8 bytes of numbers, 16 bytes of a reference to a text with 32 for what the text takes beside its
    // letters.
    expect(open(good, 68).members.size).toBe(1);
    expect(() => open(good, 67)).toThrow("the content is too large");
  });

  it("with chunks that are larger than maxBytes, or with none of their elements", () => {
    const chunked = bytesOf("chunked.h5");
    const layout = "\u0003\u0002\u0003";
    const one = (sizes: number[]): Hdf5Dataset => {
      const bytes = changed(chunked, (view, find) => {
        for (let nth = 0; find(layout, nth) >= 0; nth++) {
          sizes.forEach((size, k) => view.setUint32(find(layout, nth) + 11 + 4 * k, size, true));
        }
      });
      return memberAt(open(bytes, 2 ** 20), "edges") as Hdf5Dataset;
    };
    expect(one([2, 3]).read().shape).toEqual([5, 7]);
    expect(() => one([2 ** 10, 2 ** 10]).read()).toThrow(
      "edges is too large with its chunks, got 4194304 bytes",
    );
    expect(() => one([2 ** 31, 2 ** 31]).read()).toThrow("edges is too large with its chunks");
    expect(() => one([0, 3]).read()).toThrow("edges is too large with its chunks");
    expect(() => one([1, 3]).read()).toThrow("edges: a chunk has another size, got 24 bytes, expected 12");
  });

  it("with addresses outside, circles and names that are none", () => {
    const at = (view: DataView, offset: number, value: number): void =>
      view.setBigUint64(offset, BigInt(value), true);
    refused(
      changed(good, (view) => at(view, 64, 2 ** 40)),
      "an object header is outside of the file",
    );
    refused(
      changed(good, (view, find) => at(view, find("SNOD") + 16, Number(view.getBigUint64(64, true)))),
      "circle",
    );
    refused(
      changed(good, (view, find) => at(view, find("SNOD") + 8, 8000)),
      "a name at byte 8000",
    );
    refused(
      changed(good, (view, find) => at(view, find("SNOD") + 48, 8)),
      '"x" twice',
    );
    refused(
      changed(good, (view, find) => view.setUint8(find("x\0\0\0"), 47)),
      'name "/"',
    );
    refused(
      changed(good, (view, find) => view.setUint8(find("TREE") + 5, 1)),
      'group a is broken, got signature "SNOD"',
    );
    refused(
      changed(good, (view, find) => at(view, find("TREE", 1) + 32, find("TREE", 1))),
      'signature "TREE"',
    );
    const text = changed(good, (view, find) => view.setUint16(find("GCOL") + 16, 9, true));
    expect(() => textAttribute(open(text), "text")).toThrow(
      "@text: a text is missing, got none, expected 7 bytes",
    );
  });

  it("with groups nested too deep, or too many blocks for their length", () => {
    const nested = (depth: number): Uint8Array => {
      const deep = new Hdf5Tree();
      deep.group(Array(depth).fill("g").join("/"));
      return writeHdf5(deep);
    };
    expect(open(nested(100)).members.size).toBe(1);
    refused(nested(101), "groups are nested too deep");
    // Two groups with one table of symbols: their members would be read twice.
    const two = new Hdf5Tree();
    two.group("a/x");
    two.group("b/x");
    const shared = changed(writeHdf5(two), (view) => {
      const symbols: number[] = [];
      for (let k = 0; k + 24 <= view.byteLength; k += 8) {
        if (view.getUint16(k, true) === 17 && view.getUint16(k + 2, true) === 16) symbols.push(k + 8);
      }
      expect(symbols).toHaveLength(5);
      view.setBigUint64(symbols[3]!, view.getBigUint64(symbols[1]!, true), true);
    });
    refused(shared, "stands in a circle");
  });

  it("with chunks outside of their grid, between its places, or twice in one", () => {
    const many = (offset: number): Hdf5Dataset => {
      const bytes = changed(bytesOf("chunked.h5"), (view) => {
        for (let at = 0; at < view.byteLength - 72; at += 8) {
          // The lowest nodes of chunks; for one axis, the second key's offset stands at byte 64.
          const lowest = view.getUint32(at) === 0x54524545 && view.getUint16(at + 4) === 0x0100;
          if (lowest) view.setBigUint64(at + 64, BigInt(offset), true);
        }
      });
      return memberAt(open(bytes), "many") as Hdf5Dataset;
    };
    for (const offset of [0, 3, 150, 2 ** 40]) {
      expect(() => many(offset).read()).toThrow(
        `many is broken, got a chunk at [${offset}], expected one of`,
      );
    }
  });

  it("with trees that do not descend", () => {
    const leaf = changed(bytesOf("members.h5"), (view) => {
      for (let at = 0; at < view.byteLength - 24; at += 8) {
        // Nodes of the lowest level that have a sibling.
        const tree = view.getUint32(at) === 0x54524545 && view.getUint8(at + 5) === 0;
        if (tree && view.getUint32(at + 16, true) !== 0xffffffff) view.setUint8(at + 5, 1);
      }
    });
    refused(leaf, "group many: the index is broken, got level 1");
  });

  it("whose newer metadata is damaged", () => {
    const latest = bytesOf("latest.h5");
    const places = [9, 12, 30, 60, 200].map((at) =>
      changed(latest, (view) => view.setUint8(at, view.getUint8(at) ^ 8)),
    );
    for (const bytes of places) expect(() => contents(open(bytes))).toThrow(DataError);
    const damaged = changed(latest, (view, find) => view.setUint8(find("OHDR") + 14, 7));
    refused(damaged, "an object header is damaged, got checksum");
  });

  it("whose chunks are damaged", () => {
    const chunked = bytesOf("chunked.h5");
    const root = open(chunked);
    const checksum = memberAt(root, "checksum") as Hdf5Dataset;
    const stored = new Uint8Array((checksum.read().data as Float32Array).buffer.slice(0, 12));
    const damaged = changed(chunked, (view, find) => {
      const letters = String.fromCharCode(...stored);
      for (let k = 0; find(letters, k) >= 0; k++) view.setUint8(find(letters, k), stored[0]! ^ 1);
    });
    expect(() => (memberAt(open(damaged), "checksum") as Hdf5Dataset).read()).toThrow(
      "checksum: a chunk is damaged",
    );
  });
});

describe("Claims", () => {
  it("give each block once, and no more bytes than the file has", () => {
    const claims = new Claims(new ByteFile(new Uint8Array(100), "f"));
    expect(claims.take(0, 60, "a block").left).toBe(60);
    expect(() => claims.take(0, 10, "a block")).toThrow("a block stands in a circle");
    expect(() => claims.take(50, 41, "a block")).toThrow("blocks overlap in a block");
    expect(() => new Claims(claims.file, 50).take(0, 51, "a block")).toThrow("blocks overlap");
  });
});

describe("readElementType", () => {
  it("sees an enum in an enum, however deep, without following it", () => {
    // Class 8 of version 1, one member, 4 bytes: 8 000 times.
    const bytes = Uint8Array.from({ length: 64_000 }, (_, k) => [0x18, 1, 0, 0, 4, 0, 0, 0][k % 8]!);
    const file = new ByteFile(bytes, "f");
    expect(readElementType(file.cursor(0, bytes.length, "a type"))).toMatchObject({ dtype: "unsupported" });
  });
});

describe("lookup3", () => {
  it.each([
    // Values of the driver in lookup3.c.
    ["", 0xdeadbeef],
    ["Four score and seven years ago", 0x17770551],
  ])("of %j", (text, sum) => {
    expect(lookup3(new TextEncoder().encode(text))).toBe(sum);
  });
});
