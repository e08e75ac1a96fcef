import { expect, it } from "vitest";
import { outputsCheck } from "./child.js";

it("the number that stands for outputs tells which class has the probability", () => {
  expect(outputsCheck([1, 0, 0, 0, 0, 1], 3)).toBe(2);
  expect(outputsCheck([0, 1, 0, 0, 0, 1], 3)).toBe(2.5);
  const even = new Array<number>(20).fill(0.1);
  expect(outputsCheck(even, 10)).toBeCloseTo(5.5, 12);
});
