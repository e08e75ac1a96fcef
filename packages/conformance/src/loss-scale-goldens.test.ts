import { wasm } from "@hekla/kernels-wasm";
import { LossScaleOptimizer, optimizerFromConfig } from "@hekla/optim";
import { type Backend, compile, reference, type Tensor, tensor, useBackend, Variable } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import file from "../goldens/loss-scale.json" with { type: "json" };
import type { Float } from "./goldens.js";

type Case = (typeof file.cases)[number];
type Values = readonly (readonly (number | string)[])[];

const backends: [name: string, dtype: Float, make: () => Backend | Promise<Backend>][] = [
  ["reference in float64", "float64", () => reference()],
  ["reference", "float32", () => reference()],
  ["wasm", "float32", () => wasm({ threads: 2 })],
];

/** What one rounding may move a number by, as a share of it; the goldens have 15 digits. */
const rounding: Record<Float, number> = { float32: 2 ** -24, float64: 5e-15 };

/** Infinity and NaN stand as texts. */
const tensorsOf = (values: Values, { shapes }: Case, dtype: Float): Tensor[] =>
  values.map((data, at) => tensor(Float64Array.from(data, Number), { shape: shapes[at]!, dtype }));

function optimizerOf({ name, options, scaling }: Case): LossScaleOptimizer {
  const { learningRate, ...others } = options;
  const inner = optimizerFromConfig({ className: name, learningRate, ...others });
  return new LossScaleOptimizer(inner, scaling);
}

/** So many roundings of the largest value, and of the way that values have come. */
function expectClose(
  actual: readonly Variable[],
  expected: Values,
  roundings: number,
  start: Values = expected,
): void {
  actual.forEach((variable, at) => {
    const wanted = expected[at]!.map(Number);
    const way = wanted.map(
      (value, element) => Math.abs(value) + Math.abs(value - Number(start[at]![element])),
    );
    [...variable.dataSync()].forEach((value, element) => {
      expect(Math.abs(value - wanted[element]!)).toBeLessThanOrEqual(roundings * Math.max(...way));
    });
  });
}

describe.each(backends)("LossScaleOptimizer of Keras 3 on %s", (_, dtype, make) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await useBackend(make());
  });
  afterAll(async () => {
    await useBackend(reference());
    await backend.dispose();
  });

  it.each(file.cases.map((golden) => [golden.name, golden] as const))("%s", (_name, golden) => {
    const optimizer = optimizerOf(golden);
    const names = ["kernel", "bias"];
    const weights = tensorsOf(golden.initial, golden, dtype).map(
      (x, at) => new Variable(x, { name: names[at]! }),
    );
    const step = compile((gradients: Tensor[]) => {
      optimizer.apply(new Map(weights.map((weight, at) => [weight, gradients[at]!])));
    });
    golden.steps.forEach((expected, at) => {
      step(tensorsOf(expected.gradients, golden, dtype));
      expectClose(weights, expected.weights, 2 * (at + 1) * rounding[dtype], golden.initial);
      const counters = [optimizer.dynamicScale, optimizer.stepCounter, optimizer.iterations];
      expect(counters.map((variable) => variable.dataSync()[0])).toEqual([
        expected.scale,
        expected.counter,
        expected.iterations,
      ]);
    });
    const state = optimizer.inner.variables.slice(2);
    expect(state.length).toBe(golden.state.length);
    expectClose(state, golden.state, 32 * rounding[dtype]);
    expect(optimizer.scaleLoss(tensor(1.5)).dataSync()[0]).toBe(golden.scaledLoss);
  });
});
