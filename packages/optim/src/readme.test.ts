import { readFileSync } from "node:fs";
import * as optim from "@hekla/optim";
import * as tensor from "@hekla/tensor";
import { describe, expect, it } from "vitest";

const modules: Readonly<Record<string, object>> = {
  "@hekla/optim": optim,
  "@hekla/tensor": tensor,
};

/** Runs an example with its imports served from source; returns the values of the names asked for. */
function run(example: string, names: readonly string[]): Promise<Record<string, unknown>> {
  const body = example.replace(/^import (\{[^}]*\}) from ("[^"]*");$/gm, "const $1 = modules[$2];");
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  return AsyncFunction("modules", `${body}\nreturn { ${names.join(", ")} };`)(modules);
}

const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);

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
