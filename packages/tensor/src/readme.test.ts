import { readFileSync } from "node:fs";
import * as tensor from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { readmeExamples, runExample } from "../../conformance/src/testing/readme-examples.js";

const readme = new URL("../README.md", import.meta.url);

describe("the README", () => {
  it("has an example that fits a line", async () => {
    const examples = readmeExamples(readme);
    expect(examples.length).toBe(1);
    const { w } = await runExample(examples[0]!, { "@hekla/tensor": tensor }, ["w"]);
    const [first, second] = await (w as tensor.Variable).data();
    expect(first).toBeCloseTo(2, 3);
    expect(second).toBeCloseTo(-1, 3);
  });

  it("names ops that there are", () => {
    const [, section] = readFileSync(readme, "utf8").match(/^## Ops\n([\s\S]*?)^Most are methods/m)!;
    const named = [...section!.matchAll(/`([^`]*)`/g)].flatMap((match) => match[1]!.split(/\s+/));
    expect(named.length).toBeGreaterThan(90);
    expect(named.filter((name) => !(name in tensor))).toEqual([]);
  });
});
