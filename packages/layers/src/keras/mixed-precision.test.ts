import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LossScaleOptimizer, optimizerFromConfig } from "@hekla/optim";
import { type HostArray, type Tensor, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { functional, Model, modelFromBytes, type Sequential } from "../index.js";

const folder = fileURLToPath(new URL("./fixtures/", import.meta.url));
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(`${folder}${name}.keras`));

interface Saved {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly number[];
}
interface Case {
  readonly x: Saved;
  readonly labels: Saved;
  /** What every layer gives for `x`. */
  readonly outputs: Readonly<Record<string, Saved>>;
  readonly dtypes: Readonly<Record<string, readonly [compute: string, variables: string]>>;
  /** Of one more step of training: the loss before it, weights and the factor of the loss after it. */
  readonly loss: number;
  readonly weights: readonly Saved[];
  readonly scale: number;
  readonly counter: number;
}
const { cases } = JSON.parse(readFileSync(`${folder}mixed-precision.json`, "utf8")) as {
  cases: Readonly<Record<string, Case>>;
};

const arrayOf = ({ shape, dtype, data }: Saved): HostArray => ({
  shape,
  data: dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data),
});
const worst = (data: ArrayLike<number>, wanted: readonly number[]): number =>
  Math.max(0, ...Array.from(data, (value, at) => Math.abs(value - wanted[at]!)));

describe.each(Object.entries(cases))("%s of Keras 3, mixed_float16", (name, golden) => {
  const load = (): Model => modelFromBytes(bytesOf(name), { optimizer: optimizerFromConfig });

  it("has Keras's policies, and weights in float32", () => {
    const model = load();
    expect(model.dtypePolicy).toBe("mixedFloat16");
    for (const layer of model.layers.filter(({ className }) => className !== "InputLayer")) {
      expect([layer.computeDtype, "float32"]).toEqual(golden.dtypes[layer.name]);
      for (const weight of layer.weights) expect(weight.dtype).toBe("float32");
    }
  });

  it("gives what Keras gives, layer by layer, in Keras's types", () => {
    const loaded = load();
    const model = loaded.graph ? loaded : functional(loaded as Sequential);
    const layers = model.layers.filter(({ className }) => className !== "InputLayer");
    const probe = new Model(
      model.inputs,
      layers.flatMap(({ outputs }) => outputs),
    );
    const { data, shape } = arrayOf(golden.x);
    const outputs: readonly Tensor[] = probe.applyAll(tensor(data, { shape }));
    layers.forEach(({ name: layer, outputs: symbolic }, at) => {
      const expected = golden.outputs[layer]!;
      expect([outputs[at]!.dtype, symbolic[0].dtype]).toEqual([expected.dtype, expected.dtype]);
      // Some roundings to half, of values up to 4: XLA rounds inside of chains of ops where this backend rounds after each.
      expect(worst(outputs[at]!.dataSync(), expected.data)).toBeLessThan(4 * 2 ** -9);
    });
  });

  it("trains on as in Keras, its loss scaled", async () => {
    const model = load();
    expect(model.optimizer).toBeInstanceOf(LossScaleOptimizer);
    const { loss } = await model.trainOnBatch(arrayOf(golden.x), arrayOf(golden.labels));
    expect(loss).toBeCloseTo(golden.loss, 2);
    const weights = await model.getWeights();
    weights.forEach(({ data }, at) => {
      // A step of Adam with a rate of 0.01 moves weights by as much; where gradients are near 0 their rounding counts.
      expect(worst(data, golden.weights[at]!.data)).toBeLessThan(0.002);
    });
    const { dynamicScale, stepCounter } = model.optimizer as LossScaleOptimizer;
    expect([dynamicScale, stepCounter].map((variable) => variable.dataSync()[0])).toEqual([
      golden.scale,
      golden.counter,
    ]);
  });

  it("comes back from a file of this package as it is", async () => {
    const model = load();
    for (const format of ["keras", "safetensors"] as const) {
      const bytes = await model.toBytes({ format });
      const again = modelFromBytes(bytes, { optimizer: optimizerFromConfig });
      expect(again.getConfig()).toEqual(model.getConfig());
      expect(again.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
      const [first, second] = [model, again].map(({ optimizer }) =>
        optimizer.variables.map((v) => [...v.dataSync()]),
      );
      expect(second).toEqual(first);
      expect(await again.toBytes({ format })).toEqual(bytes);
    }
  });
});
