import { wasm } from "@hekla/kernels-wasm";
import { type Backend, reference, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Tolerance } from "./comparator.js";
import { checkGolden, type Float, opGoldens } from "./goldens.js";

/** The float64 reference repeats PyTorch's to a few last places of the sums' terms (k <= 75 of size 4). */
const double: Tolerance = { scaled: 1e-13, absolute: 1e-13 };
/** float32 inputs are exact; what is left is float32 summation over k <= 75 terms and one exponential. */
const single: Tolerance = { scaled: 2e-6, absolute: 2e-6 };

const backends: [name: string, make: () => Backend | Promise<Backend>, dtype: Float, tolerance: Tolerance][] =
  [
    ["reference, float64", () => reference({ dtype: "float64" }), "float64", double],
    ["reference, float32", () => reference(), "float32", single],
    ["wasm", () => wasm({ threads: 2 }), "float32", single],
  ];

describe.each(backends)("goldens from PyTorch: %s", (_name, make, dtype, tolerance) => {
  let backend: Backend | undefined;
  beforeAll(async () => {
    backend = await useBackend(make());
  });
  afterAll(async () => {
    await useBackend(reference());
    await backend?.dispose();
  });

  it.each(Object.entries(opGoldens))("%s", async (_op, { cases, op }) => {
    const problems: string[] = [];
    for (const golden of cases) problems.push(...(await checkGolden(golden, op, dtype, tolerance)));
    expect(cases.length).toBeGreaterThan(0);
    expect(problems, problems.join("\n")).toEqual([]);
  });

  it("finds a golden that is off by a hundredth of a percent", async () => {
    const { cases, op } = opGoldens["conv2d"]!;
    const output = { ...cases[0]!.output, data: cases[0]!.output.data.map((value) => value * 1.0001) };
    expect(await checkGolden({ ...cases[0]!, output }, op, dtype, tolerance)).toHaveLength(1);
  });
});
