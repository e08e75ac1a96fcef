import { expect, it } from "vitest";
import { linearScale, logarithmicScale, roundOut } from "./scale.js";

it("places equal factors equally far apart on a logarithmic axis", () => {
  const { place, ticks } = logarithmicScale({ values: [0.1, 1000], pixels: [100, 500] });
  expect([0.1, 1, 10, 1000].map(place)).toEqual([100, 200, 300, 500]);
  expect(ticks.map((tick) => tick.toPrecision(2))).toEqual(["0.10", "1.0", "10", "1.0e+2", "1.0e+3"]);
});

it("gives a short logarithmic axis ticks at 1, 2 and 5, none beyond its ends", () => {
  expect(logarithmicScale({ values: [2, 50], pixels: [0, 1] }).ticks).toEqual([2, 5, 10, 20, 50]);
});

it("turns an axis around where pixels fall, as they do upwards", () => {
  const { place } = logarithmicScale({ values: [1, 100], pixels: [200, 0] });
  expect([1, 10, 100].map(place)).toEqual([200, 100, 0]);
});

it("gives a linear axis round ticks", () => {
  const { place, ticks } = linearScale({ values: [0, 23], pixels: [10, 240] });
  expect(ticks).toEqual([0, 5, 10, 15, 20]);
  expect(place(11.5)).toBeCloseTo(125);
});

it("rounds outwards to 1, 2 or 5", () => {
  expect([3, 5, 51, 0.7].map((value) => roundOut(value, true))).toEqual([5, 5, 100, 1]);
  expect([3, 5, 51, 0.07].map((value) => roundOut(value, false))).toEqual([2, 5, 50, 0.05]);
});
