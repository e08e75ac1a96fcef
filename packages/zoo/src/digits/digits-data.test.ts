import { DataError } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { DataSource } from "../data-source.js";
import { loadDigits, loadTestDigits, withSampleShape } from "./digits-data.js";

const drawn = () => new DataSource({ synthetic: "always" });

describe("loadDigits", () => {
  it("cuts the training part to the limit and leaves the test part", async () => {
    const data = drawn();
    const { train, test } = await loadDigits(data, 3);
    expect([train.x.shape, train.y.shape, test.x.shape]).toEqual([
      [3, 1, 28, 28],
      [3, 10],
      [2000, 1, 28, 28],
    ]);
    expect([train.x.data.length, train.y.data.length]).toEqual([3 * 784, 30]);
    expect((await loadTestDigits(data)).test).toBe(test);
    const more = await loadDigits(data, 5);
    expect(more.train.x.shape[0]).toBe(5);
    expect(more.train.x.data.slice(0, 3 * 784)).toEqual(train.x.data);
  });
});

describe("withSampleShape", () => {
  it("keeps the values", async () => {
    const { x } = (await loadDigits(drawn(), 6)).train;
    const flat = withSampleShape(x, [784]);
    expect(flat.shape).toEqual([6, 784]);
    expect(flat.data).toBe(x.data);
  });

  it("refuses a shape of another size", async () => {
    const { x } = (await loadDigits(drawn(), 6)).train;
    expect(() => withSampleShape(x, [100])).toThrow(DataError);
  });
});
