import { deflateSync } from "node:zlib";
import { encodePng } from "@hekla/layers";
import { DataError } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { readPictureFile } from "./picture-file.js";

const pixels = Uint8Array.from({ length: 5 * 4 * 3 }, (_, at) => (at * 37 + (at >> 3) * 11) % 256);
const read = (bytes: Uint8Array) => readPictureFile({ name: "p.png", bytes });

/** A PNG of `rows` as they stand in the file, each with its filter in front. */
function png(
  rows: Uint8Array,
  [width, height]: readonly [number, number],
  type: number,
  depth = 8,
): Uint8Array {
  const chunk = (name: string, data: Uint8Array) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length);
    head.write(name, 4, "latin1");
    return Buffer.concat([head, data, Buffer.alloc(4)]);
  };
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width);
  size.writeUInt32BE(height, 4);
  size.set([depth, type, 0, 0, 0], 8);
  const packed = deflateSync(rows);
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", size),
    chunk("IDAT", packed.subarray(0, 10)),
    chunk("IDAT", packed.subarray(10)),
    chunk("IEND", new Uint8Array()),
  ]);
}

describe("readPictureFile", () => {
  it.each([1, 3] as const)("reads a PNG of %i channels", async (channels) => {
    const own = pixels.subarray(0, 20 * channels);
    const picture = await read(await encodePng(own, 4, 5, channels));
    expect(picture).toEqual({ data: own, width: 5, height: 4, channels });
  });

  it("undoes every filter, and leaves opacity out", async () => {
    const plain = Uint8Array.from({ length: 3 * 5 * 4 }, (_, at) => (at * 53 + (at >> 2) * 7) % 256);
    const rows: number[] = [];
    const at = (row: number, place: number) => (row < 0 || place < 0 ? 0 : plain[row * 12 + place]!);
    for (let row = 0; row < 5; row++) {
      rows.push(row);
      for (let place = 0; place < 12; place++) {
        const [a, b, c] = [at(row, place - 4), at(row - 1, place), at(row - 1, place - 4)];
        const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
        const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
        rows.push((at(row, place) - [0, a, b, (a + b) >> 1, paeth][row]! + 256) % 256);
      }
    }
    const { data, channels } = await read(png(Uint8Array.from(rows), [3, 5], 6));
    expect(channels).toBe(3);
    expect([...data]).toEqual([...plain].filter((_, place) => place % 4 < 3));
  });

  it("reads PPM and PGM with remarks in their heads", async () => {
    const head = new TextEncoder().encode("P6\n# made by hand\n5 4\n255\n");
    const file = Buffer.concat([head, pixels]);
    expect(await read(file)).toEqual({ data: pixels, width: 5, height: 4, channels: 3 });
    const grey = Buffer.concat([new TextEncoder().encode("P5 2 2 255 "), Uint8Array.of(1, 2, 3, 4)]);
    expect(await read(grey)).toEqual({ data: Uint8Array.of(1, 2, 3, 4), width: 2, height: 2, channels: 1 });
    await expect(read(file.subarray(0, 60))).rejects.toThrow("p.png: cut short, got 34 bytes, expected 60");
    const wide = new TextEncoder().encode("P6 5 4 65535 ");
    await expect(read(wide)).rejects.toThrow("head does not fit, got 5 x 4, largest value 65535");
  });

  it("says what it cannot read", async () => {
    const whole = await encodePng(pixels, 4, 5, 3);
    for (const [bytes, message] of [
      [Uint8Array.of(1, 2, 3), "p.png: not a picture that can be read"],
      [whole.subarray(0, 20), "p.png: cut short, got 20 bytes"],
      [whole.subarray(0, 60), "p.png: cut short"],
      [png(new Uint8Array(8), [1, 1], 2, 16), "this kind of PNG is not read, got 1 x 1, 16 bits"],
      [png(Uint8Array.of(9, 1, 1, 1), [1, 1], 2), "p.png: broken PNG: got filter 9, expected 0 to 4"],
      [png(Uint8Array.of(0, 1), [1, 1], 2), "p.png: cut short, got 2 bytes, expected 4"],
    ] as const) {
      await expect(read(bytes)).rejects.toThrow(DataError);
      await expect(read(bytes)).rejects.toThrow(message);
    }
    const broken = Uint8Array.from(whole);
    broken.fill(255, 45, 55);
    await expect(read(broken)).rejects.toThrow("p.png: broken PNG");
  });
});
