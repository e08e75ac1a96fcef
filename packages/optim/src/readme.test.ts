import * as optim from "@hekla/optim";
import * as tensor from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { readmeExamples, runExample } from "../../conformance/src/testing/readme-examples.js";

const modules: Readonly<Record<string, object>> = {
  "@hekla/optim": optim,
  "@hekla/tensor": tensor,
};

const run = (example: string, names: readonly string[]): Promise<Record<string, unknown>> =>
  runExample(example, modules, names);
const examples = readmeExamples(new URL("../README.md", import.meta.url));

describe("the README's examples", () => {
  it("finds the minimum", async () => {
    const { loss } = await run(examples[0]!, ["loss"]);
    expect(loss).toBeLessThan(1e-3);
    expect(examples.length).toBe(3);
  });

  it("averages weights", async () => {
    const { weight, average } = await run(examples[1]!, ["weight", "average"]);
    expect([...(average as Float32Array)]).toEqual([2]);
    expect([...(weight as tensor.Variable).dataSync()]).toEqual([2]);
  });

  it("walks down a valley", async () => {
    const { result } = await run(examples[2]!, ["result"]);
    expect(result).toMatchObject({ loss: expect.closeTo(0, 6), reason: expect.stringMatching(/\w/) });
  });
});
