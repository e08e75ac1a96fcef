import type { DigitSet } from "@hekla/datasets";
import { DataError } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { loadDigits, withSampleShape } from "./digits-data.js";

function digits(): DigitSet {
  const split = (n: number) => ({
    x: { data: new Float32Array(n * 784), shape: [n, 1, 28, 28] },
    y: { data: new Float32Array(n * 10), shape: [n, 10] },
  });
  return { train: split(6), test: split(4), source: "a test" };
}

describe("loadDigits", () => {
  it("cuts the training part to the limit and leaves the test part", async () => {
    const { train, test } = await loadDigits(async () => digits(), 3);
    expect([train.x.shape, train.y.shape, test.x.shape]).toEqual([
      [3, 1, 28, 28],
      [3, 10],
      [4, 1, 28, 28],
    ]);
    expect([train.x.data.length, train.y.data.length]).toEqual([3 * 784, 30]);
  });

  it("tells the source how many it needs, and takes what there is", async () => {
    const requests: unknown[] = [];
    const provider = async (request: unknown) => {
      requests.push(request);
      return digits();
    };
    expect((await loadDigits(provider, 0)).train.x.shape[0]).toBe(6);
    expect((await loadDigits(provider, 100)).train.x.shape[0]).toBe(6);
    expect(requests).toEqual([{}, { trainSamples: 100 }]);
  });
});

describe("withSampleShape", () => {
  it("keeps the values", () => {
    const x = digits().train.x;
    const flat = withSampleShape(x, [784]);
    expect(flat.shape).toEqual([6, 784]);
    expect(flat.data).toBe(x.data);
  });

  it("refuses a shape of another size", () => {
    expect(() => withSampleShape(digits().train.x, [100])).toThrow(DataError);
  });
});
