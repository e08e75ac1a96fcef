import { describe, expect, test } from "vitest";
import { itemRandom, philox } from "./counter-random.js";

describe("philox", () => {
  // Known answers published with the reference implementation (Random123, kat_vectors, philox4x32 10 rounds).
  test.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])("counter %j, key %j", (counter, key, expected) => {
    const out = new Uint32Array(4);
    philox(counter, key, out);
    expect([...out]).toEqual(expected);
  });
});

describe("itemRandom", () => {
  test("an item's draws do not depend on what was drawn before", () => {
    const random = itemRandom(7, 1);
    random.seek(3);
    const first = [random.bits(), random.bits(), random.bits(), random.bits(), random.bits()];
    random.seek(4);
    random.bits();
    random.seek(3);
    expect([1, 2, 3, 4, 5].map(() => random.bits())).toEqual(first);
  });

  test("seed, stream and item each change the draws, beyond 32 bits too", () => {
    const draw = (seed: number, stream: number, item: number) => {
      const random = itemRandom(seed, stream);
      random.seek(item);
      return random.bits();
    };
    const seeds = [0, 1, -1, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    const draws = seeds.flatMap((seed) => [
      draw(seed, 0, 0),
      draw(seed, 1, 0),
      draw(seed, 0, 1),
      draw(seed, 0, 2 ** 33),
    ]);
    expect(new Set(draws).size).toBe(draws.length);
  });

  test("uniform and bell have the moments they promise", () => {
    const random = itemRandom(1, 0);
    random.seek(0);
    const n = 40_000;
    const moments = (draw: () => number) => {
      const values = Array.from({ length: n }, draw);
      const mean = values.reduce((sum, value) => sum + value, 0) / n;
      return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n)] as const;
    };
    // Five standard errors: of a mean sd / sqrt(n), of a deviation at most sd / sqrt(2 n).
    const [uniformMean, uniformDeviation] = moments(random.uniform);
    expect(Math.abs(uniformMean - 0.5)).toBeLessThan((5 * 0.289) / Math.sqrt(n));
    expect(Math.abs(uniformDeviation - Math.sqrt(1 / 12))).toBeLessThan((5 * 0.289) / Math.sqrt(2 * n));
    const [bellMean, bellDeviation] = moments(random.bell);
    expect(Math.abs(bellMean)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(bellDeviation - 1)).toBeLessThan(5 / Math.sqrt(2 * n));
  });
});
