import { readFileSync } from "node:fs";
import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";
import { describe, expect, test } from "vitest";
import { timeSeriesWindows, timeseriesDatasetFromArray } from "./windows.js";

interface Golden {
  readonly shape: number[];
  readonly data: number[];
}
interface Goldens {
  readonly data: Golden;
  readonly targets: Golden;
  readonly windows: {
    options: Record<string, number>;
    targets: boolean;
    batches: { x: Golden; y?: Golden }[];
  }[];
}
const text = readFileSync(new URL("../../goldens/series.json", import.meta.url), "utf8");
const goldens = JSON.parse(text) as Goldens;
const floats = ({ data, shape }: Golden): HostArray => ({ data: Float32Array.from(data), shape });

/** `[rows, 2]`: the row's number, and a hundred more. */
const rows = (count: number): HostArray => ({
  data: Float64Array.from({ length: 2 * count }, (_, i) => (i >> 1) + 100 * (i % 2)),
  shape: [count, 2],
});

describe("timeSeriesWindows", () => {
  test("inputs of all columns, targets of one", () => {
    const { x, y, targetRows } = timeSeriesWindows(rows(7), { steps: 3, horizon: 2, stride: 2, target: 1 });
    expect(x).toEqual({
      data: Float32Array.of(0, 100, 1, 101, 2, 102, 2, 102, 3, 103, 4, 104),
      shape: [2, 3, 2],
    });
    expect(y).toEqual({ data: Float32Array.of(103, 104, 105, 106), shape: [2, 2] });
    expect([...targetRows]).toEqual([3, 5]);
  });

  test("several targets, in their order", () => {
    const { y } = timeSeriesWindows(rows(4), { steps: 2, horizon: 2, target: [1, 0] });
    expect(y).toEqual({ data: Float32Array.of(102, 2, 103, 3), shape: [1, 2, 2] });
  });

  test("a series without columns", () => {
    const { x, y } = timeSeriesWindows({ data: Float32Array.of(1, 2, 3, 4), shape: [4] }, { steps: 2 });
    expect([x.shape, [...y.data], y.shape]).toEqual([
      [2, 2, 1],
      [3, 4],
      [2, 1],
    ]);
  });

  test("the last window ends with the last row", () => {
    for (let count = 5; count < 12; count += 1) {
      const { y } = timeSeriesWindows(rows(count), { steps: 3, horizon: 2, target: 0 });
      expect([y.shape[0], y.data.at(-1)]).toEqual([count - 4, count - 1]);
    }
  });

  test.each<[string, Parameters<typeof timeSeriesWindows>[1], string]>([
    [
      "a series shorter than the window",
      { steps: 8, horizon: 3, target: 0, name: "p.csv" },
      "p.csv is shorter than a window, got 10 rows, expected at least 11 (8 steps, 3 ahead)",
    ],
    ["no target among several", { steps: 2 }, "got no target, expected columns from 0 to 1"],
    ["an empty list of targets", { steps: 2, target: [] }, "got no target"],
    ["a target that there is not", { steps: 2, target: 2 }, "got the target 2, expected columns from 0 to 1"],
    ["no steps", { steps: 0, target: 0 }, "steps is not usable, got 0, expected an integer of at least 1"],
    ["half a stride", { steps: 1, stride: 0.5, target: 0 }, "stride is not usable, got 0.5"],
  ])("refuses %s", (_, options, message) => {
    expect(() => timeSeriesWindows(rows(10), options)).toThrow(DataError);
    expect(() => timeSeriesWindows(rows(10), options)).toThrow(message);
  });

  test("refuses values of three axes", () => {
    const values = { data: new Float32Array(8), shape: [2, 2, 2] };
    expect(() => timeSeriesWindows(values, { steps: 1 })).toThrow("got values [2,2,2]");
  });
});

describe("timeseriesDatasetFromArray", () => {
  const camel = (options: Record<string, number>): Record<string, number> =>
    Object.fromEntries(
      Object.entries(options).map(([key, value]) => [
        key.replace(/_(.)/g, (_, c: string) => c.toUpperCase()),
        value,
      ]),
    );
  const data = floats(goldens.data);
  const targets = floats(goldens.targets);

  test.each(goldens.windows)("Keras's batches for $options, targets $targets", async (golden) => {
    const options = camel(golden.options) as unknown as { sequenceLength: number };
    const batches = golden.targets
      ? await timeseriesDatasetFromArray(data, targets, options).toArray()
      : await timeseriesDatasetFromArray(data, null, options).toArray();
    expect(batches).toEqual(
      golden.batches.map(({ x, y }) => (y ? { x: floats(x), y: floats(y) } : { x: floats(x) })),
    );
  });

  test("a shuffled epoch has the same sequences in an order that the seed decides", async () => {
    const starts = async (seed: number, shuffle = true): Promise<number[]> => {
      const dataset = timeseriesDatasetFromArray(data, null, {
        sequenceLength: 3,
        batchSize: 4,
        shuffle,
        seed,
      });
      return (await dataset.toArray()).flatMap(({ x }) => [...x.data].filter((_, i) => i % 6 === 0));
    };
    const [first, other] = [await starts(1), await starts(2)];
    expect(await starts(1)).toEqual(first);
    expect(first).not.toEqual(other);
    const plain = await starts(0, false);
    expect(first).not.toEqual(plain);
    expect([...first].sort((a, b) => a - b)).toEqual(plain);
  });

  test("refuses rows that are not there and series that are too short", () => {
    const make = (options: object) => () =>
      timeseriesDatasetFromArray(data, null, { sequenceLength: 4, ...options });
    expect(make({ endIndex: 31 })).toThrow("got rows 0 to 31, expected some of 0 to 30");
    expect(make({ startIndex: -1 })).toThrow("got rows -1 to 30");
    expect(make({ samplingRate: 10 })).toThrow(
      "is shorter than a sequence, got rows 0 to 30, expected rows for 4",
    );
    expect(make({ batchSize: 0 })).toThrow("batchSize is not usable, got 0");
  });
});
