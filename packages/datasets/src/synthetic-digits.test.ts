import { DataError } from "@hekla/tensor/errors";
import { describe, expect, test } from "vitest";
import { sha256 } from "./sha256.js";
import { syntheticDigits, syntheticMnist } from "./synthetic-digits.js";

const PIXELS = 28 * 28;

function pictures(seed: number, n: number, first = 0): Uint8Array {
  return syntheticDigits(seed, n, { first, pixels: "uint8" }).x.data as Uint8Array;
}

function labels(seed: number, n: number, first = 0): number[] {
  return [...syntheticDigits(seed, n, { first, labels: "int32" }).y.data];
}

describe("syntheticDigits", () => {
  test("gives float pixels in 0..1 and one-hot labels by default", () => {
    const { x, y } = syntheticDigits(3, 20);
    expect(x.shape).toEqual([20, 1, 28, 28]);
    expect(y.shape).toEqual([20, 10]);
    expect(x.data).toBeInstanceOf(Float32Array);
    expect(y.data).toBeInstanceOf(Float32Array);
    expect(Math.min(...x.data)).toBe(0);
    expect(Math.max(...x.data)).toBe(1);
    const rows = labels(3, 20).flatMap((label) =>
      Array.from({ length: 10 }, (_, k) => (k === label ? 1 : 0)),
    );
    expect([...y.data]).toEqual(rows);
  });

  test("gives raw bytes and integer labels on request, equal to the floats", () => {
    const raw = syntheticDigits(3, 20, { pixels: "uint8", labels: "int32" });
    expect(raw.x.data).toBeInstanceOf(Uint8Array);
    expect(raw.y.data).toBeInstanceOf(Int32Array);
    expect(raw.y.shape).toEqual([20]);
    expect([...syntheticDigits(3, 20).x.data]).toEqual(
      Array.from(raw.x.data, (byte) => Math.fround(byte / 255)),
    );
  });

  test("gives the same bytes on every machine", async () => {
    // Made on Node 20.20, Linux x64. Only + - * /, square roots, rounding and integers are used: all exact.
    expect(await sha256(pictures(42, 1000))).toBe(
      "7b8c40451e91e44f6c9b3d3567df86abb0c2e44d86105c196cbafa44d9f2939c",
    );
  });

  test("digit i depends on the seed and on i alone", () => {
    const all = pictures(5, 60);
    expect(pictures(5, 25, 35)).toEqual(all.slice(35 * PIXELS));
    expect(labels(5, 25, 35)).toEqual(labels(5, 60).slice(35));
    expect(pictures(6, 60)).not.toEqual(all);
  });

  test("every ten digits hold each class once, in changing order", () => {
    const tens = Array.from({ length: 50 }, (_, i) => labels(1, 10, 10 * i));
    for (const ten of tens) expect([...ten].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(tens.map(String)).size).toBeGreaterThan(45);
  });

  test("no picture occurs twice", () => {
    const all = pictures(9, 2000);
    const seen = new Set(
      Array.from({ length: 2000 }, (_, i) => String(all.subarray(i * PIXELS, (i + 1) * PIXELS))),
    );
    expect(seen.size).toBe(2000);
  });

  test("pictures lie as MNIST's do: about 20 pixels long, centred by mass, clear of the border", () => {
    const all = pictures(11, 1000);
    for (let i = 0; i < 1000; i += 1) {
      let mass = 0;
      let massX = 0;
      let massY = 0;
      const rows = new Set<number>();
      const columns = new Set<number>();
      for (let at = 0; at < PIXELS; at += 1) {
        const ink = all[i * PIXELS + at]!;
        mass += ink;
        massX += ink * (at % 28);
        massY += ink * Math.floor(at / 28);
        if (ink < 64) continue;
        rows.add(Math.floor(at / 28));
        columns.add(at % 28);
      }
      const length = Math.max(rows.size, columns.size);
      expect(length).toBeGreaterThanOrEqual(17);
      expect(length).toBeLessThanOrEqual(24);
      // Whole-pixel shifts leave at most half a pixel.
      expect(Math.abs(massX / mass - 13.5)).toBeLessThan(0.52);
      expect(Math.abs(massY / mass - 13.5)).toBeLessThan(0.52);
    }
  });

  test("has about as much ink as MNIST, whose pixels have mean 0.1307 and standard deviation 0.3081", () => {
    const { data } = syntheticDigits(2, 2000).x;
    const mean = (data as Float32Array).reduce((sum, value) => sum + value, 0) / data.length;
    const square = (data as Float32Array).reduce((sum, value) => sum + value * value, 0) / data.length;
    expect(Math.abs(mean - 0.1307)).toBeLessThan(0.01);
    expect(Math.abs(Math.sqrt(square - mean * mean) - 0.3081)).toBeLessThan(0.015);
  });

  test("takes no digits at all, and seeds of any size and sign", () => {
    expect(syntheticDigits(0, 0).x).toEqual({ data: new Float32Array(0), shape: [0, 1, 28, 28] });
    expect(pictures(-1, 10)).not.toEqual(pictures(1, 10));
    expect(pictures(2 ** 32 + 1, 10)).not.toEqual(pictures(1, 10));
  });

  test.each<[string, () => unknown, string]>([
    [
      "a broken seed",
      () => syntheticDigits(0.5, 1),
      "syntheticDigits: bad seed, got 0.5, expected an integer",
    ],
    ["no seed", () => syntheticDigits(Number.NaN, 1), "bad seed, got NaN"],
    ["a negative count", () => syntheticDigits(0, -1), "bad n, got -1, expected an integer from 0"],
    ["a broken start", () => syntheticDigits(0, 1, { first: 1.5 }), "bad first, got 1.5"],
  ])("refuses %s", (_name, draw, message) => {
    expect(draw).toThrow(DataError);
    expect(draw).toThrow(message);
  });
});

describe("syntheticMnist", () => {
  test("gives training and test digits that share no picture, and says what they are", () => {
    const set = syntheticMnist({ seed: 4, train: 30, test: 20, pixels: "uint8", labels: "int32" });
    expect(set.train.x.data).toEqual(pictures(4, 30));
    expect(set.test.x.data).toEqual(pictures(4, 20, 30));
    expect([...set.test.y.data]).toEqual(labels(4, 20, 30));
    expect(set.source).toBe("synthetic digits, seed 4");
  });

  test("has 10 000 and 2 000 digits by default", () => {
    const set = syntheticMnist();
    expect(set.train.x.shape).toEqual([10_000, 1, 28, 28]);
    expect(set.test.y.shape).toEqual([2_000, 10]);
  });
});
