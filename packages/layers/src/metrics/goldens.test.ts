import { wasm } from "@hekla/kernels-wasm";
import { add, type Backend, compile, reference, type Tensor, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import file from "../../../conformance/goldens/metrics.json" with { type: "json" };
import { type Float, type GoldenArray, goldenTensor } from "../../../conformance/src/goldens.js";
import { type ClassMetric, resolveMetric } from "./index.js";

type Variant = "plain" | "weighted";

interface Golden {
  readonly name: string;
  readonly metric: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly batches: readonly { yTrue: GoldenArray; yPred: GoldenArray; sampleWeight: GoldenArray }[];
  /** Without and with sample weights, after each batch: the figure, or those of the classes. */
  readonly results: Readonly<Partial<Record<Variant, readonly (number | readonly number[])[]>>>;
}

const cases = file.cases as unknown as readonly Golden[];

/**
 * Share of the figure, or of 1 where that is more. In float32 three batches of at most 18 terms with a few roundings
 * each; in double precision nothing but the rounding of float64. Keras works out unions in float32 whatever the dtype,
 * and adds 1e-7 to what it divides by.
 */
const tolerances = { float32: 4e-6, float64: 1e-13, union: 2.5e-7 };

function problems(golden: Golden, variant: Variant, dtype: Float): string[] {
  const tolerance = Math.max(
    tolerances[dtype],
    golden.metric.endsWith("IoU") || golden.metric === "iou" ? tolerances.union : 0,
  );
  const give = (value: GoldenArray): Tensor => goldenTensor(value, dtype);
  const metric = resolveMetric({ name: golden.metric, ...golden.options });
  const traced = compile((...batch: [Tensor, Tensor, Tensor?]) => metric.sums(...batch));
  const found: string[] = [];
  let totals: Tensor | undefined;
  golden.batches.forEach(({ yTrue, yPred, sampleWeight }, at) => {
    const batch: [Tensor, Tensor, Tensor?] = [give(yTrue), give(yPred)];
    if (variant === "weighted") batch.push(give(sampleWeight));
    const sums = metric.sums(...batch);
    if (sums.shape.join() !== String(metric.size)) found.push(`got [${sums.shape}], size ${metric.size}`);
    if (String(traced(...batch).dataSync()) !== String(sums.dataSync())) found.push("compiled differs");
    totals = totals ? add(totals, sums) : sums;
    const expected = golden.results[variant]![at]!;
    const figures = Array.isArray(expected)
      ? (metric as ClassMetric).scores(totals.dataSync())
      : [metric.result(totals.dataSync())];
    [expected].flat().forEach((value, index) => {
      const got = figures[index]!;
      const close = Math.abs(got - value) <= tolerance * Math.max(1, Math.abs(value));
      if (!close) found.push(`after batch ${at}: got ${got}, expected ${value}`);
    });
  });
  return found;
}

const backends: [name: string, dtype: Float, make: () => Backend | Promise<Backend>][] = [
  ["reference, float64", "float64", () => reference({ dtype: "float64" })],
  ["reference", "float32", () => reference()],
  ["wasm", "float32", () => wasm({ threads: 2 })],
];

const rows = cases.flatMap((golden) =>
  (Object.keys(golden.results) as Variant[]).map((variant) => [golden.name, variant, golden] as const),
);

describe.each(backends)("metrics of Keras 3: %s", (_name, dtype, make) => {
  let backend: Backend | undefined;
  beforeAll(async () => {
    backend = await useBackend(make());
  });
  afterAll(async () => {
    await useBackend(reference());
    await backend?.dispose();
  });

  it.each(rows)("%s: %s", (_name, variant, golden) => {
    expect(problems(golden, variant, dtype)).toEqual([]);
  });
});
