import { afterAll, describe, expect, test } from "vitest";
import { WebGpuBackend } from "../backend.js";
import { forcedBackend } from "../testing/forced-device.js";
import { matmulCase } from "../testing/shape-cases.js";
import { expectOn } from "../testing/single-routine.js";
import { tune } from "./tune.js";
import { Tuning } from "./tuning.js";

const tuning = new Tuning("a device");
const backend = await forcedBackend({ tuned: true, choices: tuning });
afterAll(() => backend?.dispose());

test("a way holds until another one is settled", () => {
  const ways = new Tuning("a device");
  expect(ways.choose("problem", ["a", "b"])).toBe(0);
  expect([...ways.open.keys()]).toEqual(["problem"]);
  expect(ways.forced("b", () => ways.choose("problem", ["a", "b"]))).toBe(1);
  ways.settle("problem", "b");
  expect(ways.choose("problem", ["a", "b"])).toBe(1);
  expect(ways.open.size).toBe(0);
  // Another version may not have a way any more.
  expect(ways.choose("problem", ["a", "c"])).toBe(0);
});

test("what was measured on another device is not taken", () => {
  const cache = { device: "a device", fastest: { problem: "b" } };
  expect(new Tuning("a device", cache).choose("problem", ["a", "b"])).toBe(1);
  expect(new Tuning("another", cache).choose("problem", ["a", "b"])).toBe(0);
});

describe.skipIf(!backend)("on a device", () => {
  test("measures what was met, and takes it from then on", async () => {
    const given = matmulCase([65, 36, 20]);
    await expectOn(backend!, [given], 4);
    expect(tuning.open.size).toBe(1);
    const [names] = [...tuning.open.values()];
    const cache = await tune(backend!);
    expect(tuning.open.size).toBe(0);
    expect(names).toContain(Object.values(cache.fastest)[0]);
    expect(new Tuning("a device", cache).cache).toEqual(cache);
    await expectOn(backend!, [given], 4);
    expect(tuning.open.size).toBe(0);
    expect(backend).toBeInstanceOf(WebGpuBackend);
  });
});
