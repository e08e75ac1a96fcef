import { wasm } from "@hekla/kernels-wasm";
import { optimizerFromConfig, PerWeightOptimizer, type Schedule, scheduleFromConfig } from "@hekla/optim";
import { type Backend, compile, reference, type Tensor, tensor, useBackend, Variable } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import optimizerFile from "../goldens/optimizers.json" with { type: "json" };
import problemFile from "../goldens/optimizers-problems.json" with { type: "json" };
import pytorchFile from "../goldens/optimizers-pytorch-schedules.json" with { type: "json" };
import scheduleFile from "../goldens/optimizers-schedules.json" with { type: "json" };
import { type Float, goldenTensor } from "./goldens.js";

type Options = Readonly<Record<string, unknown>>;
type Problem = (typeof problemFile.cases)[number];
/** Values of a problem's weights, row-major. */
type Values = readonly (readonly number[])[];

interface Golden {
  readonly name: string;
  readonly optimizer: string;
  readonly problem: string;
  readonly options: Options;
  /** The weights after each step. */
  readonly trajectory: readonly Values[];
  /** Keras's variables after the last step but for its counters, in its order. */
  readonly state: Values;
  /** The weights after `finalize_variable_values`. */
  readonly final?: Values;
}

const goldens = optimizerFile.cases as unknown as readonly Golden[];
const schedules = [...scheduleFile.cases, ...pytorchFile.cases];

/** What one rounding to nearest may move a number by, as a share of it; the goldens have 15 digits. */
const rounding: Record<Float, number> = { float32: 2 ** -24, float64: 5e-15 };

/**
 * A trajectory in `k` steps rounds each weight `k` times, and each update in some operations: at most so many
 * roundings of the weight's largest value and of the way it has come, measured at 1.2 (one is half a unit in
 * the last place).
 */
const roundingsPerStep = 2;
/**
 * State is an average or sum of up to 12 values and their squares, of any sign: in roundings of the largest.
 */
const stateRoundings = 32;
/** A rate is a handful of operations, with one cosine or power among them. */
const rateRoundings = 4;

const backends: [name: string, dtype: Float, make: () => Backend | Promise<Backend>][] = [
  ["reference in float64", "float64", () => reference()],
  ["reference", "float32", () => reference()],
  ["wasm", "float32", () => wasm({ threads: 2 })],
];

/** Keras's defaults are ours: only what the golden sets is given. */
function optimizerOf({ optimizer: className, options }: Golden): PerWeightOptimizer {
  const learningRate = className === "SGD" ? 0.01 : 0.001;
  const made = optimizerFromConfig({ className, learningRate, ...options });
  if (made instanceof PerWeightOptimizer) return made;
  throw new Error(`${className} has no state by weight`);
}

const weightsOf = ({ initial, weights }: Problem, dtype: Float): Variable[] =>
  initial.map((value, at) => new Variable(goldenTensor(value, dtype), { name: weights[at]! }));

const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

/** How far each weight may be off after the steps up to `last`. */
function bounds({ trajectory }: Golden, { initial }: Problem, last: number, dtype: Float): number[][] {
  return initial.map(({ data: first }, weight) =>
    first.map((start, at) => {
      const passed = [start, ...trajectory.slice(0, last + 1).map((step) => step[weight]![at]!)];
      const way = passed.slice(1).reduce((sum, value, k) => sum + Math.abs(value - passed[k]!), 0);
      return rounding[dtype] * roundingsPerStep * ((last + 1) * largest(passed) + way);
    }),
  );
}

const read = (variables: readonly Variable[]): number[][] =>
  variables.map((variable) => [...variable.dataSync()]);

function expectWithin(actual: Values, expected: Values, bound: (weight: number, at: number) => number): void {
  expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  expected.forEach((values, weight) => {
    values.forEach((value, at) => {
      expect(Math.abs(actual[weight]![at]! - value)).toBeLessThanOrEqual(bound(weight, at));
    });
  });
}

describe.each(backends)("goldens of optimizers: %s", (_name, dtype, make) => {
  let backend: Backend | undefined;
  beforeAll(async () => {
    backend = await useBackend(make());
  });
  afterAll(async () => {
    await useBackend(reference());
    await backend?.dispose();
  });

  it.each(goldens)("$name: 12 steps, state", (golden) => {
    const problem = problemFile.cases.find(({ name }) => name === golden.problem)!;
    const weights = weightsOf(problem, dtype);
    const optimizer = optimizerOf(golden);
    const step = compile((given: Tensor[]) =>
      optimizer.apply(new Map(weights.map((weight, at) => [weight, given[at]!]))),
    );
    expect(golden.trajectory.length).toBe(12);
    golden.trajectory.forEach((expected, at) => {
      step(problem.gradients[at]!.map((value) => goldenTensor(value, dtype)));
      const bound = bounds(golden, problem, at, dtype);
      expectWithin(read(weights), expected, (weight, element) => bound[weight]![element]!);
    });
    // Adafactor keeps less than Keras, so its golden has no state.
    if (golden.optimizer !== "Adafactor") {
      const counters = 2;
      expectWithin(
        read(optimizer.variables.slice(counters)),
        golden.state,
        (variable) => rounding[dtype] * stateRoundings * largest(golden.state[variable]!),
      );
    }
    optimizer.finalizeVariableValues();
    const bound = bounds(golden, problem, golden.trajectory.length, dtype);
    expectWithin(
      read(weights),
      golden.final ?? golden.trajectory.at(-1)!,
      (weight, element) => bound[weight]![element]!,
    );
    step.dispose();
    optimizer.dispose();
    for (const weight of weights) weight.dispose();
  });

  it.each(schedules)("$name", ({ schedule: name, args, steps, rates }) => {
    const schedule: Schedule = scheduleFromConfig({ schedule: name, args });
    const rate = compile((step: Tensor) => schedule(step));
    const bound = rounding[dtype] * rateRoundings * largest(rates);
    expect(steps.length).toBeGreaterThanOrEqual(30);
    steps.forEach((step, at) => {
      const [actual] = rate(tensor(step, { dtype })).dataSync();
      expect(Math.abs(actual! - rates[at]!), `at step ${step}`).toBeLessThanOrEqual(bound);
    });
    rate.dispose();
  });
});
