import { readFileSync } from "node:fs";
import { DataError } from "@hekla/tensor/errors";
import { describe, expect, test } from "vitest";
import { itemRandom } from "../counter-random.js";
import { readEnvi } from "./read-envi.js";

interface Goldens {
  readonly shape: number[];
  readonly cases: { name: string; values: string[]; header: string; file: string }[];
}
const text = readFileSync(new URL("../../goldens/envi.json", import.meta.url), "utf8");
const goldens = JSON.parse(text) as Goldens;
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));
const golden = (name: string) => goldens.cases.find((one) => one.name === name)!;

describe("readEnvi", () => {
  test.each(goldens.cases)("$name", ({ values, header, file }) => {
    const image = readEnvi(header, bytesOf(file), { name: "golden.hdr" });
    expect([...image.data].map(String)).toEqual(
      values.map((value) => (/[.e]/.test(value) ? `${+value}` : value)),
    );
    expect(image.shape).toEqual(goldens.shape);
    expect(image.wavelengths).toEqual(Float64Array.of(400.5, 500, 600.25, 700));
    expect(image.wavelengthUnits).toBe("Nanometers");
    expect(image.bandNames).toEqual(["blue", "green", "red", "near infrared"]);
    expect(image.fields.get("description")).toBe("made up");
  });

  const bare = (change: (header: string) => string = (header) => header): string =>
    change("ENVI\nsamples = 2\nlines = 1\nbands = 2\ndata type = 2\ninterleave = bil\nbyte order = 0\n");
  const numbers = Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0);

  test("headers by other hands: as bytes, comments, capitals, no list, an offset, Windows line ends", () => {
    const lines = ["ENVI", "; by hand", "", "Samples=2", "LINES  =  1", "bands = 2", "Data  Type = 2"];
    const rest = [
      "INTERLEAVE = BIL",
      "byte order = 0",
      "header offset = 3",
      "description = {",
      "  a = 1;",
      " }",
    ];
    const header = new TextEncoder().encode([...lines, ...rest].join("\r\n"));
    const image = readEnvi(header, Uint8Array.of(9, 9, 9, ...numbers));
    expect([...image.data]).toEqual([1, 3, 2, 4]);
    expect([image.wavelengths, image.bandNames]).toEqual([undefined, undefined]);
    expect(image.fields.get("description")).toBe("a = 1;");
  });

  test.each<[string, string, Uint8Array, string]>([
    ["no header", "PNG", numbers, 'x.hdr, line 1 of the header, does not start an ENVI header, got "PNG"'],
    [
      "a line that is no entry",
      bare((h) => `${h}bands`),
      numbers,
      'line 8 of the header, is no entry, got "bands"',
    ],
    [
      "a key twice",
      bare((h) => `${h}bands = 3`),
      numbers,
      'line 8 of the header, repeats a key, got "bands"',
    ],
    [
      "an open brace",
      bare((h) => `${h}x = { 1,\n2`),
      numbers,
      "line 8 of the header, opens a brace that is not",
    ],
    [
      "no bands",
      bare((h) => h.replace("bands = 2\n", "")),
      numbers,
      'has a bad "bands", got none, expected a whole',
    ],
    [
      "half a line",
      bare((h) => h.replace("lines = 1", "lines = 0.5")),
      numbers,
      'has a bad "lines", got 0.5',
    ],
    ["no lines", bare((h) => h.replace("lines = 1", "lines = 0")), numbers, 'bad "lines", got 0, expected'],
    [
      "complex numbers",
      bare((h) => h.replace("type = 2", "type = 6")),
      numbers,
      "is not read, got 6, expected one",
    ],
    ["an unknown order", bare((h) => h.replace("bil", "bsp")), numbers, 'has a bad "interleave", got bsp'],
    [
      "no byte order",
      bare((h) => h.replace("byte order = 0\n", "")),
      numbers,
      'has a bad "byte order", got none',
    ],
    [
      "a third byte order",
      bare((h) => h.replace("order = 0", "order = 2")),
      numbers,
      'bad "byte order", got 2',
    ],
    [
      "a cut file",
      bare(),
      numbers.subarray(1),
      "is truncated, got 7 bytes, expected 8 for [1, 2, 2] of data type 2",
    ],
    ["a longer file", bare(), Uint8Array.of(...numbers, 1), "has bytes left over, got 9 bytes, expected 8"],
    ["a packed file", bare((h) => `${h}file compression = 1`), numbers, "is compressed"],
    [
      "too few wavelengths",
      bare((h) => `${h}wavelength = {1}`),
      numbers,
      'bad "wavelength", got 1 values, expected 2',
    ],
    [
      "wavelengths that are none",
      bare((h) => `${h}wavelength = {1, x}`),
      numbers,
      'bad "wavelength", got "x"',
    ],
    ["too many names", bare((h) => `${h}band names = {a, b, c}`), numbers, 'bad "band names", got 3 values'],
  ])("refuses %s", (_, header, bytes, message) => {
    expect(() => readEnvi(header, bytes, { name: "x.hdr" })).toThrow(DataError);
    expect(() => readEnvi(header, bytes, { name: "x.hdr" })).toThrow(message);
  });

  test("flipped bits in a header give a picture or a DataError, nothing else", () => {
    const { header, file } = golden("int16, bil, byte order 1");
    const random = itemRandom(1, 0x66757a65);
    let refused = 0;
    for (let round = 0; round < 1000; round += 1) {
      random.seek(round);
      const bytes = new TextEncoder().encode(header);
      bytes[random.bits() % bytes.length]! ^= 1 << (random.bits() % 8);
      const cut = round % 4 === 0 ? random.bits() % bytes.length : bytes.length;
      try {
        readEnvi(bytes.subarray(0, cut), bytesOf(file));
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(300);
  });
});
