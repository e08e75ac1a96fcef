import { readFileSync } from "node:fs";
import { DataError } from "@hekla/tensor/errors";
import { describe, expect, test } from "vitest";
import { itemRandom } from "../counter-random.js";
import { readNpy, toNpy } from "./npy.js";
import { readNpz, toNpz } from "./npz.js";
import { readZip, writeZip } from "./zip.js";

interface Case {
  readonly name: string;
  readonly dtype: string;
  readonly shape: number[];
  readonly values: string[];
  readonly file: string;
}
interface Goldens {
  readonly cases: Case[];
  readonly refused: Record<string, string>;
  readonly archives: Record<string, string>;
}
const text = readFileSync(new URL("../../goldens/npy.json", import.meta.url), "utf8");
const goldens = JSON.parse(text) as Goldens;
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));
const numbers: Record<string, number> = { inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY };
const written = (values: string[]) =>
  values.map((value) => numbers[value] ?? Number(value.replace("nan", "NaN")));
const ascii = (letters: string): Uint8Array => new TextEncoder().encode(letters);

describe("readNpy reads what NumPy wrote", () => {
  test.each(goldens.cases)("$name", ({ dtype, shape, values, file }) => {
    const array = readNpy(bytesOf(file), { name: "golden.npy" });
    expect([array.dtype, array.shape]).toEqual([dtype, shape]);
    if (array.data instanceof BigInt64Array || array.data instanceof BigUint64Array) {
      expect([...array.data]).toEqual(values.map(BigInt));
    } else {
      expect([...array.data]).toEqual(written(values));
    }
  });

  test("a view at an odd place of a larger buffer", () => {
    const { file, values } = goldens.cases.find(({ name }) => name === "<f8")!;
    const bytes = bytesOf(file);
    const padded = new Uint8Array(bytes.length + 3);
    padded.set(bytes, 3);
    expect([...(readNpy(padded.subarray(3)).data as Float64Array)]).toEqual(written(values));
  });

  test("toNpy writes NumPy's bytes", () => {
    const ours = goldens.cases.filter(
      ({ name, dtype }) => /^<|^bool|^a num|^no el/.test(name) && dtype !== "float16",
    );
    expect(ours.length).toBe(13);
    for (const { file } of ours) expect(toNpy(readNpy(bytesOf(file)))).toEqual(bytesOf(file));
  });
});

const header = (dict: string, version = 1, rest: readonly number[] = []): Uint8Array => {
  const size = version === 1 ? [dict.length & 255, dict.length >> 8] : [dict.length, 0, 0, 0];
  return Uint8Array.from([0x93, ...ascii("NUMPY"), version, 0, ...size, ...ascii(dict), ...rest]);
};
const dict = (shape: string, descr = "'<f4'", order = "False"): string =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;

describe("readNpy refuses", () => {
  test.each(Object.entries(goldens.refused))("%s", (_, file) => {
    expect(() => readNpy(bytesOf(file), { name: "x.npy" })).toThrow(DataError);
    expect(() => readNpy(bytesOf(file), { name: "x.npy" })).toThrow(
      /^readNpy: x.npy (holds|has) .*, got .*, expected/,
    );
  });

  test.each<[string, Uint8Array, string]>([
    ["an empty file", new Uint8Array(0), "is truncated, got 0 bytes, expected a header of 10 bytes or more"],
    ["another format", ascii("PK\u0003\u0004 something"), "has the wrong magic number, got bytes 50 4b"],
    [
      "an unknown version",
      header(dict("(1,)"), 4),
      "has an unknown version, got 4.0, expected 1.0, 2.0 or 3.0",
    ],
    [
      "a cut header",
      header(dict("(1,)")).subarray(0, 30),
      "is truncated, got 30 bytes, expected a header of",
    ],
    ["cut elements", header(dict("(2,)"), 1, [0, 0, 0]), "for float32 of shape [2]"],
    ["bytes left over", header(dict("(1,)"), 1, [0, 0, 0, 0, 9]), "has 1 bytes left over"],
    ["a shape above all memory", header(dict("(99999999, 9999999)")), "is truncated"],
    ["a shape above 2^53", header(dict("(99999999, 999999999)")), "has a shape that is too large"],
    ["a negative size", header(dict("(-1,)")), "has a header that is none"],
    ["a number as a shape", header(dict("(1)").replace("(1)", "1")), "has a header that is none"],
    ["no dictionary", header("[1, 2]"), 'has a header that is none, got "[1, 2]"'],
    ["a missing key", header("{'descr': '<f4', 'shape': (1,), }"), "has a header that is none"],
    ["a key twice", header("{'descr': '<f4', 'descr': '<f4', 'shape': (1,), }"), "has a header that is none"],
    ["an order that is no truth value", header(dict("(1,)", "'<f4'", "'no'")), "has a header that is none"],
    ["objects", header(dict("(1,)", "'|O'")), "holds Python objects, got '|O', expected one of bool, int8"],
  ])("%s", (_, bytes, message) => {
    expect(() => readNpy(bytes, { name: "x.npy" })).toThrow(DataError);
    expect(() => readNpy(bytes, { name: "x.npy" })).toThrow(message);
  });

  test("toNpy: a shape or a dtype that is not the data's", () => {
    expect(() => toNpy({ data: new Float32Array(3), shape: [2] })).toThrow(
      "got 3 values, expected 2 of shape [2]",
    );
    const data = new Float32Array(1);
    expect(() => toNpy({ data, shape: [1], dtype: "int8" })).toThrow(
      "got Float32Array as int8, expected float32",
    );
  });
});

describe("readNpz", () => {
  test.each(Object.entries(goldens.archives))("reads a %s archive of NumPy's", async (_, file) => {
    const arrays = await readNpz(bytesOf(file), { name: "a.npz" });
    expect([...arrays.keys()]).toEqual(["x", "labels"]);
    const x = { data: Float32Array.from({ length: 60 }, (_, i) => i), shape: [6, 10], dtype: "float32" };
    expect(arrays.get("x")).toEqual(x);
    expect(arrays.get("labels")!.data).toEqual(BigInt64Array.of(3n, 1n, 2n));
  });

  test("reads what toNpz writes, the same bytes twice", async () => {
    const arrays = {
      naïve: { data: Float64Array.of(1, 2), shape: [2] },
      b: { data: Int8Array.of(3), shape: [] },
    };
    expect(toNpz(arrays)).toEqual(toNpz(arrays));
    const read = await readNpz(toNpz(arrays));
    expect([...read]).toEqual([
      ["naïve", { ...arrays["naïve"], dtype: "float64" }],
      ["b", { ...arrays.b, dtype: "int8" }],
    ]);
  });

  const archive = bytesOf(goldens.archives.deflated!);
  const stored = (name: string): Uint8Array => writeZip(new Map([[name, ascii("text")]]));
  const changed = (bytes: Uint8Array, at: number, ...values: number[]): Uint8Array => {
    const copy = bytes.slice();
    copy.set(values, at < 0 ? bytes.length + at : at);
    return copy;
  };
  test.each<[string, Uint8Array, string]>([
    ["a text", ascii("hello"), "readZip: a.npz is no zip archive, or truncated, got 5 bytes without it"],
    ["a cut archive", archive.subarray(0, -30), "readZip: a.npz is no zip archive, or truncated"],
    [
      "a member that is no array",
      stored("readme.txt"),
      "readNpz: a.npz holds something else, got readme.txt",
    ],
    ["a member without elements", stored("x.npy"), "readNpy: a.npz: x.npy has the wrong magic number"],
    ["a changed byte", changed(stored("x.npy"), 36, 0), "readZip: a.npz: x.npy is damaged, got checksum"],
    ["a directory elsewhere", changed(stored("x.npy"), -6, 1), "has a damaged directory"],
    [
      "another size",
      changed(stored("x.npy"), -22 - 51 + 24, 5),
      "unpacks to another size, got 4 bytes, expected 5",
    ],
    ["an unknown method", changed(stored("x.npy"), -22 - 51 + 10, 9), "in an unknown way, got method 9"],
    ["encryption", changed(stored("x.npy"), -22 - 51 + 8, 1), "has the encrypted member x.npy"],
    ["zip64", changed(stored("x.npy"), -22 - 51 + 20, 255, 255, 255, 255), "of the form zip64"],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(readNpz(bytes, { name: "a.npz" })).rejects.toThrow(DataError);
    await expect(readNpz(bytes, { name: "a.npz" })).rejects.toThrow(message);
  });

  test("adds up what members declare before it unpacks them", async () => {
    await expect(readNpz(archive, { maxBytes: 100 })).rejects.toThrow("declares too much, got 520 bytes");
    expect((await readZip(archive)).size).toBe(2);
  });

  test("stops where a member unpacks to more than it declares", async () => {
    // The archive's first directory entry, whose size is made smaller.
    const entry = archive.findIndex(
      (_, i) => archive[i] === 0x50 && archive[i + 1] === 0x4b && archive[i + 2] === 1,
    );
    await expect(readNpz(changed(archive, entry + 24, 9, 0))).rejects.toThrow(DataError);
  });
});

describe("damaged files", () => {
  const npy = bytesOf(goldens.cases.find(({ name }) => name === "version 3.0")!.file);

  test("every cut is refused", async () => {
    for (let length = 0; length < npy.length; length += 1) {
      expect(() => readNpy(npy.subarray(0, length))).toThrow(DataError);
    }
    for (const base64 of Object.values(goldens.archives)) {
      const bytes = bytesOf(base64);
      for (let length = 0; length < bytes.length; length += 7) {
        await expect(readNpz(bytes.subarray(0, length))).rejects.toThrow(DataError);
      }
    }
  });

  test("flipped bits give the array or a DataError, nothing else", async () => {
    const random = itemRandom(1, 0x66757a7a);
    let refused = 0;
    const count = (error: unknown): void => {
      if (!(error instanceof DataError)) throw error;
      refused += 1;
    };
    for (let round = 0; round < 600; round += 1) {
      random.seek(round);
      const original = round % 3 === 0 ? npy : bytesOf(Object.values(goldens.archives)[round % 2]!);
      const bytes = original.slice();
      const limit = round % 3 === 0 ? bytes.length : Number.POSITIVE_INFINITY;
      for (let n = 1 + (random.bits() % 3); n > 0; n -= 1) {
        const at = random.bits() % Math.min(limit, bytes.length);
        bytes[at]! ^= 1 << (random.bits() % 8);
      }
      try {
        if (round % 3 === 0) readNpy(bytes);
        else await readNpz(bytes);
      } catch (error) {
        count(error);
      }
    }
    expect(refused).toBeGreaterThan(200);
  });
});
