import type { Window2D } from "@hekla/tensor";
import { expect, test } from "vitest";
import { convolutionCases, longSumCases, maskedCases, matmulCases } from "../testing/contraction-cases.js";
import { expectPlain, plainPasses } from "../testing/plain-case.js";

test("matmul with all flags", () => expectPlain(matmulCases()));
test("long sums keep float32 accuracy", () => expectPlain(longSumCases()));
test("convolutions and their gradients", () => expectPlain(convolutionCases()));
test("masked products, with features that are 0 and masks that hide NaN", () => expectPlain(maskedCases()));

test("few long sums are cut into parts", () => {
  const window: Window2D = {
    dataFormat: "channelsFirst",
    batch: 128,
    channels: 1,
    inputSize: [28, 28],
    outputSize: [28, 28],
    windowSize: [5, 5],
    strides: [1, 1],
    dilation: [1, 1],
    padding: [
      [2, 2],
      [2, 2],
    ],
  };
  const routine = { name: "conv2dKernelGradient", dtype: "float32", window, filters: 20 } as const;
  const [partial, joined] = plainPasses(routine);
  expect(partial!.size).toBeGreaterThan(50_000);
  expect(joined!.size).toBe(500);
});
