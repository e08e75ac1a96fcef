import { DataError } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { digitFromImage } from "./digit-image.js";

/** White paper with a black upright bar. */
function scan(width: number, height: number, left: number, top: number, wide: number, high: number) {
  const data = new Float32Array(width * height).fill(1);
  for (let row = top; row < top + high; row++) data.fill(0, row * width + left, row * width + left + wide);
  return { data, width, height };
}

describe("digitFromImage", () => {
  it("takes a 28x28 picture with a dark border as it is", () => {
    const data = new Float32Array(784);
    data[400] = 0.7;
    expect(digitFromImage({ data, width: 28, height: 28 })).toEqual({ data, shape: [1, 28, 28] });
  });

  it("inverts, fits into 20 pixels and centres a scan", () => {
    const { data, shape } = digitFromImage(scan(200, 100, 150, 10, 8, 40));
    expect(shape).toEqual([1, 28, 28]);
    const rows = Array.from({ length: 28 }, (_, row) => Math.max(...data.subarray(row * 28, row * 28 + 28)));
    const columns = Array.from({ length: 28 }, (_, column) => data[14 * 28 + column] as number);
    expect(rows.map((value) => (value > 0.5 ? 1 : 0)).join("")).toBe(`0000${"1".repeat(20)}0000`);
    expect(columns.map((value) => (value > 0.5 ? 1 : 0)).join("")).toBe(
      `${"0".repeat(12)}1111${"0".repeat(12)}`,
    );
  });

  it("gives the same digit wherever on the paper it was drawn", () => {
    expect(digitFromImage(scan(60, 60, 5, 5, 10, 30))).toEqual(digitFromImage(scan(60, 60, 40, 20, 10, 30)));
  });

  it("refuses a blank page, sizes that do not fit and values that are no numbers", () => {
    const page = { data: new Float32Array(100).fill(1), width: 10, height: 10 };
    expect(() => digitFromImage(page)).toThrow("digitFromImage: the picture is blank, expected a digit");
    expect(() => digitFromImage({ ...page, width: 9 })).toThrow("got 100 values, expected 9x10");
    expect(() => digitFromImage({ ...page, data: [...page.data.subarray(1), Number.NaN] })).toThrow(
      DataError,
    );
  });
});
