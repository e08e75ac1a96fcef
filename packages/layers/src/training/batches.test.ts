import { describe, expect, it } from "vitest";
import { checkSamples } from "./batches.js";

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
