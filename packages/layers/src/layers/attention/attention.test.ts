import { compile, DataError, matmul, ShapeError, sum, type Tensor, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { collectLosses } from "../../added-losses.js";
import {
  AdditiveAttention,
  Attention,
  input,
  type Layer,
  MultiHeadAttention,
  maskOf,
  setMask,
} from "../../index.js";
import { normalValues, testLayer } from "../../testing/test-layer.js";

const pair = [
  [2, 3, 4],
  [2, 5, 4],
];
const triple = [
  [2, 3, 4],
  [2, 5, 2],
  [2, 5, 4],
];
const scores = () => ({ returnAttentionScores: true, useCausalMask: true });
testLayer("Attention", () => new Attention(), pair);
testLayer(
  "Attention with all options",
  () => new Attention({ useScale: true, dropout: 0.3, seed: 4 }),
  triple,
  {
    weights: ["scale"],
    call: scores,
  },
);
testLayer("Attention of sums", () => new Attention({ scoreMode: "concat", useScale: true }), pair, {
  weights: ["scale", "concat_score_weight"],
});
testLayer("AdditiveAttention", () => new AdditiveAttention(), triple, { weights: ["scale"], call: scores });
testLayer("AdditiveAttention without scale", () => new AdditiveAttention({ useScale: false }), pair);

const heads = ["query", "key", "value", "attention_output"];
const weightsOf = (names: readonly string[]) => names.flatMap((name) => [`${name}/kernel`, `${name}/bias`]);
testLayer("MultiHeadAttention", () => new MultiHeadAttention(2, 3, { biasInitializer: "ones" }), pair, {
  weights: weightsOf(heads),
});
testLayer(
  "MultiHeadAttention with a gate",
  () => new MultiHeadAttention(2, 3, { useGate: true, valueDim: 2, outputShape: 5, dropout: 0.2, seed: 1 }),
  triple,
  { weights: weightsOf(["query", "key", "gate", "value", "attention_output"]), call: scores },
);
testLayer(
  "MultiHeadAttention along one of two axes",
  () =>
    new MultiHeadAttention(2, 3, { attentionAxes: 2, useBias: false, slidingWindow: 2, outputShape: [2, 3] }),
  [
    [2, 2, 3, 4],
    [2, 2, 5, 4],
  ],
  { weights: heads.map((name) => `${name}/kernel`), call: () => ({ returnAttentionScores: true }) },
);

const at = normalValues;
const bools = (rows: number[][]): Tensor => tensor(rows, { dtype: "bool" });

describe("masks of attention", () => {
  const values = at([1, 3, 2]);
  const means = async (of: Tensor): Promise<number[]> => {
    const data = await of.data();
    return [0, 1].map((column) => [0, 1, 2].reduce((total, row) => total + data[row * 2 + column]! / 3, 0));
  };

  it("give the mean of all values to a query that sees none", async () => {
    const hidden = { mask: [undefined, bools([[0, 0, 0]])] };
    const output = await new Attention().apply([at([1, 1, 2]), values], hidden).data();
    (await means(values)).forEach((value, column) => {
      expect(output[column]).toBeCloseTo(value, 6);
    });
  });

  it("go on as the query's", async () => {
    const queryMask = bools([[1, 0, 1]]);
    const query = setMask(at([1, 3, 2]), queryMask);
    for (const layer of [new Attention(), new AdditiveAttention(), new MultiHeadAttention(1, 2)]) {
      const [output, weights] = layer.applyAll([query, values], { returnAttentionScores: true });
      expect(await maskOf(output!)?.array()).toEqual([[1, 0, 1]]);
      expect(maskOf(weights!)).toBeUndefined();
      expect(maskOf(layer.apply([values, query]))).toBeUndefined();
    }
  });

  it("as a tensor of pairs say the same as the causal mask", async () => {
    const layer = new MultiHeadAttention(2, 3);
    const x = at([2, 3, 4]);
    const lower = [
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 1],
    ];
    const expected = await layer.apply([x, x], { useCausalMask: true }).array();
    expect(await layer.apply([x, x], { attentionMask: bools(lower) }).array()).toEqual(expected);
    expect(await layer.apply([x, x], { attentionMask: lower }).array()).toEqual(expected);
  });

  it("refuse what cannot be one", () => {
    const x = at([2, 3, 4]);
    const mask = tensor([[[[[1]]]]]);
    expect(() => new MultiHeadAttention(2, 3).apply([x, x], { attentionMask: mask })).toThrow(
      /multi_head_attention: bad mask, got \[1,1,1,1,1\], expected 2 axes of places/,
    );
  });
});

describe("attention layers", () => {
  it("drop weights in training, others at each step, and scale the rest", async () => {
    const [query, value] = [at([4, 10, 1]), tensor(new Float32Array(40).fill(1), { shape: [4, 10, 1] })];
    for (const layer of [new Attention({ dropout: 0.5 }), new AdditiveAttention({ dropout: 0.5 })]) {
      const step = compile((q: Tensor, v: Tensor) => layer.apply([q, v], { training: true }));
      const [first, second] = [await step(query, value).data(), await step(query, value).data()];
      expect(first).not.toEqual(second);
      // 40 sums of 10 equal weights, half of them gone and the rest doubled: a standard deviation of 0.05.
      const mean = [...first].reduce((total, x) => total + x / first.length, 0);
      expect(Math.abs(mean - 1)).toBeLessThan(0.25);
      for (const x of await layer.apply([query, value]).data()) expect(x).toBeCloseTo(1, 5);
    }
  });

  it("return weights before dropout from several heads, after it from one", async () => {
    const x = at([1, 6, 4]);
    const settings = { training: true, returnAttentionScores: true };
    const rows = async (layer: Layer): Promise<Float32Array> => {
      const weights = layer.applyAll([x, x], settings)[1]!;
      return (await sum(weights, { axes: -1 }).data()) as Float32Array;
    };
    for (const total of await rows(new MultiHeadAttention(2, 3, { dropout: 0.5 }))) {
      expect(total).toBeCloseTo(1, 5);
    }
    expect((await rows(new Attention({ dropout: 0.5 }))).some((total) => Math.abs(total - 1) > 0.1)).toBe(
      true,
    );
  });

  it("mix values by the weights they return", async () => {
    const [query, value] = [at([2, 3, 4]), at([2, 5, 4])];
    const [output, weights] = new Attention().applyAll([query, value], { returnAttentionScores: true });
    expect(await output!.data()).toEqual(await matmul(weights!, value).data());
  });

  it("penalise the projections of several heads, not their result", () => {
    const layer = new MultiHeadAttention(2, 3, { activityRegularizer: "l2" });
    const { losses } = collectLosses(() => layer.apply([at([2, 3, 4]), at([2, 3, 4])]));
    expect(losses).toHaveLength(4);
    expect(layer.getConfig().activityRegularizer).toEqual({ className: "L2", config: { l2: 0.01 } });
  });

  it("have two outputs in functional models when asked for weights", () => {
    const [query, value] = [input([3, 4]), input([5, 4])];
    const shapes = (layer: Layer) =>
      layer.applyAll([query, value], { returnAttentionScores: true }).map(({ shape }) => shape);
    expect(shapes(new Attention())).toEqual([
      [null, 3, 4],
      [null, 3, 5],
    ]);
    expect(shapes(new MultiHeadAttention(2, 3))).toEqual([
      [null, 3, 4],
      [null, 2, 3, 5],
    ]);
    expect(new MultiHeadAttention(2, 3).apply([input([null, 4]), value]).shape).toEqual([null, null, 4]);
  });

  it.each([
    [() => new Attention({ scoreMode: "cosine" as "dot" }), DataError, /bad scoreMode, got "cosine"/],
    [() => new Attention({ dropout: 1.5 }), DataError, /bad rate, got 1.5/],
    [
      () => new Attention().apply(at([2, 3, 4])),
      ShapeError,
      /attention: bad inputs, got \(None, 3, 4\), expected a list/,
    ],
    [
      () => new Attention().apply([at([2, 3, 4]), at([2, 5, 3])]),
      ShapeError,
      /query and key differ in features/,
    ],
    [() => new Attention().apply([at([2, 3, 4]), at([2, 5, 4]), at([2, 6, 4])]), ShapeError, /bad inputs/],
    [
      () =>
        new AdditiveAttention().build([
          [null, 3, null],
          [null, 5, null],
        ]),
      ShapeError,
      /additive_attention: axis 2 must have a known size, got \(None, 3, None\)/,
    ],
    [() => new MultiHeadAttention(2, 3, { outputShape: 0 }), ShapeError, /bad outputShape, got 0/],
    [() => new MultiHeadAttention(0, 3), ShapeError, /multiHeadAttention: bad numHeads, got 0/],
    [() => new MultiHeadAttention(2, 3, { slidingWindow: -1 }), ShapeError, /bad slidingWindow, got -1/],
    [
      () => new MultiHeadAttention(2, 3, { attentionAxes: 3 }).apply([at([2, 3, 4]), at([2, 3, 4])]),
      ShapeError,
      /bad attentionAxes, got \[3\] for inputs \(None, 3, 4\)/,
    ],
    [
      () =>
        new MultiHeadAttention(2, 3).build([
          [null, 3, null],
          [null, 3, 4],
        ]),
      ShapeError,
      /query: the features must have a known size, got \(None, 3, None\)/,
    ],
  ])("refuse what does not fit %#", (bad, type, message) => {
    expect(bad).toThrow(type);
    expect(bad).toThrow(message);
  });
});
