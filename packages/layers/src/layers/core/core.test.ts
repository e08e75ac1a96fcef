import { grad, maximum, multiply, scope, sum, type Tensor, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  Dense,
  Embedding,
  HeNormal,
  Identity,
  input,
  Lambda,
  layerFromConfig,
  Masking,
  maskOf,
  registerFunction,
} from "../../index.js";
import { testLayer } from "../../testing/test-layer.js";

testLayer("Dense", () => new Dense(4, { activation: "tanh" }), [3, 5], { weights: ["kernel", "bias"] });
testLayer("Dense on time steps", () => new Dense(4, { biasInitializer: "ones" }), [3, 2, 5], {
  weights: ["kernel", "bias"],
});
testLayer(
  "Dense without bias",
  () => new Dense(1, { useBias: false, kernelInitializer: new HeNormal() }),
  [3, 5],
  { weights: ["kernel"] },
);

const counted = (shape: readonly number[]): Tensor =>
  tensor(
    Int32Array.from({ length: shape.reduce((total, size) => total * size, 1) }, (_, k) => (k * 3) % 7),
    { shape },
  );
testLayer("Embedding", () => new Embedding(7, 3), [4, 5], { weights: ["embeddings"], values: counted });
testLayer("Embedding maskZero", () => new Embedding(7, 2, { maskZero: true }), [6], {
  weights: ["embeddings"],
  values: counted,
});
testLayer("Masking", () => new Masking(), [2, 3, 4]);
testLayer("Identity", () => new Identity(), [2, 3]);
testLayer("Identity of a list", () => new Identity(), [
  [2, 3],
  [2, 4, 1],
]);

registerFunction("scaled", (x: Tensor, { by = 2 }: { readonly by?: number }) => multiply(x, by));
registerFunction("sumAndLargest", ([a, b]: readonly Tensor[]) => [sum(a!, { axes: 1 }), maximum(a!, b!)], {
  outputShape: (shapes) => [(shapes[0] as number[]).slice(0, 1), shapes[0] as number[]],
});
testLayer("Lambda", () => new Lambda("scaled", { arguments: { by: 3 } }), [2, 3]);
testLayer("Lambda of lists", () => new Lambda("sumAndLargest"), [
  [2, 3],
  [2, 3],
]);

describe("Embedding", () => {
  const layer = new Embedding(3, 2, { embeddingsInitializer: "ones" });

  it("gives NaN for indices that it has no vector of, and no gradient", () => {
    const indices = tensor([-1, 0, 2, 3], { dtype: "int32" });
    const values = [...layer.apply(indices).dataSync()];
    expect(values).toEqual([Number.NaN, Number.NaN, 1, 1, 1, 1, Number.NaN, Number.NaN]);
    const [weight] = layer.weights;
    const slopes = grad(() => sum(layer.apply(indices)), [weight!])().get(weight!)!;
    expect([...slopes.dataSync()]).toEqual([1, 1, 0, 0, 1, 1]);
  });

  it("masks index 0 where it is told to", () => {
    const indices = tensor([[2, 0, 1]], { dtype: "int32" });
    expect(maskOf(layer.apply(indices))).toBeUndefined();
    const masked = new Embedding(3, 2, { maskZero: true }).apply(indices);
    expect([...maskOf(masked)!.dataSync()].map(Boolean)).toEqual([true, false, true]);
  });

  it("draws its vectors between -0.05 and 0.05", () => {
    const big = new Embedding(100, 20);
    big.build([null]);
    const values = Float32Array.from(big.weights[0]!.dataSync());
    expect(Math.max(...values)).toBeLessThan(0.05);
    // 2000 draws: the standard deviation, 0.1 / sqrt(12), is off by less than 5 of its own, 5 * 0.9 %.
    const deviation = Math.sqrt(values.reduce((total, value) => total + value * value, 0) / values.length);
    expect(Math.abs((deviation * Math.sqrt(12)) / 0.1 - 1)).toBeLessThan(0.045);
  });
});

describe("masks", () => {
  it("mark steps of which not all features have the value", () => {
    const x = tensor([
      [
        [5, 5],
        [5, 1],
        [0, 0],
      ],
    ]);
    const y = new Masking({ maskValue: 5 }).apply(x);
    expect([...maskOf(y)!.dataSync()].map(Boolean)).toEqual([false, true, true]);
    expect([...y.dataSync()]).toEqual([0, 0, 5, 1, 0, 0]);
  });

  it("go through Identity, each with its input", () => {
    const [a, b] = [tensor([[1, 2]]), new Masking().apply(tensor([[[0], [1]]]))];
    const [first, second] = new Identity().applyAll([a, b]);
    expect(maskOf(first!)).toBeUndefined();
    expect([...maskOf(second!)!.dataSync()].map(Boolean)).toEqual([false, true]);
  });
});

describe("Lambda", () => {
  const saved = new Lambda("scaled", { arguments: { by: 3 } });

  it("is saved as Keras saves a function that it knows by name", () => {
    expect(saved.getConfig()).toEqual({
      name: "lambda",
      function: { module: "builtins", className: "function", config: "scaled", registeredName: "function" },
      arguments: { by: 3 },
    });
    const byName = layerFromConfig({ className: "Lambda", config: { function: "scaled" } });
    expect([...byName.apply(tensor([1, 2])).dataSync()]).toEqual([2, 4]);
  });

  it("takes part in functional models, with the shape it was registered with or is given", () => {
    expect(saved.apply(input([3])).shape).toEqual([null, 3]);
    registerFunction("halves", (x: Tensor) => x.slice([0, 0], [x.shape[0]!, 2]));
    expect(new Lambda("halves", { outputShape: [2] }).apply(input([4])).shape).toEqual([null, 2]);
    expect(() => new Lambda("halves").apply(tensor([[1, 2, 3, 4]]))).toThrow(
      /function "halves" gave \(1, 2\), expected \(1, 4\); register it with an outputShape/,
    );
  });

  it("hands masks on where the function says so", () => {
    const x = new Masking().apply(tensor([[[0], [1]]]));
    expect(maskOf(saved.apply(x))).toBeUndefined();
    registerFunction("kept", (given: Tensor) => multiply(given, 1), { mask: (_, mask) => mask });
    expect(maskOf(new Lambda("kept").apply(x))).toBeDefined();
  });

  it("tells the function of training and the mask", () => {
    registerFunction("trainingOnly", (x: Tensor, { training, mask }) =>
      multiply(x, (training ? 10 : 1) + (mask ? 100 : 0)),
    );
    const layer = new Lambda("trainingOnly");
    expect([...layer.apply(tensor([1]), { training: true }).dataSync()]).toEqual([10]);
    const masked = scope(() => layer.apply(new Masking().apply(tensor([[[2]]]))));
    expect([...masked.dataSync()]).toEqual([202]);
  });

  it("never takes code from files, and no names that are unknown", () => {
    const load = (config: Record<string, unknown>) => () => layerFromConfig({ className: "Lambda", config });
    expect(load({ function: "nowhere" })).toThrow(
      /lambda: unknown function, got "nowhere", expected one of \[scaled, .*call registerFunction\("nowhere", ...\) first/,
    );
    const bytecode = { className: "__lambda__", config: { code: "4wEAAAA=" } };
    expect(load({ function: bytecode })).toThrow(
      /got a function of class "__lambda__".*code in files is never run/,
    );
    expect(load({})).toThrow(/expected the name of one/);
  });
});

describe("core layers", () => {
  it.each([
    [() => new Dense(0), /dense: bad units, got 0/],
    [() => new Dense(2).build([null]), /dense: the last axis must have a known size, got \(None,\)/],
    [() => new Embedding(0, 2), /embedding: bad inputDim, got 0/],
    [() => new Embedding(3, 1.5), /embedding: bad outputDim, got 1.5/],
    [() => new Dense(1, { kernelInitializer: "glorot" }), /got "glorot", expected one of zeros/],
    [() => layerFromConfig({ className: "Densse", config: {} }), /got "Densse", expected one of Activation/],
  ])("refuse what they cannot use %#", (bad, message) => {
    expect(bad).toThrow(message);
  });
});
