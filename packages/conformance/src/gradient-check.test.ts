import { grad, reference, sum, type Tensor, tensor, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkGradient } from "./gradient-check.js";
import { floatInputs, inputsOf, type Sample } from "./sample.js";
import { samples } from "./sample-table.js";

/** The reference backend is slow: larger samples are left to the other checks. */
const largest = 3000;
const sizeOf = (sample: Sample): number =>
  inputsOf(sample).reduce((total, { shape }) => total + shape.reduce((size, length) => size * length, 1), 0);
const checked = samples.filter(
  (sample) => sample.gradient && sample.smooth && floatInputs(sample).length > 0 && sizeOf(sample) <= largest,
);
const ops = [...new Set(checked.map(({ op }) => op))];

describe("central differences in float64", () => {
  beforeAll(() => useBackend(reference({ dtype: "float64" })));
  afterAll(() => useBackend(reference()));

  it("cover every op that has a gradient", () => {
    const differentiable = new Set(samples.filter((sample) => sample.gradientTolerance).map(({ op }) => op));
    // stopGradient's gradient is 0 by definition, unlike the slope of the values that it passes on.
    expect([...differentiable].filter((op) => !ops.includes(op))).toEqual(["stopGradient"]);
  });

  it.each(ops)("%s", async (op) => {
    const problems: string[] = [];
    for (const sample of checked.filter((candidate) => candidate.op === op)) {
      problems.push(...(await checkGradient(sample)));
    }
    expect(problems, problems.slice(0, 20).join("\n")).toEqual([]);
  });

  it("would find a wrong gradient", async () => {
    // stopGradient passes values on but no gradient: the difference quotient is not 0.
    const wrong = samples.find(({ op }) => op === "stopGradient")!;
    expect((await checkGradient(wrong)).join()).toMatch(/gradient 0, central difference -?\d/);
  });

  it("stopGradient: no gradient flows", async () => {
    const gradient = grad((x: Tensor) => sum(x.stopGradient().multiply(x)))(tensor([2, -3]));
    expect([...(await gradient.data())]).toEqual([2, -3]);
  });
});
