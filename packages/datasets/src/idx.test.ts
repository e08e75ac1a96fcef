import { gzipSync } from "node:zlib";
import { DataError } from "@hekla/tensor/errors";
import { describe, expect, test } from "vitest";
import { readIdx } from "./idx.js";
import { sha256 } from "./sha256.js";

/** An idx file: magic, sizes, and the given element bytes. */
function idx(code: number, shape: readonly number[], elements: readonly number[]): Uint8Array {
  const header = [0, 0, code, shape.length, ...shape.flatMap((size) => [0, 0, size >> 8, size & 255])];
  return Uint8Array.from([...header, ...elements]);
}

const image = idx(0x08, [2, 1, 3], [0, 1, 2, 253, 254, 255]);

describe("readIdx reads", () => {
  test("unsigned bytes with their shape", async () => {
    expect(await readIdx(image)).toEqual({ data: Uint8Array.of(0, 1, 2, 253, 254, 255), shape: [2, 1, 3] });
  });

  test.each([
    ["signed bytes", idx(0x09, [3], [0x80, 0xff, 0x7f]), Int32Array.of(-128, -1, 127)],
    ["16-bit integers", idx(0x0b, [2], [0x80, 0, 0x01, 0x02]), Int32Array.of(-32768, 258)],
    ["32-bit integers", idx(0x0c, [1], [0xff, 0xff, 0xff, 0xfe]), Int32Array.of(-2)],
    ["floats", idx(0x0d, [2], [0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0]), Float32Array.of(1.5, -2)],
    ["doubles", idx(0x0e, [1], [0x3f, 0xf8, 0, 0, 0, 0, 0, 0]), Float64Array.of(1.5)],
    ["no elements", idx(0x08, [0, 28, 28], []), new Uint8Array(0)],
  ])("%s", async (_name, bytes, data) => {
    expect((await readIdx(bytes)).data).toEqual(data);
  });

  test("a gzip file, and a view into a larger buffer", async () => {
    const padded = new Uint8Array(image.length + 7);
    padded.set(image, 5);
    const expected = await readIdx(image);
    expect(await readIdx(new Uint8Array(gzipSync(image)))).toEqual(expected);
    expect(await readIdx(padded.subarray(5, 5 + image.length))).toEqual(expected);
  });

  test("a file whose sha256 is right, of the unpacked bytes in either case of letters", async () => {
    const sum = await sha256(image);
    expect((await readIdx(new Uint8Array(gzipSync(image)), { sha256: sum.toUpperCase() })).shape).toEqual([
      2, 1, 3,
    ]);
  });
});

describe("readIdx refuses", () => {
  const packed = new Uint8Array(gzipSync(image));
  test.each<[string, Uint8Array, string]>([
    [
      "an empty file",
      new Uint8Array(0),
      "readIdx: file is truncated, got 0 bytes, expected a 4-byte magic number",
    ],
    ["a cut header", image.subarray(0, 9), "truncated, got 9 bytes, expected a header of 16 bytes (rank 3)"],
    ["cut elements", image.subarray(0, 20), "truncated, got 20 bytes, expected 22 bytes for shape [2,1,3]"],
    [
      "bytes left over",
      Uint8Array.from([...image, 9, 9]),
      "has 2 bytes left over, got 24 bytes, expected 22 bytes",
    ],
    [
      "another format",
      new TextEncoder().encode("PK.."),
      "wrong magic number, got 0x504b2e2e, expected two zero bytes",
    ],
    ["rank 0", idx(0x08, [], []), "wrong magic number, got 0x00000800"],
    [
      "an unknown type",
      idx(0x0a, [1], [0]),
      "unknown element type, got 0x0a, expected one of 0x08, 0x09, 0x0b",
    ],
    [
      "cut gzip",
      packed.subarray(0, packed.length - 9),
      "damaged or truncated gzip, expected a whole gzip file",
    ],
    ["spoilt gzip", packed.map((byte, at) => (at === 14 ? byte ^ 255 : byte)), "damaged or truncated gzip"],
    [
      "a size no memory holds",
      idx(0x08, [65535, 65535, 65535], []),
      "expected 281462092005391 bytes for shape",
    ],
  ])("%s", async (_name, bytes, message) => {
    const reading = readIdx(bytes);
    await expect(reading).rejects.toBeInstanceOf(DataError);
    await expect(reading).rejects.toThrow(message);
  });

  test("a wrong sha256, naming the file and both sums", async () => {
    const sum = await sha256(image);
    const reading = readIdx(image, { name: "digits.gz", sha256: "0".repeat(64) });
    await expect(reading).rejects.toThrow(
      `readIdx: digits.gz has the wrong sha256, got ${sum}, expected ${"0".repeat(64)}`,
    );
  });

  test("structure first: a truncated file is called truncated although its sha256 is wrong too", async () => {
    await expect(readIdx(image.subarray(0, 20), { sha256: "0".repeat(64) })).rejects.toThrow("truncated");
  });
});
