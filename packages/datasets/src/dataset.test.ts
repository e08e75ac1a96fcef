import { DataError } from "@hekla/tensor/errors";
import { describe, expect, it } from "vitest";
import { Dataset } from "./index.js";

const range = (count: number): Dataset<number> =>
  Dataset.generate(function* () {
    for (let k = 0; k < count; k++) yield k;
  }, count);

const arrays = {
  x: { data: Float32Array.from({ length: 12 }, (_, k) => k), shape: [6, 2] },
  y: { data: Int32Array.of(0, 1, 2, 3, 4, 5), shape: [6] },
};

describe("Dataset", () => {
  it("deals arrays out as samples and puts them together again as batches", async () => {
    const batches = await Dataset.from(arrays).batch(4).toArray();
    expect(batches).toEqual([
      {
        x: { data: arrays.x.data.slice(0, 8), shape: [4, 2] },
        y: { data: Int32Array.of(0, 1, 2, 3), shape: [4] },
      },
      { x: { data: arrays.x.data.slice(8), shape: [2, 2] }, y: { data: Int32Array.of(4, 5), shape: [2] } },
    ]);
    const dropped = Dataset.from([arrays.x, arrays.y] as const).batch(4, { dropRemainder: true });
    expect([dropped.size, (await dropped.toArray()).length]).toEqual([1, 1]);
    expect(await range(5).batch(3).toArray()).toEqual([
      { data: Float32Array.of(0, 1, 2), shape: [3] },
      { data: Float32Array.of(3, 4), shape: [2] },
    ]);
  });

  it("maps in order, several calls side by side", async () => {
    let [running, most] = [0, 0];
    const slow = async (value: number): Promise<number> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, value % 2 === 0 ? 4 : 1));
      running--;
      return 10 * value;
    };
    expect(await range(7).map(slow, { parallel: 3 }).toArray()).toEqual([0, 10, 20, 30, 40, 50, 60]);
    expect(most).toBe(3);
    const failing = range(5).map((value) => {
      if (value === 3) throw new RangeError("three");
      return value;
    });
    await expect(failing.toArray()).rejects.toThrow("three");
  });

  it("shuffles by seed and epoch, each element once, within its buffer", async () => {
    const data = range(50).shuffle(50, { seed: 3 });
    const first = await data.toArray(0);
    expect([...first].sort((a, b) => a - b)).toEqual(await range(50).toArray());
    expect(first).not.toEqual(await range(50).toArray());
    expect(await data.toArray(0)).toEqual(first);
    expect(await data.toArray(1)).not.toEqual(first);
    expect(await range(50).shuffle(50, { seed: 4 }).toArray(0)).not.toEqual(first);
    const fixed = range(50).shuffle(50, { reshuffleEachEpoch: false });
    expect(await fixed.toArray(1)).toEqual(await fixed.toArray(0));
    (await range(50).shuffle(5).toArray()).forEach((value, place) => expect(value).toBeLessThan(place + 5));
    // Iterating goes on to the next epoch.
    const epochs: number[][] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      const seen: number[] = [];
      for await (const value of data) seen.push(value);
      epochs.push(seen);
    }
    expect(epochs).toEqual([first, await data.toArray(1)]);
  });

  it.each([
    [
      { size: 3 },
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
    [{ size: 3, dropRemainder: false }, [[0, 1, 2], [3, 4, 5], [6]]],
    [
      { size: 3, shift: 2 },
      [
        [0, 1, 2],
        [2, 3, 4],
        [4, 5, 6],
      ],
    ],
    [
      { size: 2, shift: 3 },
      [
        [0, 1],
        [3, 4],
      ],
    ],
    [
      { size: 3, shift: 1, stride: 2 },
      [
        [0, 2, 4],
        [1, 3, 5],
        [2, 4, 6],
      ],
    ],
    [
      { size: 2, shift: 4, dropRemainder: false },
      [
        [0, 1],
        [4, 5],
      ],
    ],
    [{ size: 4, shift: 3, dropRemainder: false }, [[0, 1, 2, 3], [3, 4, 5, 6], [6]]],
    [{ size: 9 }, []],
  ])("takes windows %j as tf.data does", async ({ size, ...options }, windows) => {
    const data = range(7).window(size, options);
    expect(await data.toArray()).toEqual(windows);
    expect(data.size).toBe(windows.length);
  });

  it("filters, takes, skips, repeats", async () => {
    expect(
      await range(9)
        .filter((value) => value % 3 === 0)
        .toArray(),
    ).toEqual([0, 3, 6]);
    expect(await range(9).skip(2).take(3).toArray()).toEqual([2, 3, 4]);
    expect(await range(2).repeat(3).toArray()).toEqual([0, 1, 0, 1, 0, 1]);
    expect(await range(2).repeat().take(5).toArray()).toEqual([0, 1, 0, 1, 0]);
    expect(await range(2).take(0).repeat().toArray()).toEqual([]);
    expect([range(9).skip(2).take(30).size, range(4).repeat(2).size, range(4).repeat().size]).toEqual([
      7,
      8,
      undefined,
    ]);
  });

  it("fetches ahead, so much and no more, and stops when nobody wants more", async () => {
    let [made, ended] = [0, false];
    const source = Dataset.generate(async function* () {
      try {
        for (;;) yield made++;
      } finally {
        ended = true;
      }
    });
    for await (const value of source.prefetch(4)) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      expect(made).toBeLessThanOrEqual(value + 6);
      expect(made).toBeGreaterThanOrEqual(value + 4);
      if (value === 3) break;
    }
    expect(ended).toBe(true);
    expect(await range(3).prefetch(10).toArray()).toEqual([0, 1, 2]);
  });

  it("says what does not fit", async () => {
    expect(() => Dataset.from({ x: arrays.x, y: { data: new Float32Array(2), shape: [2] } })).toThrow(
      /got \[6,2\], \[2\], expected arrays with as many samples each/,
    );
    expect(() => Dataset.from([])).toThrow(DataError);
    expect(() => Dataset.from({ data: new Float32Array(5), shape: [3, 2] })).toThrow(
      /got 5 values, expected those of shape \[3,2\]/,
    );
    expect(() => range(3).batch(0)).toThrow(/batch: bad batchSize, got 0/);
    expect(() => range(3).window(0)).toThrow(/window: bad size, got 0/);
    expect(() => range(3).take(-1)).toThrow(/take: bad count, got -1, expected a whole number of at least 0/);
    expect(() => range(3).skip(Number.NaN)).toThrow(/skip: bad count, got NaN/);
    expect(() => range(3).repeat(0)).toThrow(/repeat: bad times, got 0/);
    const uneven = Dataset.generate(() => [1, 2].map((n) => ({ data: new Float32Array(n), shape: [n] })));
    await expect(uneven.batch(2).toArray()).rejects.toThrow(/batch: samples differ, got Float32Array \[2\]/);
    const mixed = Dataset.generate<unknown>(() => [{ a: 1 }, { b: 1 }]);
    await expect(mixed.batch(2).toArray()).rejects.toThrow(
      /structure, got an object of b, expected an object of a/,
    );
  });
});
