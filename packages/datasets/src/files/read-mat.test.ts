import { readFileSync } from "node:fs";
import { DataError } from "@hekla/tensor/errors";
import { describe, expect, test } from "vitest";
import { itemRandom } from "../counter-random.js";
import { readMat } from "./read-mat.js";

interface Case {
  readonly name: string;
  readonly class: string;
  readonly shape: number[];
  readonly values: string[];
  readonly file: string;
}
interface Goldens {
  readonly cases: Case[];
  readonly texts: Record<string, { file: string; text: string[]; shape: number[] }>;
  readonly refused: Record<string, string>;
  readonly versions: Record<string, string>;
  readonly several: string;
}
const text = readFileSync(new URL("../../goldens/mat.json", import.meta.url), "utf8");
const goldens = JSON.parse(text) as Goldens;
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));
const numbers: Record<string, number> = { inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY };
const written = (values: string[]) =>
  values.map((value) => numbers[value] ?? Number(value.replace("nan", "NaN")));
const golden = (name: string): Uint8Array => bytesOf(goldens.cases.find((one) => one.name === name)!.file);

describe("readMat reads what SciPy and MATLAB write", () => {
  test.each(goldens.cases)("$name", async ({ class: className, shape, values, file }) => {
    const variables = await readMat(bytesOf(file), { name: "golden.mat" });
    expect([...variables.keys()]).toEqual(["x"]);
    const x = variables.get("x")!;
    expect([x.class, x.shape]).toEqual([className, shape]);
    const { data } = x as Extract<typeof x, { data: unknown }>;
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      expect([...data]).toEqual(values.map(BigInt));
    } else {
      expect([...data]).toEqual(written(values));
    }
  });

  test("the array types are those of the classes", async () => {
    const types = await Promise.all(
      ["int8", "uint64", "single", "logical", "double stored as uint8, big-endian"].map(async (name) => {
        const x = (await readMat(golden(`${name === "single" ? "float32" : name}`).slice())).get("x")!;
        return "data" in x ? x.data.constructor : undefined;
      }),
    );
    expect(types).toEqual([Int8Array, BigUint64Array, Float32Array, Uint8Array, Float64Array]);
  });

  test.each(Object.entries(goldens.texts))("char: %s", async (_, { file, text: rows, shape }) => {
    expect((await readMat(bytesOf(file))).get("x")).toEqual({ class: "char", text: rows, shape });
  });

  test("a view at an odd place of a larger buffer, and shared memory", async () => {
    for (const name of ["float64", "float64, compressed"]) {
      const bytes = golden(name);
      const padded = new Uint8Array(new SharedArrayBuffer(bytes.length + 3));
      padded.set(bytes, 3);
      expect(await readMat(padded.subarray(3))).toEqual(await readMat(bytes));
    }
  });

  test("chosen variables, beside others that are not read", async () => {
    const bytes = bytesOf(goldens.several);
    const chosen = await readMat(bytes, { variables: ["rows", "Y"] });
    expect([...chosen]).toEqual([
      ["Y", { class: "double", data: Float64Array.of(0, 1, 2, 3, 4, 5), shape: [2, 3] }],
      ["rows", { class: "uint8", data: Uint8Array.of(95), shape: [1, 1] }],
    ]);
    await expect(readMat(bytes, { name: "s.mat" })).rejects.toThrow(
      "readMat: s.mat: materials is of a class that is not read, got cell, expected real numbers",
    );
    await expect(readMat(bytes, { name: "s.mat", variables: ["Y", "GT"] })).rejects.toThrow(
      "readMat: s.mat has no variable GT, got Y, expected GT",
    );
  });

  test("a header alone holds no variables", async () => {
    expect((await readMat(golden("float64").subarray(0, 128))).size).toBe(0);
  });
});

describe("readMat refuses", () => {
  test.each(Object.entries(goldens.refused))("%s", async (className, file) => {
    await expect(readMat(bytesOf(file), { name: "x.mat" })).rejects.toThrow(DataError);
    await expect(readMat(bytesOf(file), { name: "x.mat" })).rejects.toThrow(
      `readMat: x.mat: x is of a class that is not read, got ${className}, expected`,
    );
  });

  test.each(Object.entries(goldens.versions))("%s, and says what to do", async (version, file) => {
    await expect(readMat(bytesOf(file), { name: "x.mat" })).rejects.toThrow(DataError);
    await expect(readMat(bytesOf(file), { name: "x.mat" })).rejects.toThrow(
      new RegExp(
        `^readMat: x.mat cannot be read, got MAT-file ${version}.*, expected MAT-file level 5 .*"-v7"`,
      ),
    );
  });

  const plain = golden("float64");
  const packed = golden("float64, compressed");
  const changed = (bytes: Uint8Array, at: number, ...values: number[]): Uint8Array => {
    const copy = bytes.slice();
    copy.set(values, at);
    return copy;
  };
  const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
  // The matrix: 128 tag, 136 flags, 152 sizes, 168 name (small), 176 numbers.
  test.each<[string, Uint8Array, string]>([
    ["an empty file", new Uint8Array(0), "is truncated, got 0 bytes, expected a header of 128 bytes"],
    ["another format", new TextEncoder().encode("x,y\n".repeat(40)), "is no MAT-file, got byte order"],
    ["a bare HDF5 file", Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10), "MAT-file version 7.3"],
    ["version 7.3 by its number", changed(plain, 124, 0, 2), "cannot be read, got MAT-file version 7.3"],
    ["an unknown version", changed(plain, 124, 0, 3), "has an unknown version, got 0x300, expected 0x100"],
    [
      "a cut tag",
      plain.subarray(0, 131),
      "is truncated before the end of the tag at byte 128, got 131 bytes",
    ],
    ["cut numbers", plain.subarray(0, -8), "is truncated before the end of the element at byte 128"],
    ["another element", changed(plain, 128, 9), "has an element that is no variable, got type 9"],
    ["an unknown class", changed(plain, 144, 77), "has an array of unknown class, got 77"],
    [
      "other sizes",
      changed(plain, 160, 9),
      "x holds other than its shape says, got 12 values, expected values",
    ],
    ["a negative size", changed(plain, 160, 255, 255, 255, 255), "x has damaged sizes, got [-1,4]"],
    [
      "a value outside the class",
      changed(plain, 144, 8),
      "x holds a value that its class cannot, got NaN, expected int8",
    ],
    ["numbers that are text", changed(plain, 176, 16), "got an element of type 16"],
    ["a damaged stream", changed(packed, 150, packed[150]! ^ 4), "has an element that cannot be unpacked"],
    ["a cut stream", packed.subarray(0, -1), "is truncated"],
    ["a name twice", joined(packed, packed.subarray(128)), "holds a name twice, got x"],
  ])("%s", async (_, bytes, message) => {
    await expect(readMat(bytes, { name: "x.mat" })).rejects.toThrow(DataError);
    await expect(readMat(bytes, { name: "x.mat" })).rejects.toThrow(message);
  });

  test("elements that unpack to more than is allowed", async () => {
    await expect(readMat(packed, { maxBytes: 100 })).rejects.toThrow("unpacks to too much");
    expect((await readMat(packed, { maxBytes: 400 })).size).toBe(1);
  });
});

describe("damaged files", () => {
  test("every cut is refused", async () => {
    for (const name of ["three axes", "float64", "a small element"]) {
      const bytes = golden(name);
      for (let length = 0; length < bytes.length; length += 3) {
        if (length === 128) continue;
        const result = await readMat(bytes.subarray(0, length)).then(
          (values) => values,
          (error: unknown) => error,
        );
        // Only the blanks that fill up the last element may be missing.
        if (result instanceof Map) expect(result).toEqual(await readMat(bytes));
        else expect(result).toBeInstanceOf(DataError);
        if (length < bytes.length - 8) expect(result).toBeInstanceOf(DataError);
      }
    }
  });

  test("flipped bits give values or a DataError, nothing else", async () => {
    const files = [...goldens.cases, ...Object.values(goldens.texts)].map(({ file }) => bytesOf(file));
    const others = [...Object.values(goldens.refused), goldens.several].map(bytesOf);
    const random = itemRandom(1, 0x66756d61);
    let refused = 0;
    for (let round = 0; round < 2000; round += 1) {
      random.seek(round);
      const all = [...files, ...others];
      const bytes = all[random.bits() % all.length]!.slice();
      for (let n = 1 + (random.bits() % 3); n > 0; n -= 1) {
        const at = 124 + (random.bits() % (bytes.length - 124));
        bytes[at]! ^= 1 << (random.bits() % 8);
      }
      try {
        await readMat(bytes, { maxBytes: 1e6 });
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(600);
  });
});
