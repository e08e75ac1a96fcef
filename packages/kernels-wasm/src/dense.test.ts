import { conv2d, matmul, ones, softmax, type Tensor, tensor, useBackend } from "@hekla/tensor";
import { expect, test } from "vitest";
import { wasm as dense } from "./dense.js";
import { wasm } from "./index.js";

test("the small entry gives the bits of the whole one, and says what it lacks", async () => {
  const x = tensor([0.5, -1, 2, 3.25, 4, -0.125], { shape: [2, 3] });
  const fn = (a: Tensor): Tensor => softmax(matmul(a, a, { transposeB: true }));
  const results = [];
  for (const make of [wasm, dense]) {
    const backend = await useBackend(make({ threads: 1 }));
    results.push([...fn(x).dataSync()]);
    if (make === dense) {
      expect(() => conv2d(ones([1, 4, 4, 1]), ones([1, 1, 3, 3]))).toThrow(
        /made without conv2d, expected wasm\(\)/,
      );
      expect(() => x.sort()).toThrow(/made without argsort, expected wasm\(\)/);
    }
    await backend.dispose();
  }
  expect(results[0]).toEqual(results[1]);
});
