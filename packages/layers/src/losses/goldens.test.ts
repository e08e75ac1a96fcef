import { difference, type Tolerance } from "@hekla/conformance";
import { wasm } from "@hekla/kernels-wasm";
import { type Backend, compile, grad, reference, sum, type Tensor, tensor, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import file from "../../../conformance/goldens/losses.json" with { type: "json" };
import { type Float, type GoldenArray, goldenTensor } from "../../../conformance/src/goldens.js";
import { ctcLoss, type LossFunction, type Reduction, reduceLoss, resolveLoss } from "./index.js";

interface Golden {
  readonly name: string;
  readonly loss: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly yTrue: GoldenArray;
  readonly yPred: GoldenArray;
  readonly sampleWeight?: GoldenArray;
  readonly mask?: GoldenArray;
  readonly lengths?: readonly GoldenArray[];
  readonly values: GoldenArray;
  readonly scalars: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly gradients: Readonly<Record<string, GoldenArray>>;
}

const cases = file.cases as unknown as readonly Golden[];

/**
 * At most 24 terms of at most ten roundings each, in float32; sums of terms that cancel keep the error of the largest.
 * In double precision the same formulas leave nothing but the rounding of float64.
 */
const tolerances: Record<Float, Tolerance> = {
  float32: { relative: 2e-6, scaled: 1e-6, absolute: 2e-7 },
  float64: { relative: 1e-13, scaled: 1e-13, absolute: 1e-15 },
};

/** Where predictions are 0 or 1 Keras takes log(1 - (1 - 1e-7)), which float64 has to 2^-53 / 1e-7; ours is log(1e-7). */
const atOne = (tolerance: Tolerance): Tolerance => ({
  ...tolerance,
  absolute: Math.max(tolerance.absolute ?? 0, 2 ** -53 / 1e-7),
});

const lossOf = ({ loss, options, lengths }: Golden): LossFunction => {
  if (!lengths) return resolveLoss({ name: loss, ...options });
  const [labels, steps] = lengths.map(({ data }) => tensor(Int32Array.from(data)));
  return (yTrue, yPred) => ctcLoss(yTrue, yPred, labels!, steps, options);
};

/** What is wrong with a loss on a golden: its values, every reduction, gradients, and eager beside compiled. */
function problems(golden: Golden, dtype: Float): string[] {
  const give = (value: GoldenArray): Tensor => goldenTensor(value, dtype);
  const [yTrue, yPred] = [give(golden.yTrue), give(golden.yPred)];
  const loss = lossOf(golden);
  const tolerance = golden.name.match(/^binary.* edge$/) ? atOne(tolerances[dtype]) : tolerances[dtype];
  const found: string[] = [];
  const check = (what: string, actual: Tensor, expected: GoldenArray): void => {
    const values = { data: actual.dataSync(), shape: actual.shape, dtype: actual.dtype };
    const problem = difference(values, { ...expected, dtype }, tolerance);
    if (problem !== undefined) found.push(`${what}: ${problem}`);
  };
  const values = loss(yTrue, yPred);
  check("values", values, golden.values);
  const compiled = compile(loss)(yTrue, yPred);
  const [eager, traced] = [values, compiled].map((x) => [...x.dataSync()]);
  if (!eager!.every((value, at) => Object.is(value, traced![at]))) found.push("compiled differs from eager");

  const weight = golden.sampleWeight && give(golden.sampleWeight);
  const mask = golden.mask && tensor([...golden.mask.data], { shape: golden.mask.shape, dtype: "bool" });
  const variants: Record<string, { sampleWeight?: Tensor | undefined; mask?: Tensor | undefined }> = {
    plain: {},
    weighted: { sampleWeight: weight },
    masked: { mask },
    both: { sampleWeight: weight, mask },
  };
  for (const [variant, scalars] of Object.entries(golden.scalars)) {
    for (const [reduction, expected] of Object.entries(scalars)) {
      const scalar = reduceLoss(values, { ...variants[variant], reduction: reduction as Reduction });
      check(`${variant} ${reduction}`, scalar, { shape: [], data: [expected] });
    }
  }
  for (const [variant, expected] of Object.entries(golden.gradients)) {
    const total = (p: Tensor): Tensor =>
      variant === "sum" ? sum(loss(yTrue, p)) : reduceLoss(loss(yTrue, p), variants[variant]);
    check(`gradient, ${variant}`, grad(total)(yPred), expected);
  }
  return found;
}

const backends: [name: string, dtype: Float, make: () => Backend | Promise<Backend>][] = [
  ["reference, float64", "float64", () => reference()],
  ["reference", "float32", () => reference()],
  ["wasm", "float32", () => wasm({ threads: 2 })],
];

describe.each(backends)("losses of Keras 3: %s", (_name, dtype, make) => {
  let backend: Backend | undefined;
  beforeAll(async () => {
    backend = await useBackend(make());
  });
  afterAll(async () => {
    await useBackend(reference());
    await backend?.dispose();
  });

  it.each(cases)("$name", (golden) => {
    expect(problems(golden, dtype)).toEqual([]);
  });
});
