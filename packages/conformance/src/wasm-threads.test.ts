import { wasm } from "@hekla/kernels-wasm";
import { reference, useBackend } from "@hekla/tensor";
import { expect, it } from "vitest";
import { withAllThreads } from "./all-threads.js";
import { bitDifference, type Values } from "./comparator.js";
import { evaluate } from "./evaluate.js";
import { partsOf } from "./run-conformance.js";
import { inputsOf } from "./sample.js";
import { samples } from "./sample-table.js";

/** Samples with something to share out among threads. */
const large = samples.filter((sample) =>
  inputsOf(sample).some(({ shape }) => shape.reduce((size, length) => size * length, 1) >= 60),
);

/** Results of every part of these samples, run as one plan each. */
async function allResults(threads: number): Promise<Map<string, readonly Values[]>> {
  const backend = await useBackend(withAllThreads(wasm({ threads })));
  const results = new Map<string, readonly Values[]>();
  for (const sample of large) {
    const forward = await evaluate(sample, "forward", "scope", []);
    for (const part of partsOf(sample)) {
      const values = part === "forward" ? forward : await evaluate(sample, part, "scope", forward);
      results.set(`${sample.op} / ${sample.sample} / ${part}`, values);
    }
  }
  await useBackend(reference());
  await backend.dispose();
  return results;
}

it("wasm: 1, 2 and 3 threads give the same bits for every sample of 60 elements or more", async () => {
  const one = await allResults(1);
  expect(one.size).toBeGreaterThan(large.length);
  for (const threads of [2, 3]) {
    const problems = [...(await allResults(threads))].flatMap(([name, values]) =>
      values.flatMap((actual, position) => {
        const problem = bitDifference(actual, one.get(name)![position]!);
        return problem === undefined ? [] : [`${name}: ${problem}`];
      }),
    );
    expect(problems, `${threads} threads`).toEqual([]);
  }
}, 300_000);
