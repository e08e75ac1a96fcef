import { wasm } from "@hekla/kernels-wasm";
import {
  type Backend,
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
  scope,
  type Tensor,
  threefry,
  truncatedNormal,
  useBackend,
} from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const words = (text: string): [number, number] =>
  text.split(" ").map((word) => Number.parseInt(word, 16) | 0) as [number, number];

/** Source: Random123 1.14, tests/kat_vectors, threefry2x32 with 20 rounds: counter, key, result. */
const knownAnswers: [counter: string, key: string, result: string][] = [
  ["00000000 00000000", "00000000 00000000", "6b200159 99ba4efe"],
  ["ffffffff ffffffff", "ffffffff ffffffff", "1cb996fc bb002be7"],
  ["243f6a88 85a308d3", "13198a2e 03707344", "c4923a9c 483df7a0"],
];

describe("threefry2x32-20", () => {
  it.each(knownAnswers)("counter %s, key %s gives %s", (counter, key, result) => {
    expect(threefry(words(key), words(counter))).toEqual(words(result));
  });
});

interface Moments {
  readonly mean: number;
  readonly variance: number;
  readonly min: number;
  readonly max: number;
}

function moments(values: ArrayLike<number>): Moments {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
  return {
    mean,
    variance,
    min: list.reduce((a, b) => Math.min(a, b)),
    max: list.reduce((a, b) => Math.max(a, b)),
  };
}

const count = 20_000;
/** Five standard errors of the mean of `count` draws of a variance: one run in 1.7 million falls outside. */
const within = (variance: number): number => 5 * Math.sqrt(variance / count);

const backends: [name: string, make: () => Backend | Promise<Backend>][] = [
  ["reference", () => reference()],
  ["wasm", () => wasm({ threads: 2 })],
];

describe.each(backends)("random ops on %s", (_name, make) => {
  let backend: Backend | undefined;
  beforeAll(async () => {
    backend = await useBackend(make());
  });
  afterAll(async () => {
    await useBackend(reference());
    await backend?.dispose();
  });

  const setState = (stream: RandomStream, key: [number, number], draws: number): RandomStream => {
    stream.state.write(Int32Array.of(...key, draws));
    return stream;
  };

  it("give Threefry's words: the counter is (half the element, draw)", async () => {
    for (const [counterText, keyText, result] of knownAnswers.slice(0, 1)) {
      const [counter, key] = [words(counterText), words(keyText)];
      const stream = setState(new RandomStream(0, "known"), key, counter[1]);
      expect((await randomBits([], stream).data())[0]).toBe(words(result)[0]);
    }
    const key = words("13198a2e 03707344");
    const stream = setState(new RandomStream(0, "known"), key, 41);
    const expected = Array.from(
      { length: 1025 },
      (_, element) => threefry(key, [element >> 1, 41])[element & 1],
    );
    expect([...(await randomBits([1025], stream).data())]).toEqual(expected);
    expect([...(await stream.state.data())]).toEqual([...key, 42]);
    expect([...(await randomBits([5, 13], stream).data())]).toEqual(
      Array.from({ length: 65 }, (_, element) => threefry(key, [element >> 1, 42])[element & 1]),
    );
  });

  it("go on from the kept state, eager, in a scope and compiled alike", async () => {
    const draw = (stream: RandomStream): Tensor[] => [randomBits([65], stream), randomBits([65], stream)];
    const eager = new RandomStream(7, "init");
    const first = await Promise.all([...draw(eager), ...draw(eager)].map((x) => x.data()));
    const scoped = new RandomStream(7, "init");
    const second = [...scope(() => draw(scoped)), ...scope(() => draw(scoped))];
    const kept = new RandomStream(7, "init");
    const compiled = compile(() => draw(kept));
    const third = [...compiled(), ...compiled()];
    for (const tensors of [second, third]) {
      for (const [position, x] of tensors.entries())
        expect([...(await x.data())]).toEqual([...first[position]!]);
    }
    expect(new Set(first.map((bits) => bits.join())).size).toBe(4);
    const resumed = setState(
      new RandomStream(0, "other"),
      [...eager.state.dataSync()].slice(0, 2) as [number, number],
      3,
    );
    expect([...(await randomBits([65], resumed).data())]).toEqual([...first[3]!]);
  });

  it("differ between seeds, names and indices", async () => {
    const streams = [
      [1, "init", 0],
      [2, "init", 0],
      [1, "dropout", 0],
      [1, "init", 1],
    ] as const;
    const draws = await Promise.all(
      streams.map(async ([seed, name, index]) =>
        [...(await randomBits([8], new RandomStream(seed, name, index)).data())].join(),
      ),
    );
    expect(new Set(draws).size).toBe(4);
  });

  it("uniform: bounds and moments", async () => {
    const values = await randomUniform([count], new RandomStream(1, "uniform"), { min: -1, max: 3 }).data();
    const { mean, variance, min, max } = moments(values);
    expect(Math.abs(mean - 1)).toBeLessThan(within(16 / 12));
    expect(Math.abs(variance - 16 / 12)).toBeLessThan(within(256 / 180));
    expect(min).toBeGreaterThanOrEqual(-1);
    expect(min).toBeLessThan(-0.99);
    expect(max).toBeGreaterThan(2.99);
    expect(max).toBeLessThan(3);
  });

  it("normal: mean, variance, skewness, kurtosis, tails", async () => {
    const options = { mean: 2, standardDeviation: 3 };
    const values = await randomNormal([count], new RandomStream(2, "normal"), options).data();
    const standard = Array.from(values, (value) => (value - 2) / 3);
    const power = (exponent: number): number => moments(standard.map((value) => value ** exponent)).mean;
    expect(Math.abs(power(1))).toBeLessThan(within(1));
    expect(Math.abs(power(2) - 1)).toBeLessThan(within(2));
    expect(Math.abs(power(3))).toBeLessThan(within(15));
    expect(Math.abs(power(4) - 3)).toBeLessThan(within(96));
    const beyondTwo = standard.filter((value) => Math.abs(value) > 2).length / count;
    expect(Math.abs(beyondTwo - 0.0455)).toBeLessThan(within(0.0455));
  });

  it("truncated normal: nothing beyond two standard deviations", async () => {
    const values = await truncatedNormal([4000], new RandomStream(3, "truncated"), {
      standardDeviation: 0.5,
    }).data();
    const { mean, variance, min, max } = moments(values);
    // Variance of a standard normal cut at 2: 1 - 2 * 2 * phi(2) / (2 Phi(2) - 1) = 0.7737.
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(0.7737 / 4 / 4000));
    expect(Math.abs(variance - 0.7737 / 4)).toBeLessThan(0.01);
    expect(min).toBeGreaterThanOrEqual(-1);
    expect(max).toBeLessThanOrEqual(1);
  });

  it("bernoulli, integers, permutations", async () => {
    const coin = await randomBernoulli([count], new RandomStream(4, "coin"), { probability: 0.2 }).data();
    expect(Math.abs(moments(coin).mean - 0.2)).toBeLessThan(within(0.16));
    const dice = await randomInt([count], new RandomStream(5, "dice"), { min: 1, max: 7 }).data();
    for (let face = 1; face <= 6; face++) {
      const share = dice.filter((value: number) => value === face).length / count;
      expect(Math.abs(share - 1 / 6)).toBeLessThan(within(5 / 36));
    }
    const order = await randomPermutation(1025, new RandomStream(6, "order")).data();
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1025 }, (_, index) => index));
    expect([...order]).not.toEqual([...order].sort((a, b) => a - b));
  });
});

describe("HostRandom", () => {
  it("goes on from its counter and repeats with its seed", () => {
    const random = new HostRandom(1, "augment");
    const first = Array.from({ length: 10 }, () => random.uniform());
    const resumed = new HostRandom(1, "augment");
    resumed.counter = 6;
    expect(Array.from({ length: 4 }, () => resumed.uniform())).toEqual(first.slice(6));
    expect(new HostRandom(2, "augment").uniform()).not.toBe(first[0]);
  });

  it("moments of its uniform and normal numbers; permutations are permutations", () => {
    const random = new HostRandom(3, "moments");
    const uniform = moments(Array.from({ length: count }, () => random.uniform()));
    expect(Math.abs(uniform.mean - 0.5)).toBeLessThan(within(1 / 12));
    expect(uniform.min).toBeGreaterThanOrEqual(0);
    expect(uniform.max).toBeLessThan(1);
    const normal = moments(Array.from({ length: count }, () => random.normal()));
    expect(Math.abs(normal.mean)).toBeLessThan(within(1));
    expect(Math.abs(normal.variance - 1)).toBeLessThan(within(2));
    const places = new Float64Array(5);
    for (let trial = 0; trial < 5000; trial++) {
      const order = random.permutation(5);
      places[order.indexOf(0)]!++;
      expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
    }
    for (const times of places) expect(Math.abs(times / 5000 - 0.2)).toBeLessThan(5 * Math.sqrt(0.16 / 5000));
  });
});
