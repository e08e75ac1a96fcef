import type { Plan, PlanBuffer } from "@hekla/tensor";
import { expect, test } from "vitest";
import { accessOf, mustFollow } from "./dependencies.js";

const buffer = (arenaOffset: number, size = 64): PlanBuffer => ({
  kind: arenaOffset < 0 ? "input" : "temporary",
  dtype: "float32",
  size,
  arenaOffset,
});
// 0 and 1 are inputs; 2, 3 and 4 lie in the arena, 4 over the end of 2 and the start of 3.
const plan = { buffers: [buffer(-1), buffer(-1), buffer(0), buffer(256), buffer(128)] } as unknown as Plan;
const call = (reads: number[], writes: number[], { scratch = false, alone = false } = {}) =>
  accessOf(plan, reads, writes, scratch, alone);

test("a call waits for what it reads, overwrites or shares, and for nothing else", () => {
  expect(mustFollow(call([2], [3]), call([0], [2]))).toBe(true);
  expect(mustFollow(call([0], [2]), call([2], [3]))).toBe(true);
  expect(mustFollow(call([0], [2]), call([1], [2]))).toBe(true);
  expect(mustFollow(call([0], [3]), call([0, 1], [2]))).toBe(false);
  expect(mustFollow(call([0], [0]), call([1], [1]))).toBe(false);
  expect(mustFollow(call([1], [3]), call([0], [1]))).toBe(true);
});

test("arena bytes count, not buffers; the end of one may touch the start of another", () => {
  expect(mustFollow(call([0], [4]), call([0], [2]))).toBe(true);
  expect(mustFollow(call([4], [1]), call([0], [3]))).toBe(true);
  expect(mustFollow(call([2], [1]), call([0], [3]))).toBe(false);
});

test("scratch memory is shared by all; what one thread does alone is in order", () => {
  expect(mustFollow(call([0], [2], { scratch: true }), call([1], [3], { scratch: true }))).toBe(true);
  expect(mustFollow(call([0], [2], { scratch: true }), call([1], [3]))).toBe(false);
  expect(mustFollow(call([2], [3], { alone: true }), call([0], [2], { alone: true }))).toBe(false);
  expect(mustFollow(call([2], [3], { alone: true }), call([0], [2]))).toBe(true);
});
