import { describe, expect, it } from "vitest";
import { bitDifference, difference, type Tolerance, ulpDistance, type Values } from "./comparator.js";

const floats = (data: number[], shape = [data.length]): Values => ({
  data: Float32Array.from(data),
  shape,
  dtype: "float32",
});
const integers = (data: number[], dtype: "int32" | "bool" = "int32"): Values => ({
  data: Int32Array.from(data),
  shape: [data.length],
  dtype,
});
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const next = (value: number, steps = 1): number => {
  const view = Float32Array.of(value);
  new Int32Array(view.buffer)[0]! += steps;
  return view[0]!;
};

describe("comparator: wrong answers are found", () => {
  const wrong: [name: string, actual: Values, expected: Values, tolerance: Tolerance, message: RegExp][] = [
    [
      "one element off",
      floats([1, 2, 3]),
      floats([1, 2, 3.5]),
      { absolute: 0.4 },
      /element \[2\].*1 of 3 wrong/,
    ],
    ["NaN for a number", floats([nan]), floats([1]), { absolute: infinity }, /got NaN, expected 1/],
    ["a number for NaN", floats([1]), floats([nan]), { absolute: infinity }, /got 1, expected NaN/],
    ["Inf for NaN", floats([infinity]), floats([nan]), { absolute: infinity }, /expected NaN/],
    ["-Inf for Inf", floats([-infinity]), floats([infinity]), { absolute: infinity }, /got -Infinity/],
    [
      "a large number for Inf",
      floats([3.4e38]),
      floats([infinity]),
      { ulp: 1e9, relative: 1 },
      /expected Inf/,
    ],
    ["Inf for a large number", floats([infinity]), floats([3.4028234e38]), { ulp: 2 }, /got Infinity/],
    [
      "zero where sign matters",
      floats([0]),
      floats([-0]),
      { signedZero: true, ulp: 8 },
      /got 0, expected -0/,
    ],
    ["5 ulp at 4 allowed", floats([next(1, 5)]), floats([1]), { ulp: 4 }, /5 ulp/],
    ["5 ulp below", floats([1]), floats([next(1, 5)]), { ulp: 4 }, /5 ulp/],
    ["ulp across zero", floats([1e-45]), floats([-1e-45]), { ulp: 1 }, /2 ulp/],
    ["subnormal flushed", floats([0]), floats([1e-40]), { ulp: 4, relative: 0.1 }, /got 0/],
    ["a sign", floats([-1]), floats([1]), { ulp: 1e6, relative: 1e-3 }, /got -1, expected 1/],
    ["same data, other shape", floats([1, 2], [2, 1]), floats([1, 2], [1, 2]), {}, /shape \[2,1\]/],
    ["shape [1] for []", floats([1], [1]), floats([1], []), {}, /got shape \[1\], expected \[\]/],
    ["too few elements", floats([1], [2]), floats([1, 2]), {}, /got 1 elements for shape \[2\]/],
    ["dtype", integers([1]), floats([1]), {}, /got dtype int32, expected float32/],
    ["bool for int32", integers([1], "bool"), integers([1]), {}, /got dtype bool/],
    ["integers off by one", integers([7]), integers([8]), { absolute: 5, relative: 1 }, /got 7, expected 8/],
    ["relative bound at zero", floats([1e-6]), floats([0]), { relative: 0.5 }, /expected 0/],
    ["scaled by Inf", floats([5, infinity]), floats([1, infinity]), { scaled: 1e-3 }, /got 5/],
    ["scaled, but too far", floats([0.1, 1000]), floats([0, 1000]), { scaled: 1e-5 }, /got 0.1/],
    ["no tolerance", floats([next(1)]), floats([1]), {}, /1 ulp/],
  ];
  it.each(wrong)("%s", (_name, actual, expected, tolerance, message) => {
    expect(difference(actual, expected, tolerance)).toMatch(message);
  });

  it("names the worst element by its index, NaN first", () => {
    const expected = floats([1, 2, 3, 4, 5, 6], [2, 3]);
    expect(difference(floats([1, 2.5, 3, 4, 9, 6], [2, 3]), expected)).toMatch(
      /element \[1,1\].*2 of 6 wrong/,
    );
    expect(difference(floats([1, 2.5, nan, 4, 9, 6], [2, 3]), expected)).toMatch(
      /element \[0,2\].*3 of 6 wrong/,
    );
  });

  it("same bits: a zero's sign and a last place count", () => {
    expect(bitDifference(floats([-0]), floats([0]))).toMatch(/got -0, expected 0/);
    expect(bitDifference(floats([next(1)]), floats([1]))).toMatch(/1 ulp/);
  });
});

describe("comparator: right answers pass", () => {
  const right: [name: string, actual: Values, expected: Values, tolerance: Tolerance][] = [
    ["equal", floats([1, nan, infinity, -infinity, 0]), floats([1, nan, infinity, -infinity, 0]), {}],
    ["zeros of both signs", floats([0, -0]), floats([-0, 0]), {}],
    ["4 ulp of 4", floats([next(1, 4), next(-1, 4)]), floats([1, -1]), { ulp: 4 }],
    ["absolute", floats([1e-7]), floats([0]), { absolute: 1e-6 }],
    ["relative", floats([1001]), floats([1000]), { relative: 1e-2 }],
    ["scaled", floats([1e-4, 1000]), floats([0, 1000]), { scaled: 1e-6 }],
    ["any bound is enough", floats([1e-7]), floats([0]), { relative: 1e-6, absolute: 1e-6, ulp: 0 }],
    ["empty", floats([], [0, 3]), floats([], [0, 3]), {}],
    ["integers", integers([-5, 3]), integers([-5, 3]), {}],
  ];
  it.each(right)("%s", (_name, actual, expected, tolerance) => {
    expect(difference(actual, expected, tolerance)).toBeUndefined();
  });

  it("same bits: equal values, NaN of any kind", () => {
    expect(bitDifference(floats([1, -0, nan]), floats([1, -0, -nan]))).toBeUndefined();
  });
});

describe("ulpDistance", () => {
  it("counts float32 steps over binades, zero and to infinity", () => {
    expect(ulpDistance(1, next(1, 3))).toBe(3);
    expect(ulpDistance(next(2, -1), next(2))).toBe(2);
    expect(ulpDistance(-0, 0)).toBe(0);
    expect(ulpDistance(-1.4e-45, 1.4e-45)).toBe(2);
    expect(ulpDistance(3.4028234663852886e38, infinity)).toBe(1);
    expect(ulpDistance(nan, 1)).toBeNaN();
  });
});
