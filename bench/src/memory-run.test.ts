import { expect, it } from "vitest";
import { growingModels, type MemoryPoint, memoryVerdict } from "./memory-run.js";

const point = (model: string, step: number, liveBytes: number): MemoryPoint => ({
  type: "memory",
  model,
  step,
  liveBytes,
  liveBuffers: 1,
  heapBytes: 1,
  residentBytes: 1,
  loss: 1,
});

it("does not mind what the first step allocates", () => {
  const points = [point("a", 1, 5), point("a", 100, 8), point("a", 200, 8)];
  expect(growingModels(points)).toEqual([]);
  expect(memoryVerdict(points)).toBe("Live bytes are constant.");
});

it("finds the model that grows", () => {
  const points = [point("a", 100, 8), point("a", 200, 8), point("b", 100, 8), point("b", 200, 9)];
  expect(growingModels(points)).toEqual(["b"]);
  expect(memoryVerdict(points)).toBe("Live bytes are NOT constant: b.");
});

it("says nothing after too few steps", () => {
  expect(memoryVerdict([point("a", 1, 5), point("a", 100, 8)])).toMatch(/^Too few/);
  expect(memoryVerdict([])).toMatch(/^Too few/);
});
