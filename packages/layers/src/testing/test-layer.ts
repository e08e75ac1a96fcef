import { wasm } from "@hekla/kernels-wasm";
import {
  add,
  type Backend,
  cast,
  compile,
  HostRandom,
  reference,
  ShapeError,
  scope,
  square,
  sum,
  type Tensor,
  tensor,
  useBackend,
  valueAndGrad,
} from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CallOptions, type Layer, type LayerClass, layerFromConfig, Seeds } from "../index.js";

export interface TestLayerOptions {
  /** Names of the weights, in order, paths of nested layers included: "kernel", "forward_lstm/lstm_cell/kernel". */
  readonly weights?: readonly string[];
  /** Passed to each call beside `training`. */
  readonly call?: () => CallOptions;
  /** Values of the inputs instead of normal ones: indices, say. */
  readonly values?: (shape: readonly number[]) => Tensor;
  /** False where a gradient is 0 or may not lower the loss (kinks, integer inputs without weights). Default true. */
  readonly learns?: boolean;
  /** Classes that `layerFromConfig` does not know. */
  readonly custom?: readonly LayerClass[];
}

const backends: readonly [name: string, make: () => Backend | Promise<Backend>][] = [
  ["reference", () => reference()],
  ["wasm", () => wasm({ threads: 1 })],
];

/** Normal numbers, the same for the same shape. */
export function normalValues(shape: readonly number[]): Tensor {
  const random = new HostRandom(3, "samples");
  const size = shape.reduce((total, length) => total * length, 1);
  return tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    { shape },
  );
}

type Shape = readonly number[];
const isList = (shapes: Shape | readonly Shape[]): shapes is readonly Shape[] => Array.isArray(shapes[0]);
const openBatch = (shape: Shape): (number | null)[] => [null, ...shape.slice(1)];
const bits = async (tensors: readonly Tensor[]): Promise<number[][]> =>
  Promise.all(tensors.map(async (x) => [...(await x.data())]));

/**
 * What every layer must do, on the reference and the wasm backend: weights and names, inferred shape = run shape,
 * config and weights round trip, eager = scoped = compiled, a gradient reaches every weight, a step lowers the loss,
 * and it works in a functional model's symbolic call.
 * @param inputShape shape of a batch, or several for a layer with several inputs
 */
export function testLayer(
  title: string,
  make: () => Layer,
  inputShape: Shape | readonly Shape[],
  options: TestLayerOptions = {},
): void {
  const { weights = [], call = () => ({}), values = normalValues, learns = true, custom = [] } = options;
  const shapes = isList(inputShape) ? inputShape : [inputShape];
  const open = isList(inputShape) ? inputShape.map(openBatch) : openBatch(inputShape);
  const inputs = (): Tensor | readonly Tensor[] =>
    isList(inputShape) ? shapes.map(values) : values(inputShape);
  const built = (layer = make()): Layer => {
    layer.join("probe", new Seeds(5));
    if (!layer.built) layer.build(open);
    return layer;
  };
  const run = (layer: Layer, x: Tensor | readonly Tensor[], training = false): readonly Tensor[] =>
    layer.applyAll(x, { ...call(), training });
  const energy = (outputs: readonly Tensor[]): Tensor =>
    outputs.map((y) => sum(square(cast(y, "float32")))).reduce((a, b) => add(a, b));
  const outputsAndGradients = (layer: Layer, x: Tensor | readonly Tensor[]): Tensor[] => {
    const step = () => {
      const outputs = run(layer, x, true);
      return { value: energy(outputs), outputs };
    };
    const { outputs, grads } = valueAndGrad(step, [...layer.trainableWeights])();
    return [...outputs, ...grads.values()];
  };

  describe.each(backends)(`${title} on %s`, (_, makeBackend) => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await useBackend(await makeBackend());
    });
    afterAll(async () => {
      await useBackend(reference());
      await backend.dispose();
    });

    it("has the weights it should have, counted", () => {
      const layer = built();
      expect(layer.weights.map(({ name }) => name)).toEqual(weights.map((name) => `probe/${name}`));
      expect(layer.countParams()).toBe(layer.weights.reduce((total, { size }) => total + size, 0));
      layer.trainable = false;
      expect(layer.trainableWeights).toEqual([]);
      expect(layer.nonTrainableWeights).toEqual(layer.weights);
    });

    it("gives the shape it says", () => {
      const layer = built();
      const ran = run(layer, inputs()).map(({ shape }) => shape);
      const said = layer.computeOutputShape(inputShape, call());
      expect(isList(said as readonly Shape[]) ? said : [said]).toEqual(ran);
      const saidOpen = layer.computeOutputShape(open, call());
      expect(Array.isArray(saidOpen[0]) ? saidOpen : [saidOpen]).toEqual(ran.map(openBatch));
    });

    it("is the same from its config and weights", async () => {
      const layer = built();
      const config = { className: layer.className, config: JSON.parse(JSON.stringify(layer.getConfig())) };
      const copy = built(layerFromConfig(config, custom));
      expect(copy.getConfig()).toEqual(layer.getConfig());
      copy.setWeights(await layer.getWeights());
      expect(await bits(run(copy, inputs()))).toEqual(await bits(run(layer, inputs())));
    });

    it("gives the same bits eager, scoped and compiled", async () => {
      const each = (around: (f: (x: Tensor[]) => Tensor[]) => (x: Tensor[]) => Tensor[]): Tensor[] => {
        const layer = built();
        const given = shapes.map(values);
        return around((x) => outputsAndGradients(layer, isList(inputShape) ? x : x[0]!))(given);
      };
      const eager = await bits(each((f) => f));
      expect(await bits(each((f) => (x) => scope(() => f(x))))).toEqual(eager);
      expect(await bits(each((f) => compile(f)))).toEqual(eager);
    });

    it("passes a gradient to every weight, against which a step lowers the loss", async () => {
      const layer = built();
      const trainable = layer.trainableWeights;
      if (!learns || trainable.length === 0) return;
      const loss = async (): Promise<number> => (await energy(run(layer, inputs())).data())[0]!;
      const before = await loss();
      const gradient = valueAndGrad(() => energy(run(layer, inputs())), [...trainable])().grads;
      const flat = await bits([...gradient.values()]);
      const norm = Math.sqrt(flat.flat().reduce((total, value) => total + value * value, 0));
      for (const [index, weight] of trainable.entries()) {
        expect(
          flat[index]!.some((value) => value !== 0),
          weight.name,
        ).toBe(true);
        const data = await weight.data();
        weight.write(data.map((value, k) => value - (1e-3 / norm) * flat[index]![k]!));
      }
      expect(await loss()).toBeLessThan(before);
    });

    it("checks the weights it is given", async () => {
      const layer = built();
      const kept = await layer.getWeights();
      expect(() => layer.setWeights([...kept, { data: new Float32Array(1), shape: [1] }])).toThrow(
        ShapeError,
      );
      if (kept.length === 0) return;
      const wrong = kept.map(({ data, shape }) => ({ data, shape: [...shape, 1] }));
      expect(() => layer.setWeights(wrong)).toThrow(
        /setWeights: probe\/\S+ does not fit, got \[.*\], expected \[/,
      );
      expect(await layer.getWeights()).toEqual(kept);
    });
  });
}
