import { describe, expect, it } from "vitest";
import { colorIndex, colorTable } from "./activation-colors.js";
import { paintTiles, pictureSize, tilingOf } from "./tiles.js";

describe("the picture of a layer", () => {
  const shapes = [
    [1, 28, 28],
    [20, 28, 28],
    [20, 14, 14],
    [50, 14, 14],
    [50, 7, 7],
    [2450],
    [500],
    [128],
    [10],
  ];
  it.each(shapes)("has place for all of [%i, %i, %i] and fits wide and narrow cards", (...shape) => {
    const given = shape.filter((length) => length !== undefined);
    for (const space of [345, 520, 703, 980]) {
      const tiling = tilingOf(given, space);
      const { width } = pictureSize(tiling);
      expect(tiling.columns * tiling.rows).toBeGreaterThanOrEqual(tiling.count);
      expect(tiling.columns * (tiling.rows - 1)).toBeLessThan(tiling.count);
      expect(width * tiling.scale).toBeLessThanOrEqual(space + 1e-6);
    }
  });

  it("has each value at its place, tiles row by row", () => {
    const tiling = { count: 3, wide: 2, high: 2, columns: 2, rows: 2, gap: 1, scale: 1 };
    expect(pictureSize(tiling)).toEqual({ width: 5, height: 5 });
    const pixels = new Uint32Array(25);
    paintTiles(pixels, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], tiling, (value) => value);
    const rows = Array.from({ length: 5 }, (_, row) => [...pixels.subarray(row * 5, row * 5 + 5)]);
    expect(rows).toEqual([
      [1, 2, 0, 5, 6],
      [3, 4, 0, 7, 8],
      [0, 0, 0, 0, 0],
      [9, 10, 0, 0, 0],
      [11, 12, 0, 0, 0],
    ]);
  });
});

describe("the colours of activations", () => {
  it("go from the negative over zero to the positive", () => {
    const table = colorTable({ negative: "#0000ff", zero: "#808080", positive: "#ff0000" });
    const bytes = (value: number) => [...new Uint8Array(table.buffer, 4 * colorIndex(value, 2), 4)];
    expect(bytes(-2)).toEqual([0, 0, 255, 255]);
    expect(bytes(0)).toEqual([128, 128, 128, 255]);
    expect(bytes(2)).toEqual([255, 0, 0, 255]);
    expect(bytes(0.5)[0]).toBeGreaterThan(180);
    expect(colorIndex(0, 0)).toBe(127);
  });
});
