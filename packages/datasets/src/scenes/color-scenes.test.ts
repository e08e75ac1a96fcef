import { DataError } from "@hekla/tensor/errors";
import { describe, expect, test } from "vitest";
import { itemRandom } from "../counter-random.js";
import { Canvas, circle, polygon, rectangle } from "./canvas.js";
import { type ColorScenesOptions, colorScenes } from "./color-scenes.js";
import { valueNoise } from "./value-noise.js";

/** The first value of each pixel. */
const reds = ({ values }: Canvas): Float64Array => values.filter((_, at) => at % 3 === 0);
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

describe("Canvas", () => {
  test("a shape covers its area, whatever the size of the picture", () => {
    for (const size of [20, 50, 100]) {
      const unit = (100 / size) ** 2;
      for (const [shape, area] of [
        [circle(40, 55, 20), Math.PI * 400],
        [rectangle(10.5, 20, 60, 43), 49.5 * 23],
        [polygon([50, 20], [80, 70], [20, 70]), 1500],
      ] as const) {
        const canvas = new Canvas(size);
        canvas.fill(shape, [1, 1, 1]);
        expect(Math.abs((sum(reds(canvas)) * unit) / area - 1)).toBeLessThan(0.02);
      }
    }
  });

  test("edges are soft: a pixel that is half covered gets half the colour", () => {
    const canvas = new Canvas(10);
    canvas.fill(rectangle(0, 0, 25, 100), [1, 0.5, 0]);
    expect([...canvas.values.subarray(0, 12)]).toEqual([1, 0.5, 0, 1, 0.5, 0, 0.5, 0.25, 0, 0, 0, 0]);
    canvas.fill(rectangle(0, 0, 100, 100), [0, 0, 1], { opacity: 0.5 });
    expect([...canvas.values.subarray(0, 3)]).toEqual([0.5, 0.25, 0.5]);
  });
});

test("valueNoise is smooth, from 0 to 1, and goes through the values of its grid", () => {
  const noise = valueNoise(itemRandom(1, 1), 4, 3);
  let last = noise(0, 0.4);
  let [low, high] = [last, last];
  for (let step = 1; step <= 1000; step += 1) {
    const value = noise(step / 1000, 0.4);
    expect(Math.abs(value - last)).toBeLessThan(0.02);
    [last, low, high] = [value, Math.min(low, value), Math.max(high, value)];
  }
  expect(low >= 0 && high <= 1 && high - low > 0.15).toBe(true);
  const corners = itemRandom(1, 1);
  const grid = Array.from({ length: 25 }, corners.uniform);
  expect(valueNoise(itemRandom(1, 1), 4)(0.25, 0.5)).toBeCloseTo(grid[11]!, 12);
});

describe("colorScenes", () => {
  const { pictures } = colorScenes({ count: 24, seed: 1 });

  test("pictures of bytes, varied", () => {
    expect(pictures.shape).toEqual([24, 100, 100, 3]);
    expect(pictures.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(pictures.data.every((value) => value === Math.fround(Math.round(value * 255) / 255))).toBe(true);
    const length = 30_000;
    const means: number[] = [];
    for (let picture = 0; picture < 24; picture += 1) {
      const values = Float64Array.from(pictures.data.subarray(picture * length, (picture + 1) * length));
      const mean = sum(values) / length;
      means.push(mean);
      expect(Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / length)).toBeGreaterThan(0.03);
      // Colours, not greys.
      const tint = values.filter((value, at) => at % 3 === 2 && Math.abs(value - values[at - 2]!) > 0.03);
      expect(tint.length).toBeGreaterThan(1000);
    }
    expect(Math.max(...means) - Math.min(...means)).toBeGreaterThan(0.3);
    expect(new Set(means).size).toBe(24);
  });

  test("the same seed gives the same bytes; a picture depends on its number alone", () => {
    const later = colorScenes({ count: 2, first: 5, seed: 1 }).pictures;
    expect(later.data).toEqual(pictures.data.subarray(5 * 30_000, 7 * 30_000));
    expect(colorScenes({ count: 1, seed: 2 }).pictures.data).not.toEqual(pictures.data.subarray(0, 30_000));
  });

  test("the bytes stay what they are", () => {
    // FNV-1a of the first two pictures at 16 x 16, so that a change is noticed.
    const small = colorScenes({ count: 2, size: 16, seed: 0 }).pictures;
    let hash = 0x811c9dc5;
    for (const value of small.data) hash = Math.imul(hash ^ Math.round(value * 255), 0x01000193);
    expect(hash >>> 0).toBe(2028453147);
  });

  test("another size is the same scene", () => {
    const small = colorScenes({ count: 4, size: 25, seed: 1 }).pictures.data;
    let error = 0;
    for (let at = 0; at < small.length; at += 1) {
      const [picture, pixel, channel] = [Math.floor(at / 1875), Math.floor((at % 1875) / 3), at % 3];
      let mean = 0;
      for (let part = 0; part < 16; part += 1) {
        const row = 4 * Math.floor(pixel / 25) + Math.floor(part / 4);
        const column = 4 * (pixel % 25) + (part % 4);
        mean += pictures.data[picture * 30_000 + (row * 100 + column) * 3 + channel]! / 16;
      }
      error += Math.abs(mean - small[at]!) / small.length;
    }
    expect(error).toBeLessThan(0.01);
  });

  test("channels first", () => {
    const turned = colorScenes({ count: 1, size: 16, dataFormat: "channelsFirst" }).pictures;
    const plain = colorScenes({ count: 1, size: 16 }).pictures;
    expect(turned.shape).toEqual([1, 3, 16, 16]);
    for (const [channel, pixel] of [
      [0, 0],
      [1, 77],
      [2, 255],
    ] as const) {
      expect(turned.data[channel * 256 + pixel]).toBe(plain.data[pixel * 3 + channel]);
    }
  });

  test.each<[ColorScenesOptions, string]>([
    [{ count: 0 }, "colorScenes: bad count, got 0, expected an integer from 1"],
    [{ size: 15 }, "bad size, got 15, expected an integer from 16"],
    [{ seed: 0.5 }, "bad seed, got 0.5"],
    [{ first: -1 }, "bad first, got -1"],
  ])("refuses %j", (options, message) => {
    expect(() => colorScenes(options)).toThrow(DataError);
    expect(() => colorScenes(options)).toThrow(message);
  });
});
