import * as hekla from "@hekla/tensor";
import { reference, Tensor, useBackend } from "@hekla/tensor";
import { beforeAll, describe, expect, it } from "vitest";
import { bitDifference } from "./comparator.js";
import { compositions } from "./compositions.js";
import { readValues } from "./evaluate.js";
import { nonOps } from "./non-ops.js";
import { applyMethod, applySample, floatInputs, inputsOf, inputTensors, type Sample } from "./sample.js";
import { samples } from "./sample-table.js";

const isClass = (value: unknown): boolean => /^class\b/.test(Function.prototype.toString.call(value));
const exported = Object.entries(hekla)
  .filter(([name, value]) => typeof value === "function" && !isClass(value) && !/^[A-Z]/.test(name))
  .map(([name]) => name);
const sampled = [...new Set(samples.map(({ op }) => op))];
const composed = Object.keys(compositions);

/** Exported functions that have no sample and are not known to be something else. */
const missingCells = (names: readonly string[]): string[] =>
  names.filter((name) => !sampled.includes(name) && !nonOps.includes(name));

describe("sample table", () => {
  beforeAll(() => useBackend(reference()));

  it("has a sample for every op that @hekla/tensor exports", () => {
    expect(missingCells(exported)).toEqual([]);
  });

  it("would name an op without a sample", () => {
    expect(missingCells(["add", "somethingNew"])).toEqual(["somethingNew"]);
  });

  it("names only ops and functions that exist", () => {
    expect(sampled.filter((op) => !exported.includes(op))).toEqual(composed);
    expect(nonOps.filter((name) => !exported.includes(name))).toEqual([]);
    expect(nonOps.filter((name) => sampled.includes(name))).toEqual([]);
  });

  it("has no two samples of one name", () => {
    const names = samples.map(({ op, sample }) => `${op} / ${sample}`);
    expect(names.filter((name, position) => names.indexOf(name) !== position)).toEqual([]);
  });

  it("has a first and a second derivative for every op that has a gradient", () => {
    const differentiable = [...new Set(samples.filter((s) => s.gradientTolerance).map((s) => s.op))];
    const lacking = (fits: (sample: Sample) => boolean): string[] =>
      differentiable.filter(
        (op) => !samples.some((s) => s.op === op && floatInputs(s).length > 0 && fits(s)),
      );
    expect(lacking((sample) => sample.gradient)).toEqual([]);
    expect(lacking((sample) => sample.second)).toEqual([]);
  });

  const withMethod = sampled.filter((op) => op in Tensor.prototype);

  it.each(withMethod)("%s is the same as function and as method", async (op) => {
    const sample = samples.find((candidate) => candidate.op === op && hasTensorFirst(candidate))!;
    const stored = inputTensors(sample);
    const [byFunction, byMethod] = [
      await readValues(applySample(sample, stored)),
      await readValues(applyMethod(sample, stored)),
    ];
    expect(byMethod.length).toBe(byFunction.length);
    for (const [position, values] of byMethod.entries()) {
      expect(bitDifference(values, byFunction[position]!)).toBeUndefined();
    }
  });
});

/** A first argument that can have methods, and some elements. */
function hasTensorFirst(sample: Sample): boolean {
  const [first] = inputsOf(sample);
  return first !== undefined && first === sample.args[0] && !first.shape.includes(0);
}
