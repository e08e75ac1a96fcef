import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readImage } from "./read-image.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hekla-image-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, bytes: string | Uint8Array, index = 0) {
  const file = join(folder, name);
  await writeFile(file, bytes);
  const { data, width, height } = await readImage(file, index);
  return { data: Array.from(data, (value) => Math.round(value * 255)), width, height };
}

const size = { width: 2, height: 1 };

describe("readImage", () => {
  it("reads grey, colour and transparent PNG", async () => {
    const png = (channels: number, ...data: number[]) =>
      encode({ ...size, channels, depth: 8, data: Uint8Array.from(data) });
    expect(await read("grey.png", png(1, 0, 200))).toEqual({ ...size, data: [0, 200] });
    expect((await read("rgb.png", png(3, 255, 0, 0, 0, 255, 0))).data).toEqual([76, 150]);
    expect((await read("rgba.png", png(4, 0, 0, 0, 0, 0, 0, 0, 255))).data).toEqual([255, 0]);
  });

  it("reads plain and binary PGM with comments", async () => {
    expect(await read("plain.pgm", "P2\n# by hand\n2 1\n10\n0 5\n")).toEqual({ ...size, data: [0, 128] });
    const binary = Buffer.concat([Buffer.from("P5 2 1 255\n"), Buffer.from([7, 9])]);
    expect(await read("binary.pgm", binary)).toEqual({ ...size, data: [7, 9] });
  });

  it("reads one picture of an idx file", async () => {
    const idx = Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4]);
    expect(await read("digits.idx", idx, 1)).toEqual({ ...size, data: [3, 4] });
    await expect(read("digits.idx", idx, 2)).rejects.toThrow("no picture 2, expected 0 to 1");
    await expect(read("short.idx", idx.subarray(0, 18))).rejects.toThrow("truncated");
  });

  it.each([
    ["broken.png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 1, 2]), "broken PNG"],
    ["short.pgm", "P5 20 20 255\nabc", "PGM cut short"],
    ["short-plain.pgm", "P2 2 2 255\n1 2 3", "PGM cut short"],
    ["head.pgm", "P5 x y z", "broken PGM head"],
    ["digit.gif", "GIF89a", "unknown kind of picture, expected PNG, PGM or idx"],
  ])("refuses %s, naming it", async (name, bytes, message) => {
    await expect(read(name, bytes)).rejects.toThrow(message);
    await expect(read(name, bytes)).rejects.toThrow(name);
  });
});
