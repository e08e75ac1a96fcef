import { describe, expect, it } from "vitest";
import { BatchReader, checkSamples } from "./batches.js";

const check = (values: readonly number[]): void =>
  checkSamples("test", "x", { data: Float32Array.from(values), shape: [values.length] });

describe("checkSamples", () => {
  it("finds NaN at every place, alone and before infinities", () => {
    for (let size = 1; size <= 9; size++) {
      for (let bad = 0; bad < size; bad++) {
        const values = Array.from({ length: size }, (_, at) => (at === bad ? Number.NaN : at));
        expect(() => check(values)).toThrow(`NaN in sample ${bad},`);
        expect(() => check([...values, Number.POSITIVE_INFINITY])).toThrow(`NaN in sample ${bad},`);
      }
    }
  });

  it("takes infinities and zeros of both signs", () => {
    for (let size = 1; size <= 9; size++) {
      expect(() => check(Array(size).fill(Number.NEGATIVE_INFINITY))).not.toThrow();
      expect(() => check(Array(size).fill(-0))).not.toThrow();
    }
  });
});

describe("BatchReader", () => {
  const order = Int32Array.of(4, 0, 3, 1, 2);

  it.each([1, 3, 64, 65])("deals samples of %i values in the given order", (size) => {
    const data = Float32Array.from({ length: 5 * size }, (_, at) => at);
    const reader = new BatchReader({ data, shape: [5, size] }, 2);
    for (const [start, count] of [
      [0, 2],
      [2, 2],
      [4, 1],
      [1, 2],
    ] as const) {
      const batch = reader.read(order, start, count);
      const samples = [...order.subarray(start, start + count)];
      const expected = samples.flatMap((sample) => [...data.subarray(sample * size, (sample + 1) * size)]);
      expect(batch.shape).toEqual([count, size]);
      expect([...batch.data]).toEqual(expected);
    }
  });

  it("makes pixels float32, and reads samples as they come where they lie", () => {
    const data = Uint8Array.of(7, 8, 9, 255, 1);
    const reader = new BatchReader({ data, shape: [5] }, 3);
    expect(reader.read(order, 0, 3)).toEqual({ data: Float32Array.of(1, 7, 255), shape: [3] });
    const range = reader.range(1, 3);
    expect(range).toEqual({ data: Uint8Array.of(8, 9, 255), shape: [3] });
    expect(range.data.buffer).toBe(data.buffer);
  });
});
