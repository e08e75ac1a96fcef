import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";
import { describe, expect, test } from "vitest";
import { syntheticDigits } from "../synthetic-digits.js";
import { MOTIONS, type MovingDigits, type MovingDigitsOptions, movingDigits } from "./moving-digits.js";

/** The centre of mass `[x, y]` and the ink of one frame. */
function mass(
  { frames }: MovingDigits,
  sample: number,
  frame: number,
): { x: number; y: number; ink: number } {
  const [, time = 0, , , size = 0] = frames.shape;
  const start = (sample * time + frame) * size * size;
  let [x, y, ink] = [0, 0, 0];
  frames.data.subarray(start, start + size * size).forEach((value, pixel) => {
    x += value * (pixel % size);
    y += value * Math.floor(pixel / size);
    ink += value;
  });
  return { x: x / ink, y: y / ink, ink };
}

const signs: Record<string, [number, number]> = {
  still: [0, 0],
  right: [1, 0],
  left: [-1, 0],
  up: [0, -1],
  down: [0, 1],
  "up-left": [-1, -1],
  "up-right": [1, -1],
  "down-left": [-1, 1],
  "down-right": [1, 1],
};
const sign = (value: number): number => (Math.abs(value) < 1e-3 ? 0 : Math.sign(value));

describe("movingDigits", () => {
  const straight = movingDigits({ samples: 27, seed: 4 });

  test("each motion as often, and the ink moves as its name says, at a constant speed", () => {
    expect(straight.frames.shape).toEqual([27, 20, 1, 32, 32]);
    for (let nine = 0; nine < 3; nine += 1) {
      expect([...straight.motion.data.subarray(9 * nine, 9 * nine + 9)].sort()).toEqual(
        MOTIONS.map((_, i) => i),
      );
    }
    straight.motion.data.forEach((label, sample) => {
      const places = Array.from({ length: 20 }, (_, frame) => mass(straight, sample, frame));
      const steps = places.slice(1).map(({ x, y }, i) => [x - places[i]!.x, y - places[i]!.y] as const);
      for (const [x, y] of steps) {
        expect([sign(x), sign(y)]).toEqual(signs[MOTIONS[label]!]);
        expect(Math.hypot(x - steps[0]![0], y - steps[0]![1])).toBeLessThan(1e-4);
        const speed = Math.hypot(x, y);
        if (label > 0) expect(speed > 0.3999 && speed < 0.9001).toBe(true);
      }
      for (const { ink } of places) expect(ink).toBeCloseTo(places[0]!.ink, 3);
    });
  });

  test("pixels are from 0 to 1, and places are those of the corner", () => {
    expect(straight.frames.data.every((value) => value >= 0 && value <= 1.0001)).toBe(true);
    const { data } = straight.positions;
    expect(data.every((value) => value >= 0 && value <= 18)).toBe(true);
    const [a, b] = [mass(straight, 3, 0), mass(straight, 3, 19)];
    const at = (frame: number, axis: number): number => data[(3 * 20 + frame) * 2 + axis]!;
    expect(b.x - a.x).toBeCloseTo(at(19, 0) - at(0, 0), 4);
    expect(b.y - a.y).toBeCloseTo(at(19, 1) - at(0, 1), 4);
  });

  test("a place between pixels shares the ink out bilinearly", () => {
    const dot: HostArray = { data: Float32Array.of(1), shape: [1, 1, 1, 1] };
    const { frames, positions } = movingDigits({ samples: 9, frames: 3, size: 8, shrink: 1, pictures: dot });
    positions.data.forEach((place, i) => {
      if (i % 2) return;
      const [x, y] = [place, positions.data[i + 1]!];
      const frame = frames.data.subarray((i / 2) * 64, (i / 2 + 1) * 64);
      const tent = (distance: number): number => Math.max(1 - Math.abs(distance), 0);
      frame.forEach((value, pixel) => {
        expect(value).toBeCloseTo(tent(x - (pixel % 8)) * tent(y - Math.floor(pixel / 8)), 5);
      });
    });
  });

  test("bounces at the edges and keeps its speed", () => {
    const bouncing = movingDigits({ samples: 9, frames: 60, motion: "bounce", seed: 2, speed: [1, 2] });
    let turns = 0;
    bouncing.motion.data.forEach((label, sample) => {
      const at = (frame: number, axis: number): number =>
        bouncing.positions.data[(sample * 60 + frame) * 2 + axis]!;
      for (const axis of [0, 1]) {
        const steps = Array.from({ length: 59 }, (_, frame) => at(frame + 1, axis) - at(frame, axis));
        expect(Math.max(...steps.map(Math.abs))).toBeLessThan(2.0001);
        turns += steps.slice(1).filter((step, i) => step * steps[i]! < 0).length;
        const wanted = signs[MOTIONS[label]!]![axis]!;
        if (wanted === 0) expect(steps.every((step) => step === 0)).toBe(true);
      }
    });
    expect(turns).toBeGreaterThan(20);
    expect(bouncing.positions.data.every((value) => value >= 0 && value <= 18)).toBe(true);
  });

  test("a sequence depends on the seed and its number alone", () => {
    const bytes = (array: HostArray): Buffer => Buffer.from(Float32Array.from(array.data).buffer);
    const again = movingDigits({ samples: 27, seed: 4 });
    for (const part of ["frames", "motion", "positions"] as const) {
      expect(bytes(again[part]).equals(bytes(straight[part]))).toBe(true);
    }
    const later = movingDigits({ samples: 5, first: 20, seed: 4 });
    const rows = straight.frames.data.subarray(20 * 20 * 1024, 25 * 20 * 1024);
    expect(bytes(later.frames).equals(bytes({ data: rows, shape: [rows.length] }))).toBe(true);
    expect(later.motion.data).toEqual(straight.motion.data.subarray(20, 25));
    const other = movingDigits({ samples: 5, first: 20, seed: 5 });
    expect(bytes(other.frames).equals(bytes(later.frames))).toBe(false);
  });

  test("moves given pictures", () => {
    const pictures = syntheticDigits(9, 3).x;
    const { source, frames } = movingDigits({ samples: 4, pictures, shrink: 1, size: 64 });
    expect(source).toContain("given pictures");
    const inks = [0, 1, 2].map((i) =>
      [...pictures.data.subarray(i * 784, i * 784 + 784)].reduce((a, b) => a + b, 0),
    );
    const { ink } = mass({ frames } as MovingDigits, 0, 0);
    expect(Math.min(...inks.map((other) => Math.abs(other - ink)))).toBeLessThan(1e-3);
  });

  test.each<[string, MovingDigitsOptions, string]>([
    [
      "a path longer than the frame",
      { samples: 9, speed: [1, 2] },
      "got 20 frames at a speed of 1 to 2 pixels, expected a path",
    ],
    [
      "a picture larger than the frame",
      { samples: 9, shrink: 1, size: 20 },
      "within the -8 pixels that a frame of 20 has left",
    ],
    ["a speed range that is none", { samples: 9, speed: [0.9, 0.1] }, "at a speed of 0.9 to 0.1"],
    ["half a sequence", { samples: 0.5 }, "bad samples, got 0.5, expected an integer from 1"],
    [
      "pictures that cannot be made smaller",
      { samples: 9, shrink: 3 },
      "got pictures [9,1,28,28], expected [n, 1, height",
    ],
    ["labels", { pictures: { data: new Float32Array(3), shape: [3] } }, "got pictures [3], expected"],
  ])("refuses %s", (_, options, message) => {
    expect(() => movingDigits(options)).toThrow(DataError);
    expect(() => movingDigits(options)).toThrow(message);
  });
});
