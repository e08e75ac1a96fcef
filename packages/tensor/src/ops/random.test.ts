import { beforeEach, expect, test } from "vitest";
import {
  compile,
  HostRandom,
  RandomStream,
  randomBernoulli,
  randomBits,
  randomInt,
  randomNormal,
  randomPermutation,
  randomUniform,
  reference,
  streamKey,
  threefry,
  truncatedNormal,
  useBackend,
} from "../index.js";

beforeEach(async () => {
  await useBackend(reference());
});

const hex = (words: Iterable<number>): string[] => [...words].map((word) => (word >>> 0).toString(16));

test("Threefry2x32-20 gives the published words", () => {
  expect(hex(threefry([0, 0], [0, 0]))).toEqual(["6b200159", "99ba4efe"]);
  expect(hex(threefry([-1, -1], [-1, -1]))).toEqual(["1cb996fc", "bb002be7"]);
  expect(hex(threefry([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3]))).toEqual(["c4923a9c", "483df7a0"]);
});

test("tensors draw what the plain generator draws", () => {
  const stream = new RandomStream(7, "init", 3);
  const key = streamKey(7, "init", 3);
  for (const draw of [0, 1, 2]) {
    const bits = randomBits([2, 3], stream).dataSync();
    expect([...bits]).toEqual(
      [0, 1, 2, 3, 4, 5].map((index) => threefry(key, [index >> 1, draw])[index & 1]),
    );
  }
});

test("compiled draws differ from call to call and equal eager ones", () => {
  const eager = new RandomStream(1, "dropout");
  const compiled = new RandomStream(1, "dropout");
  const fn = compile(() => randomUniform([5], compiled));
  for (let i = 0; i < 3; i++) expect(fn().dataSync()).toEqual(randomUniform([5], eager).dataSync());
});

test("streams and seeds are unrelated", () => {
  const first = (seed: number, name: string, index = 0): number =>
    randomUniform([1], new RandomStream(seed, name, index)).dataSync()[0]!;
  const draws = [first(0, "a"), first(1, "a"), first(0, "b"), first(0, "a", 1), first(2 ** 33, "a")];
  expect(new Set(draws).size).toBe(5);
  expect(() => new RandomStream(0.5, "a")).toThrow(/got seed 0.5, expected a whole number/);
});

test("moments", () => {
  const n = 20_000;
  const stream = new RandomStream(3, "moments");
  const moments = (values: ArrayLike<number>): [number, number] => {
    const mean = Array.from(values).reduce((a, b) => a + b, 0) / values.length;
    return [mean, Math.sqrt(Array.from(values).reduce((a, b) => a + (b - mean) ** 2, 0) / values.length)];
  };
  const [uniformMean, uniformSpread] = moments(randomUniform([n], stream, { min: -1, max: 1 }).dataSync());
  expect(Math.abs(uniformMean)).toBeLessThan(0.015);
  expect(Math.abs(uniformSpread - 1 / Math.sqrt(3))).toBeLessThan(0.01);
  const [normalMean, normalSpread] = moments(
    randomNormal([n], stream, { mean: 2, standardDeviation: 3 }).dataSync(),
  );
  expect(Math.abs(normalMean - 2)).toBeLessThan(0.08);
  expect(Math.abs(normalSpread - 3)).toBeLessThan(0.06);
  const cut = truncatedNormal([n], stream).dataSync();
  expect(Math.max(...cut)).toBeLessThanOrEqual(2);
  expect(Math.abs(moments(cut)[1] - 0.8796)).toBeLessThan(0.02);
  const [share] = moments(randomBernoulli([n], stream, { probability: 0.3 }).dataSync());
  expect(Math.abs(share - 0.3)).toBeLessThan(0.015);
  const whole = randomInt([n], stream, { min: -2, max: 3 }).dataSync();
  expect([...new Set(whole)].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
});

test("permutations hold each index once", () => {
  const order = randomPermutation(100, new RandomStream(5, "shuffle")).dataSync();
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect([...order]).not.toEqual(Array.from({ length: 100 }, (_, i) => i));
  const host = new HostRandom(5, "shuffle").permutation(100);
  expect([...host].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
});

test("the plain generator goes on where its counter is set", () => {
  const whole = new HostRandom(1, "augment", 2);
  const values = Array.from({ length: 10 }, () => whole.uniform());
  const resumed = new HostRandom(1, "augment", 2);
  resumed.counter = 6;
  expect(Array.from({ length: 4 }, () => resumed.uniform())).toEqual(values.slice(6));
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
});
