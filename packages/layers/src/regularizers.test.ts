import { grad, scope, type Tensor, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import file from "../../conformance/goldens/regularizers.json" with { type: "json" };
import { collectLosses } from "./added-losses.js";
import { resolveConstraint } from "./constraints.js";
import { layerFromConfig } from "./layer-classes.js";
import { objectConfig } from "./named-object.js";
import { resolveRegularizer } from "./regularizers.js";

interface GoldenArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Written by `scripts/golden/regularizers.py`. */
interface Golden {
  readonly name: string;
  readonly kind: "regularizer" | "constraint" | "activity";
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly input: GoldenArray;
  readonly output: GoldenArray;
  readonly gradient?: GoldenArray;
}

const goldens = file.cases as unknown as Golden[];
const float = ({ data, shape }: GoldenArray): Tensor => tensor(Float32Array.from(data), { shape });

/** To 1e-6 of the largest element. */
function expectClose(actual: Tensor, { data, shape }: GoldenArray): void {
  expect(actual.shape).toEqual(shape);
  const bound = 1e-6 * Math.max(...data.map(Math.abs));
  for (const [index, value] of [...actual.dataSync()].entries()) {
    expect(Math.abs(value - data[index]!), `element ${index}: ${value}, ${data[index]}`).toBeLessThanOrEqual(
      bound,
    );
  }
}

const of = (kind: Golden["kind"]): readonly Golden[] => goldens.filter((golden) => golden.kind === kind);

describe("regularizers of Keras 3", () => {
  it.each(of("regularizer"))("$name", (golden) => {
    const regularizer = resolveRegularizer(golden)!;
    expect(objectConfig(regularizer)).toEqual({ className: golden.className, config: golden.config });
    expectClose(regularizer.penalty(float(golden.input)), golden.output);
    const gradient = grad((x: Tensor) => regularizer.penalty(x))(float(golden.input));
    expectClose(gradient, golden.gradient!);
  });

  it.each(of("activity"))("$name", ({ className, config, input, output }) => {
    const layer = layerFromConfig({ className, config });
    const losses = scope(() => collectLosses(() => layer.apply(float(input))).losses);
    expectClose(
      losses.reduce((a, b) => a.add(b)),
      output,
    );
    expect(layer.getConfig()).toEqual({
      name: "activity_regularization",
      l1: config["l1"],
      l2: config["l2"],
    });
  });

  it("are found by name, with their defaults", () => {
    expect(objectConfig(resolveRegularizer("l2")!)).toEqual({ className: "L2", config: { l2: 0.01 } });
    expect(objectConfig(resolveRegularizer("l1L2")!).config).toEqual({ l1: 0.01, l2: 0.01 });
    expect(resolveRegularizer(null)).toBeUndefined();
  });

  it.each([
    [() => resolveRegularizer(0.1 as never), /unknown name, got 0.1, expected one of l1/],
    [() => resolveRegularizer("l3"), /regularizer: unknown name, got "l3", expected one of l1, l2/],
    [() => resolveRegularizer({ className: "L1", config: { l1: -1 } }), /bad l1, got -1/],
    [
      () => resolveRegularizer({ className: "OrthogonalRegularizer", config: { mode: "row" } }),
      /bad mode, got "row"/,
    ],
    [
      () => resolveRegularizer("orthogonalRegularizer")!.penalty(tensor([1, 2])),
      /got a weight of shape \[2\], expected a matrix/,
    ],
  ])("refuse what they cannot use %#", (bad, message) => {
    expect(bad).toThrow(message);
  });
});

describe("constraints of Keras 3", () => {
  it.each(of("constraint"))("$name", (golden) => {
    const constraint = resolveConstraint(golden)!;
    expect(objectConfig(constraint)).toEqual({ className: golden.className, config: golden.config });
    expectClose(constraint.project(float(golden.input)), golden.output);
  });

  it("are found by name", () => {
    expect(objectConfig(resolveConstraint("maxNorm")!)).toEqual({
      className: "MaxNorm",
      config: { maxValue: 2, axis: 0 },
    });
    expect(() => resolveConstraint("norm")).toThrow(
      /constraint: unknown name, got "norm", expected one of nonNeg/,
    );
  });
});
