import { readdirSync, readFileSync } from "node:fs";
import { wasm } from "@hekla/kernels-wasm";
import { type LayerConfig, layerFromConfig, Seeds } from "@hekla/layers";
import {
  add,
  type Backend,
  cast,
  isFloat,
  multiply,
  reference,
  sum,
  type Tensor,
  tensor,
  useBackend,
  Variable,
  valueAndGrad,
} from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { difference, type Tolerance } from "./comparator.js";
import type { GoldenArray } from "./goldens.js";

/** One layer of Keras 3 on given inputs, written by `scripts/golden/layer_golden.py`. */
interface LayerGolden extends LayerConfig {
  readonly name: string;
  /** Whether the layer takes a list of inputs. */
  readonly list: boolean;
  readonly inputs: readonly (GoldenArray & { readonly dtype: "float32" | "int32" })[];
  readonly masks?: readonly (GoldenArray | null)[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly training: boolean;
  /** Calls one after the other of a layer that keeps a state; the outputs are those of the last. Default 1. */
  readonly calls?: number;
  readonly weights: readonly GoldenArray[];
  readonly outputs: readonly GoldenArray[];
  /** Values of all weights after the call, where it changes some (moving averages). */
  readonly weightsAfter?: readonly GoldenArray[];
  /** The gradients of the sum of all outputs times these. */
  readonly cotangents: readonly GoldenArray[];
  readonly inputGradients: readonly (GoldenArray | null)[];
  /** By the trainable weights, in order. */
  readonly weightGradients: readonly GoldenArray[];
}

/** Float32 sums of some dozen terms, through a few layers of functions; errors by the size of the largest element. */
const forward: Tolerance = { scaled: 2e-6, absolute: 2e-7 };
/** Gradients go through more of them. */
const backward: Tolerance = { scaled: 5e-6, absolute: 5e-7 };

const largest = (arrays: readonly GoldenArray[]): number =>
  arrays.flatMap(({ data }) => data).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** A gradient that is 0 because its terms cancel (that of an attention's key bias) has the rounding of other ones. */
const boundOf = (gradient: GoldenArray, all: readonly GoldenArray[]): Tolerance => {
  const most = largest(all);
  return largest([gradient]) > 1e-12 * most ? backward : { absolute: backward.scaled! * most };
};

const folder = new URL("../goldens/", import.meta.url);
const files = readdirSync(folder).filter((name) => /^layers-.*\.json$/.test(name));
const families = files.map((name) => {
  const { cases } = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as { cases: LayerGolden[] };
  return [name.replace(".json", ""), cases] as const;
});

const float = ({ data, shape }: GoldenArray): Tensor => tensor(Float32Array.from(data), { shape });
const backends: [name: string, make: () => Backend | Promise<Backend>][] = [
  ["reference", () => reference()],
  ["wasm", () => wasm({ threads: 2 })],
];

async function expectClose(
  what: string,
  actual: Tensor | Variable,
  expected: GoldenArray,
  tolerance: Tolerance,
) {
  const values = { data: await actual.data(), shape: actual.shape, dtype: actual.dtype };
  expect(difference(values, { ...expected, dtype: actual.dtype }, tolerance), what).toBeUndefined();
}

async function check(golden: LayerGolden): Promise<void> {
  const { list, training, options = {} } = golden;
  const layer = layerFromConfig(golden);
  const shapes = golden.inputs.map(({ shape }) => [null, ...shape.slice(1)]);
  layer.join("probe", new Seeds(0));
  if (!layer.built) layer.build(list ? shapes : shapes[0]!);
  expect(layer.weights.map(({ shape }) => shape)).toEqual(golden.weights.map(({ shape }) => shape));
  layer.setWeights(golden.weights.map(({ data }) => Float32Array.from(data)));
  // Variables, so that gradients by inputs are asked for like those by weights.
  const inputs = golden.inputs.map(
    (input) => new Variable(cast(float(input), input.dtype), { name: "input" }),
  );
  const masks = golden.masks?.map((mask) => (mask ? cast(float(mask), "bool") : undefined));
  const step = () => {
    const given = inputs.map((input) => input.read());
    const mask = masks && (list ? masks : masks[0]);
    const call = () =>
      layer.applyAll(list ? given : given[0]!, { ...options, training, ...(mask && { mask }) });
    for (let before = 1; before < (golden.calls ?? 1); before++) call();
    const outputs = call();
    const parts = golden.cotangents.map((by, index) => sum(multiply(outputs[index]!, float(by))));
    return { value: parts.reduce((a, b) => add(a, b)), outputs };
  };
  const differentiable = inputs.filter(({ dtype }, index) => isFloat(dtype) && golden.inputGradients[index]);
  const trainable = layer.trainableWeights;
  const wanted = [...differentiable, ...trainable];
  const { outputs, grads } =
    wanted.length > 0 ? valueAndGrad(step, wanted)() : { ...step(), grads: new Map() };
  const gradients = [
    ...golden.inputGradients.filter((gradient) => gradient !== null),
    ...golden.weightGradients,
  ];
  expect(outputs.length).toBe(golden.outputs.length);
  for (const [index, output] of outputs.entries()) {
    await expectClose(`output ${index}`, output, golden.outputs[index]!, forward);
  }
  for (const [index, input] of inputs.entries()) {
    const expected = golden.inputGradients[index];
    if (expected && isFloat(input.dtype)) {
      const allowed = boundOf(expected, gradients);
      await expectClose(`gradient of input ${index}`, grads.get(input)!, expected, allowed);
    }
  }
  expect(trainable.length).toBe(golden.weightGradients.length);
  for (const [index, weight] of trainable.entries()) {
    const expected = golden.weightGradients[index]!;
    const allowed = boundOf(expected, gradients);
    await expectClose(`gradient of ${weight.name}`, grads.get(weight)!, expected, allowed);
  }
  for (const [index, expected] of (golden.weightsAfter ?? []).entries()) {
    await expectClose(`${layer.weights[index]!.name} afterwards`, layer.weights[index]!, expected, forward);
  }
  for (const variable of inputs) variable.dispose();
  layer.dispose();
}

describe.each(backends)("layers of Keras 3 on %s", (_name, make) => {
  let backend: Backend | undefined;
  beforeAll(async () => {
    backend = await useBackend(await make());
  });
  afterAll(async () => {
    await useBackend(reference());
    await backend?.dispose();
  });
  describe.each(families)("%s", (_family, cases) => {
    it.each(cases)("$name", check);
  });
});
