import { DataError } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { readScene } from "./scene-file.js";

/** A MAT-file of level 5 with double arrays, values in MATLAB's order (first axis together), little-endian. */
function matFile(
  variables: Readonly<Record<string, { shape: readonly number[]; values: readonly number[] }>>,
) {
  const bytes: number[] = [...Buffer.from("MATLAB 5.0 MAT-file".padEnd(124)), 0, 1, 0x49, 0x4d];
  const word = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)];
  const element = (type: number, content: readonly number[]) => {
    const room = new Array<number>((8 - (content.length % 8)) % 8).fill(0);
    return [...word(type), ...word(content.length), ...content, ...room];
  };
  for (const [name, { shape, values }] of Object.entries(variables)) {
    const matrix = [
      ...element(6, [...word(6), ...word(0)]),
      ...element(5, shape.flatMap(word)),
      ...element(1, [...Buffer.from(name)]),
      ...element(9, [...new Uint8Array(Float64Array.from(values).buffer)]),
    ];
    bytes.push(...word(14), ...word(matrix.length), ...matrix);
  }
  return Uint8Array.from(bytes);
}
const scalar = (value: number) => ({ shape: [1, 1], values: [value] });
const read = (bytes: Uint8Array) => readScene({ name: "scene.mat", bytes });

describe("readScene", () => {
  // Two bands, three lines of two columns: pixels down the columns; of the second band ten times as much.
  const Y = { shape: [2, 6], values: [0, 1, 2, 3, 4, 5].flatMap((value) => [value, 10 * value]) };

  it("reads Y with its size, and one array of three axes, row after row", async () => {
    const scene = await read(matFile({ Y, lines: scalar(3), cols: scalar(2) }));
    expect(scene).toMatchObject({ height: 3, width: 2, source: "scene.mat" });
    expect(scene.pixels.shape).toEqual([6, 2]);
    expect([...scene.pixels.data]).toEqual([0, 3, 1, 4, 2, 5].flatMap((value) => [value, 10 * value]));

    const cube = { shape: [3, 2, 2], values: [0, 1, 2, 3, 4, 5, 0, 10, 20, 30, 40, 50] };
    expect(await read(matFile({ cube, note: scalar(7) }))).toEqual(scene);
  });

  it("reads an ENVI picture by its header, from the file beside it, scaled", async () => {
    const header =
      "ENVI\nsamples = 2\nlines = 1\nbands = 3\ndata type = 2\ninterleave = bip\nbyte order = 0\n" +
      "reflectance scale factor = 1000\nwavelength = {400, 500, 600}\n";
    const bytes = new TextEncoder().encode(header);
    const values = new Uint8Array(Int16Array.of(100, 200, 300, 400, 500, 600).buffer);
    const beside = async (name: string) => (name === "scene.img" ? values : undefined);
    const scene = await readScene({ name: "folder/scene.hdr", bytes, beside });
    expect(scene).toMatchObject({ height: 1, width: 2 });
    expect(Array.from(scene.wavelengths!)).toEqual([400, 500, 600]);
    expect(scene.pixels.shape).toEqual([2, 3]);
    [...scene.pixels.data].forEach((value, at) => expect(value).toBeCloseTo((at + 1) / 10, 7));

    const lost = readScene({ name: "folder/scene.hdr", bytes, beside: async () => undefined });
    await expect(lost).rejects.toThrow(
      "folder/scene.hdr: its data are not there, expected one of scene, scene.img",
    );
    const cut = readScene({ name: "scene.hdr", bytes, beside: async () => values.subarray(0, 7) });
    await expect(cut).rejects.toThrow("is truncated, got 7 bytes");
  });

  it.each<[string, Uint8Array, string]>([
    ["a file cut short", matFile({ Y }).subarray(0, 200), "scene.mat"],
    [
      "version 7.3",
      Uint8Array.from([...Buffer.from("MATLAB 7.3 MAT-file".padEnd(512)), 0x89, 0x48, 0x44, 0x46]),
      "7.3",
    ],
    ["another file", Uint8Array.from({ length: 300 }, (_, at) => at), "scene.mat"],
    [
      "no scene",
      matFile({ a: scalar(1) }),
      "no scene in it, got a [1,1], expected Y [bands, pixels] or one [height",
    ],
    [
      "two scenes",
      matFile({ a: { shape: [1, 1, 2], values: [1, 2] }, b: { shape: [1, 1, 2], values: [1, 2] } }),
      "no scene",
    ],
    ["Y without a size", matFile({ Y, lines: scalar(3) }), "has Y without cols"],
    [
      "Y of another size",
      matFile({ Y, lines: scalar(3), cols: scalar(3) }),
      "Y does not fit, got [2,6], expected [bands, 9]",
    ],
    [
      "a spectrum with NaN",
      matFile({
        Y: { ...Y, values: Y.values.map((value, at) => (at === 7 ? Number.NaN : value)) },
        lines: scalar(3),
        cols: scalar(2),
      }),
      "a spectrum is not finite, got NaN in band 1 of the pixel in row 0, column 1, expected numbers",
    ],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(DataError);
    await expect(read(bytes)).rejects.toThrow(message);
  });
});
