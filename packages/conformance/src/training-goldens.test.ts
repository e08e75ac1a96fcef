import { readFileSync } from "node:fs";
import { wasm } from "@hekla/kernels-wasm";
import { Bidirectional, type DataItem, type Model, RNN } from "@hekla/layers";
import { type Backend, type HostArray, reference, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { difference, type Tolerance } from "./comparator.js";
import type { GoldenArray } from "./goldens.js";
import type { TrainingCase, TrainingCases } from "./testing/training-case.js";
import { fitting } from "./testing/training-fitting.js";
import { graphs } from "./testing/training-graphs.js";
import { sequences } from "./testing/training-sequences.js";
import { spectral } from "./testing/training-spectral.js";
import { stacks } from "./testing/training-stacks.js";

type Typed = GoldenArray & { readonly dtype: "float32" | "int32" };
type Figures = Readonly<Record<string, number>>;

/** A model of Keras 3 before and after training, written by `scripts/golden/training_case.py`. */
interface TrainingGolden {
  readonly name: string;
  readonly initial: readonly GoldenArray[];
  readonly x: readonly Typed[];
  readonly y: readonly Typed[];
  readonly sampleWeight?: readonly Typed[];
  readonly validation?: { readonly x: readonly Typed[]; readonly y: readonly Typed[] };
  /** Trained batch after batch, with states that are reset before some, rather than by `fit`. */
  readonly batches?: readonly (readonly [from: number, to: number])[];
  readonly resetBefore?: readonly number[];
  /** Figures of each epoch, or step. */
  readonly logs: Readonly<Record<string, readonly number[]>>;
  readonly epoch?: readonly number[];
  readonly weights: readonly GoldenArray[];
  readonly evaluate: Figures;
  readonly predict: readonly GoldenArray[];
}

const families: Readonly<Record<string, TrainingCases>> = { stacks, sequences, graphs, fitting, spectral };

const goldens = (family: string): TrainingGolden[] => {
  const file = new URL(`../goldens/training-${family}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { cases: TrainingGolden[] }).cases;
};

const host = ({ data, shape, dtype = "float32" }: GoldenArray & { dtype?: string }): HostArray => ({
  data: dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data),
  shape,
});
const oneOrList = (arrays: readonly Typed[]): DataItem | HostArray[] =>
  arrays.length === 1 ? host(arrays[0]!) : arrays.map(host);

const part = ({ data, shape, dtype }: Typed, from: number, to: number): Typed => {
  const size = data.length / shape[0]!;
  return { data: data.slice(from * size, to * size), shape: [to - from, ...shape.slice(1)], dtype };
};

function resetStates(model: Model): void {
  for (const layer of model.layers) {
    if (layer instanceof RNN || layer instanceof Bidirectional) layer.resetStates();
  }
}

/**
 * Float32 rounds to 6e-8 of a value. A gradient is a sum of some dozen products through a few layers, right to some
 * 1e-7 of its largest element, and 6 to 12 such steps add up: the worst of all arrays is off by 1.5e-6 of its largest
 * element, most by less than 1e-6.
 */
const tolerance: Tolerance = { scaled: 4e-6, absolute: 4e-7 };

function expectClose(what: string, actual: HostArray, expected: GoldenArray): void {
  const [got, wanted] = [actual, expected].map(({ data, shape }) => ({
    data,
    shape,
    dtype: "float32" as const,
  }));
  expect(difference(got!, wanted!, tolerance), what).toBeUndefined();
}

function expectFigures(
  what: string,
  actual: Record<string, readonly number[]>,
  golden: TrainingGolden["logs"],
) {
  expect(Object.keys(actual).sort(), what).toEqual(Object.keys(golden).sort());
  for (const [name, data] of Object.entries(golden)) {
    const [got, wanted] = [actual[name]!, data].map((values) => ({ data: values, shape: [values.length] }));
    expectClose(`${what}: ${name}`, got as unknown as HostArray, wanted!);
  }
}

const listed = (figures: Figures): Record<string, number[]> =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, [value]]));

/** Trains as the golden was; the figures by epoch or step. */
async function train(
  model: Model,
  golden: TrainingGolden,
  options: ReturnType<NonNullable<TrainingCase["fit"]>>,
) {
  const { batches, sampleWeight, validation } = golden;
  if (!batches) {
    const history = await model.fit(oneOrList(golden.x), oneOrList(golden.y), {
      ...options,
      shuffle: false,
      ...(sampleWeight && { sampleWeight: oneOrList(sampleWeight) }),
      ...(validation && { validationData: [oneOrList(validation.x), oneOrList(validation.y)] }),
    });
    expect(history.epoch).toEqual(golden.epoch);
    return history.history;
  }
  const logs: Record<string, number[]> = {};
  for (const [step, [from, to]] of batches.entries()) {
    if (golden.resetBefore!.includes(step)) resetStates(model);
    const [x, y] = [golden.x, golden.y].map((arrays) =>
      oneOrList(arrays.map((array) => part(array, from, to))),
    );
    for (const [name, value] of Object.entries(await model.trainOnBatch(x!, y!))) {
      logs[name] = [...(logs[name] ?? []), value];
    }
  }
  resetStates(model);
  return logs;
}

async function check(golden: TrainingGolden, { model: make, compile, fit }: TrainingCase): Promise<void> {
  const options = { batchSize: 8, epochs: 3, ...fit?.() };
  const { batchSize } = options;
  const model = make();
  expect(model.weights.map(({ shape }) => shape)).toEqual(golden.initial.map(({ shape }) => shape));
  model.setWeights(golden.initial.map(({ data }) => Float32Array.from(data)));
  model.compile(compile());
  const { learningRate, ...logs } = await train(model, golden, options);
  const { learning_rate: rate, ...expected } = golden.logs;
  expectFigures(
    "training",
    { ...logs, ...(rate && { rate: learningRate! }) },
    { ...expected, ...(rate && { rate }) },
  );
  for (const [index, value] of (await model.getWeights()).entries()) {
    expectClose(model.weights[index]!.name, value, golden.weights[index]!);
  }
  const [x, y] = [oneOrList(golden.x), oneOrList(golden.y)];
  const { sampleWeight } = golden;
  const figures = await model.evaluate(x, y, {
    batchSize,
    ...(sampleWeight && { sampleWeight: oneOrList(sampleWeight) }),
  });
  expectFigures("evaluate", listed(figures), listed(golden.evaluate));
  resetStates(model);
  for (const [index, value] of (await model.predictAll(x, { batchSize })).entries()) {
    expectClose(`output ${index}`, value, golden.predict[index]!);
  }
  model.dispose();
}

const backends: [name: string, make: () => Backend | Promise<Backend>][] = [
  ["reference", () => reference()],
  ["wasm", () => wasm({ threads: 2 })],
];

describe.each(backends)("models trained by Keras 3, and by us on %s", (_name, make) => {
  let backend: Backend | undefined;
  beforeAll(async () => {
    backend = await useBackend(await make());
  });
  afterAll(async () => {
    await useBackend(reference());
    await backend?.dispose();
  });
  describe.each(Object.entries(families))("%s", (family, cases) => {
    const all = goldens(family);
    it("has a golden for each case and the other way round", () => {
      expect(all.map(({ name }) => name).sort()).toEqual(Object.keys(cases).sort());
    });
    it.each(all)("$name", (golden) => check(golden, cases[golden.name]!));
  });
});
