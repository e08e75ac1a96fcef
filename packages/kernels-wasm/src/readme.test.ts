import * as kernels from "@hekla/kernels-wasm";
import * as tensor from "@hekla/tensor";
import { expect, it } from "vitest";
import { readmeExamples, runExample } from "../../conformance/src/testing/readme-examples.js";

it("has an example in its README that chooses the backend", async () => {
  const examples = readmeExamples(new URL("../README.md", import.meta.url));
  expect(examples.length).toBe(1);
  await runExample(examples[0]!, { "@hekla/kernels-wasm": kernels, "@hekla/tensor": tensor }, []);
  expect(tensor.backend().name).toMatch(/^wasm/);
  expect([...(await tensor.add(tensor.tensor([1, 2]), 1).data())]).toEqual([2, 3]);
});
