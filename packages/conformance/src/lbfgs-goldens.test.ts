import { wasm } from "@hekla/kernels-wasm";
import { LBFGS, type LBFGSOptions } from "@hekla/optim";
import {
  type Backend,
  compile,
  concat,
  matmul,
  reference,
  softplus,
  type Tensor,
  useBackend,
  Variable,
} from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import applyFile from "../goldens/optimizers-lbfgs-apply.json" with { type: "json" };
import minimizeFile from "../goldens/optimizers-lbfgs-minimize.json" with { type: "json" };
import { difference, type Tolerance } from "./comparator.js";
import { type Float, type GoldenArray, goldenTensor } from "./goldens.js";

type Options = LBFGSOptions & { readonly learningRate: number };
type Data = Readonly<Record<string, Tensor>>;

const make = ({ learningRate, ...options }: Options): LBFGS => new LBFGS(learningRate, options);

const flat = (weights: readonly Variable[]): Tensor => concat(weights.map((w) => w.read().reshape([-1])));

/** The functions of scripts/golden/optimizers_pytorch.py. */
const functions: Readonly<Record<string, (data: Data, weights: readonly Variable[]) => Tensor>> = {
  rosenbrock: (_, weights) => {
    const x = flat(weights);
    const [before, after] = [x.slice([0], [3]), x.slice([1], [3])];
    const valley = after.subtract(before.square()).square().multiply(100);
    return valley.add(before.negative().add(1).square()).sum();
  },
  logistic: ({ x, sign }, [kernel, bias]) => {
    const margin = matmul(x!, kernel!.read()).reshape([-1]).add(bias!).multiply(sign!);
    return softplus(margin.negative()).mean().add(kernel!.read().square().sum().multiply(0.01));
  },
  waves: (_, weights) => {
    const w = flat(weights);
    return w.square().divide(8).add(w.multiply(3).sin()).sum();
  },
  quadratic: ({ scale, target }, weights) =>
    flat(weights).subtract(target!).square().multiply(scale!).sum().divide(2),
};

const variables = (initial: readonly GoldenArray[], dtype: Float): Variable[] =>
  initial.map((value, at) => new Variable(goldenTensor(value, dtype), { name: `weight${at}` }));

/**
 * How far weights may be off, as a share of the largest: in float64 some roundings, which 30 steps through a
 * curved valley amplify; in float32 what eight runs of PyTorch in float32 are apart from its run in float64,
 * four times.
 */
const tolerance = (dtype: Float, spread: number): Tolerance => ({
  scaled: dtype === "float64" ? 1e-11 : 4 * spread,
});

function expectWeights(
  weights: readonly Variable[],
  expected: readonly GoldenArray[],
  dtype: Float,
  spread: number,
): void {
  const problems = expected.map((value, at) => {
    const { shape } = weights[at]!;
    const actual = { data: weights[at]!.dataSync(), shape, dtype };
    return difference(actual, { ...value, dtype }, tolerance(dtype, spread));
  });
  expect(problems).toEqual(expected.map(() => undefined));
}

const backends: [name: string, dtype: Float, make: () => Backend | Promise<Backend>][] = [
  ["reference in float64", "float64", () => reference()],
  ["reference", "float32", () => reference()],
  ["wasm", "float32", () => wasm({ threads: 2 })],
];

describe.each(backends)("goldens of L-BFGS from PyTorch: %s", (_name, dtype, makeBackend) => {
  let backend: Backend | undefined;
  beforeAll(async () => {
    backend = await useBackend(makeBackend());
  });
  afterAll(async () => {
    await useBackend(reference());
    await backend?.dispose();
  });

  it.each(applyFile.cases)("$name: 12 iterations", (golden) => {
    const weights = variables(golden.initial, dtype);
    const optimizer = make(golden.options);
    const step = compile((given: Tensor[]) =>
      optimizer.apply(new Map(weights.map((weight, at) => [weight, given[at]!]))),
    );
    golden.trajectory.forEach((expected, at) => {
      step(golden.gradients[at]!.map((value) => goldenTensor(value, dtype)));
      expectWeights(weights, expected, dtype, golden.spread[at]!);
    });
    const kept = optimizer.variables
      .find(({ name }) => name === "ro")!
      .dataSync()
      .filter((x) => x !== 0);
    expect(kept.length).toBe(golden.kept);
  });

  it.each(minimizeFile.cases)("$name", async (golden) => {
    const weights = variables(golden.initial, dtype);
    const data = Object.fromEntries(
      Object.entries(golden.data).map(([key, value]) => [key, goldenTensor(value as GoldenArray, dtype)]),
    );
    const optimizer = make({ ...(golden.options as Options), toleranceChange: 0, toleranceGrad: 0 });
    const loss = (): Tensor => functions[golden.function]!(data, weights);
    const maxIter = golden.trajectory.length;
    const result = await optimizer.minimize(loss, weights, {
      maxIter,
      maxEval: 1000,
      onIteration: ({ iterations, evaluations, loss: reached }) => {
        const at = iterations - 1;
        expectWeights(weights, golden.trajectory[at]!, dtype, golden.spread[at]!);
        if (dtype === "float32") return;
        // What rounding moves the weights by can change how often a line is looked at, so in float64 only.
        expect(evaluations).toBe(golden.evaluations[at]);
        expect(Math.abs(reached - golden.losses[iterations]!)).toBeLessThan(1e-11);
      },
    });
    expect(result).toMatchObject({ iterations: maxIter, reason: "maxIter" });
  });
});
