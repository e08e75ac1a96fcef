import { Adam, LossScaleOptimizer } from "@hekla/optim";
import { cast, multiply, ones, reference, sum, type Tensor, tensor, useBackend, zeros } from "@hekla/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  Activation,
  BatchNormalization,
  Bidirectional,
  type CallOptions,
  Dense,
  Dropout,
  type DtypePolicy,
  dtypePolicy,
  Embedding,
  Flatten,
  GaussianNoise,
  GRU,
  input,
  Layer,
  LayerNormalization,
  LSTM,
  LSTMCell,
  layerFromConfig,
  Masking,
  Model,
  MultiHeadAttention,
  Normalization,
  RNN,
  Sequential,
  Softmax,
  setDtypePolicy,
  TimeDistributed,
  UnitNormalization,
} from "./index.js";

const x = (shape: readonly number[], value = 0.5): Tensor => ones(shape).multiply(value);

describe("setDtypePolicy", () => {
  beforeEach(() => useBackend(reference()));
  afterEach(() => setDtypePolicy("float32"));

  it("is float32 at first, and refuses what it does not know", () => {
    expect(dtypePolicy()).toBe("float32");
    expect(() => setDtypePolicy("mixed_float16" as DtypePolicy)).toThrow(
      'setDtypePolicy: unknown dtype policy, got "mixed_float16", expected "float32" or "mixedFloat16"',
    );
    expect(() => new Dense(3, { dtype: "float16" as DtypePolicy })).toThrow(/layer: unknown dtype policy/);
  });

  it("holds for layers made from then on; a layer's own comes first", () => {
    const before = new Dense(2);
    setDtypePolicy("mixedFloat16");
    const [after, own] = [new Dense(2), new Dense(2, { dtype: "float32" })];
    const layers = [before, after, own];
    expect(layers.map(({ computeDtype }) => computeDtype)).toEqual(["float32", "float16", "float32"]);
    expect(layers.map((layer) => layer.apply(x([1, 3])).dtype)).toEqual(["float32", "float16", "float32"]);
    // Halves from a layer before are widened.
    expect(own.apply(new Dense(3).apply(x([1, 3]))).dtype).toBe("float32");
    expect(new Sequential([after], { dtype: "mixedFloat16" }).dtypePolicy).toBe("mixedFloat16");
  });

  it("keeps weights in float32 and computes with what float16 makes of them", () => {
    const layer = new Dense(1, { dtype: "mixedFloat16", kernelInitializer: "ones" });
    layer.apply(x([1, 2]));
    const [kernel] = layer.weights;
    kernel!.write([1 / 3, 0]);
    expect(kernel!.dtype).toBe("float32");
    expect(kernel!.read().dtype).toBe("float32");
    expect(layer.apply(tensor([[1, 1]])).dataSync()[0]).toBe(0.333251953125);
  });

  const sequence = (): Tensor => x([2, 3, 4]);
  const rows: [name: string, make: () => Layer, inputs: () => Tensor | Tensor[]][] = [
    ["Dense", () => new Dense(3, { activation: "gelu" }), () => x([2, 4])],
    ["Softmax", () => new Softmax(), () => x([2, 4])],
    ["Activation", () => new Activation("sparsemax"), () => x([2, 4])],
    ["BatchNormalization", () => new BatchNormalization(), () => x([2, 4])],
    ["LayerNormalization", () => new LayerNormalization(), () => x([2, 4])],
    ["UnitNormalization", () => new UnitNormalization(), () => x([2, 4])],
    ["Dropout", () => new Dropout(0.5), () => x([2, 4])],
    ["GaussianNoise", () => new GaussianNoise(0.5), () => x([2, 4])],
    ["Embedding", () => new Embedding(5, 3), () => zeros([2, 4], { dtype: "int32" })],
    ["LSTM with dropout", () => new LSTM(3, { dropout: 0.5, recurrentDropout: 0.5 }), sequence],
    ["a stateful LSTM", () => new LSTM(3, { stateful: true }), sequence],
    ["GRU, step by step", () => new GRU(3, { unroll: true, recurrentDropout: 0.5 }), sequence],
    ["RNN of a cell", () => new RNN([new LSTMCell(3), new LSTMCell(2)], { stateful: true }), sequence],
    ["Bidirectional", () => new Bidirectional(new LSTM(3)), sequence],
    ["TimeDistributed", () => new TimeDistributed(new Dense(2)), sequence],
    [
      "MultiHeadAttention",
      () => new MultiHeadAttention(2, 3, { dropout: 0.5 }),
      () => [sequence(), sequence()],
    ],
  ];
  it.each(rows)("%s computes in float16, and gives it", async (_, make, inputs) => {
    const made = (policy: DtypePolicy): Layer => {
      setDtypePolicy(policy);
      const layer = make();
      layer.apply(inputs());
      return layer;
    };
    const [half, single] = [made("mixedFloat16"), made("float32")];
    for (const weight of half.weights) expect(weight.dtype).toBe("float32");
    for (const state of half.states) expect(state.dtype).not.toBe("float16");
    expect(half.apply(inputs(), { training: true }).dtype).toBe("float16");
    single.setWeights(await half.getWeights());
    for (const layer of [half, single]) if (layer instanceof RNN) layer.resetStates();
    const [found, wanted] = [half.apply(inputs()), single.apply(inputs())];
    expect([found.dtype, wanted.dtype]).toEqual(["float16", "float32"]);
    const off = found.dataSync().map((value, at) => Math.abs(value - wanted.dataSync()[at]!));
    expect(Math.max(...off)).toBeLessThan(4e-3);
  });

  it("takes statistics and indices in float32", () => {
    setDtypePolicy("mixedFloat16");
    // Squares of 300 are beyond half precision, and 2049 is no half.
    const spread = tensor([[300], [-300], [300], [-300]], { dtype: "float16" });
    const norm = new BatchNormalization({ momentum: 0 });
    expect([...norm.apply(spread, { training: true }).dataSync()]).toEqual([1, -1, 1, -1]);
    expect(norm.weights.map((weight) => weight.dataSync()[0])).toEqual([1, 0, 0, 90000]);
    const embedding = new Embedding(2050, 1);
    embedding.apply(tensor([[0]]));
    embedding.weights[0]!.write(Float32Array.from({ length: 2050 }, (_, index) => index / 2049));
    expect(embedding.apply(tensor([[2049]])).dataSync()[0]).toBe(1);
    const scale = new Normalization({ mean: 100000, variance: 1e8 });
    expect(scale.apply(tensor([[110000]])).dataSync()[0]).toBe(1);
  });

  it("hands masks on, and excludes what they exclude", () => {
    setDtypePolicy("mixedFloat16");
    const masked = new Masking().apply(tensor([[[1], [0]]]));
    const attention = new MultiHeadAttention(1, 2);
    attention.apply([masked, masked]);
    for (const weight of attention.weights) weight.write(new Float32Array(weight.size).fill(1));
    const [, scores] = attention.applyAll([masked, masked], { returnAttentionScores: true });
    expect([...scores!.dataSync()].slice(0, 2)).toEqual([1, 0]);
    const softmax = new Softmax().apply(tensor([[1, 2, 3]]), {
      mask: tensor([[1, 1, 0]], { dtype: "bool" }),
    });
    expect(softmax.dataSync()[2]).toBe(0);
  });

  it("is told to symbolic tensors, and kept in configs", () => {
    setDtypePolicy("mixedFloat16");
    const [start, index] = [input([4]), input([2], { dtype: "int32" })];
    expect(start.dtype).toBe("float32");
    const hidden = new Flatten().apply(new Dense(3).apply(start));
    expect([hidden.dtype, new Flatten().apply(index).dtype]).toEqual(["float16", "int32"]);
    const model = new Model(start, new Dense(2, { dtype: "float32" }).apply(hidden));
    setDtypePolicy("float32");
    const copy = layerFromConfig({ className: model.className, config: model.getConfig() }) as Model;
    expect(copy.dtypePolicy).toBe("mixedFloat16");
    expect(copy.layers.map(({ dtypePolicy: policy }) => policy)).toEqual(
      model.layers.map((l) => l.dtypePolicy),
    );
    expect(new Dense(3).getConfig()).not.toHaveProperty("dtype");
    const plain = new Sequential([new Dense(3)]);
    setDtypePolicy("mixedFloat16");
    const again = layerFromConfig({ className: plain.className, config: plain.getConfig() }) as Sequential;
    expect([again, ...again.layers].map(({ dtypePolicy: policy }) => policy)).toEqual(["float32", "float32"]);
  });

  it("reaches layers of one's own", () => {
    class Scale extends Layer {
      static override readonly className = "Scale";
      override call(inputs: Tensor, _options: CallOptions): Tensor {
        expect(inputs.dtype).toBe("float16");
        return multiply(cast(inputs, "float32"), 2);
      }
      override computeOutputShape(shape: readonly (number | null)[]): readonly (number | null)[] {
        return shape;
      }
    }
    expect(new Scale({ dtype: "mixedFloat16" }).apply(x([1, 2])).dtype).toBe("float16");
  });

  it("penalises outputs in float32", async () => {
    const layer = new Dense(1, {
      dtype: "mixedFloat16",
      kernelInitializer: "ones",
      activityRegularizer: "l2",
    });
    const model = new Sequential([layer], { dtype: "mixedFloat16" });
    model.compile({
      optimizer: new Adam(0.1),
      loss: (_: Tensor, y: Tensor) => sum(y).multiply(0).reshape([1]),
    });
    const { loss } = await model.testOnBatch(
      { data: Float32Array.of(300), shape: [1, 1] },
      { data: Float32Array.of(0), shape: [1, 1] },
    );
    expect(loss).toBeCloseTo(900, 1);
  });

  it("scales the loss unless told otherwise, and once", async () => {
    const batch = [
      { data: new Float32Array(6).fill(0.5), shape: [2, 3] },
      { data: new Float32Array(4).fill(0.5), shape: [2, 2] },
    ] as const;
    const optimizerAfter = async (options: object, policy: DtypePolicy = "mixedFloat16") => {
      setDtypePolicy(policy);
      const model = new Sequential([new Dense(2)]);
      model.compile({ optimizer: new Adam(0.1), loss: "meanSquaredError", ...options });
      await model.trainOnBatch(...batch);
      return model.optimizer;
    };
    const scaled = (await optimizerAfter({})) as LossScaleOptimizer;
    expect(scaled).toBeInstanceOf(LossScaleOptimizer);
    expect(scaled.iterations.dataSync()[0]).toBe(1);
    expect(await optimizerAfter({ autoScaleLoss: false })).toBeInstanceOf(Adam);
    expect(await optimizerAfter({}, "float32")).toBeInstanceOf(Adam);
    class Own extends Model {
      readonly layer = new Dense(2);
      override call(inputs: Tensor): Tensor {
        return this.layer.apply(inputs);
      }
      override trainStep() {
        return { loss: zeros([]) };
      }
    }
    const stepping = new Own({ dtype: "mixedFloat16" });
    stepping.compile({ optimizer: new Adam(0.1) });
    await stepping.trainOnBatch(...batch);
    expect(stepping.optimizer).toBeInstanceOf(Adam);
    const own = new LossScaleOptimizer(new Adam(0.1), { initialScale: 4 });
    expect(await optimizerAfter({ optimizer: own })).toBe(own);
  });
});
