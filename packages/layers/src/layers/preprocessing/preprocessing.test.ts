import { compile, DataError, ShapeError, type Tensor, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  CategoryEncoding,
  IntegerLookup,
  input,
  layerFromConfig,
  Normalization,
  Rescaling,
  registerSplitting,
  registerStandardization,
  StringLookup,
  TextVectorization,
} from "../../index.js";
import { testLayer } from "../../testing/test-layer.js";

const indices = (shape: readonly number[]): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Int32Array.from({ length: size }, (_, i) => (i * 5) % 7),
    { shape },
  );
};
const whole = { values: indices };

testLayer("Normalization", () => new Normalization({ axis: [1, -1] }), [2, 3, 4], {
  weights: ["mean", "variance", "count"],
});
testLayer("Normalization over all", () => new Normalization({ axis: null, invert: true }), [2, 3], {
  weights: ["mean", "variance", "count"],
});
testLayer(
  "Normalization by given numbers",
  () => new Normalization({ mean: [1, 2], variance: [4, 0.25] }),
  [3, 2],
);
testLayer("Rescaling", () => new Rescaling(0.5, { offset: [1, 2, 3] }), [2, 2, 3]);
testLayer("CategoryEncoding", () => new CategoryEncoding(5), [2, 3], whole);
testLayer("CategoryEncoding one-hot", () => new CategoryEncoding(5, { outputMode: "oneHot" }), [2, 3], whole);
testLayer(
  "CategoryEncoding counts",
  () => new CategoryEncoding(5, { outputMode: "count" }),
  [2, 4, 3],
  whole,
);
testLayer("StringLookup", () => new StringLookup({ vocabulary: ["a", "b"] }), [2, 3], whole);
testLayer(
  "StringLookup counts",
  () => new StringLookup({ vocabulary: ["a", "b"], outputMode: "count" }),
  [2, 3],
);
testLayer("IntegerLookup", () => new IntegerLookup({ vocabulary: [5, 3, 1], maskToken: 0 }), [2, 3], whole);
testLayer(
  "IntegerLookup many-hot",
  () => new IntegerLookup({ vocabulary: [5, 3, 1], numOovIndices: 2, outputMode: "multiHot" }),
  [2, 3],
  whole,
);
testLayer("TextVectorization", () => new TextVectorization({ vocabulary: ["a"] }), [2, 3], whole);
testLayer(
  "TextVectorization with all options",
  () =>
    new TextVectorization({
      maxTokens: 6,
      padToMaxTokens: true,
      standardize: "lower",
      split: "character",
      ngrams: [1, 2],
      outputMode: "tfIdf",
      vocabulary: ["a", "b"],
      idfWeights: [0.5, 2],
    }),
  [2, 6],
);

describe("Normalization", () => {
  const data = { data: Float32Array.of(0, 7, 4, 2, 9, 6, 0, 7, 4, 2, 9, 6), shape: [4, 3] };

  it("brings data to mean 0 and variance 1, and back", async () => {
    const layer = new Normalization();
    layer.adapt(data);
    const normal = layer.apply(tensor(data));
    expect(await normal.array()).toEqual([
      [-1, -1, -1],
      [1, 1, 1],
      [-1, -1, -1],
      [1, 1, 1],
    ]);
    const back = new Normalization({ invert: true });
    back.adapt([data]);
    expect(await back.apply(normal).data()).toEqual(data.data);
    expect(await new Normalization().apply(tensor(data)).data()).toEqual(data.data);
  });

  it("can be adapted anew, which layers of the same weights see", async () => {
    const layer = new Normalization({ axis: null });
    const x = tensor([[1, 3]]);
    layer.apply(x);
    layer.adapt({ data: Float32Array.of(1, 3), shape: [1, 2] });
    expect(await layer.apply(x).array()).toEqual([[-1, 1]]);
    layer.adapt({ data: Float32Array.of(3, 3), shape: [1, 2] });
    // No variance: divided by 1e-7.
    expect((await layer.apply(x).data())[0]).toBeCloseTo(-2e7, -1);
    expect((await layer.apply(x).data())[1]).toBe(0);
  });

  it.each([
    [() => new Normalization({ mean: 1 }), DataError, /got mean 1 and variance null, expected both/],
    [() => new Normalization({ mean: 1, variance: 1 }).adapt(data), DataError, /cannot be adapted/],
    [() => new Normalization().adapt([]), DataError, /got no values/],
    [
      () => new Normalization().adapt({ data: new Float32Array(0), shape: [0, 3] }),
      DataError,
      /got no values/,
    ],
    [() => new Normalization({ axis: 2 }).adapt(data), ShapeError, /bad axis, got \[2\] for \(4, 3\)/],
    [
      () => new Normalization().adapt([data, { data: new Float32Array(4), shape: [2, 2] }]),
      ShapeError,
      /sizes along axes \[-1\] differ, got \[2\] and \[3\]/,
    ],
    [() => new Normalization().computeOutputShape([null, null]), ShapeError, /axis 1 must have a known size/],
  ])("refuses what does not fit %#", (bad, type, message) => {
    expect(bad).toThrow(type);
    expect(bad).toThrow(message);
  });

  it("refuses data of other sizes than it was built for", () => {
    const layer = new Normalization();
    layer.build([null, 2]);
    expect(() => layer.adapt(data)).toThrow(/differ, got \[2\] and \[3\]/);
  });
});

describe("Rescaling", () => {
  it("has one number a channel where the channels are", async () => {
    const layer = new Rescaling([2, 10]);
    layer.adoptDataFormat("channelsFirst");
    expect(await layer.apply(tensor([[[[1, 2]], [[3, 4]]]])).array()).toEqual([[[[2, 4]], [[30, 40]]]]);
    expect(await new Rescaling([2, 10]).apply(tensor([[1, 2]])).array()).toEqual([[2, 20]]);
  });
});

describe("lookups", () => {
  it("of numbers in a model are those before it", async () => {
    const rows = [
      [5, 100, -4],
      [0, 7, 3],
    ];
    for (const outputMode of ["int", "oneHot", "multiHot", "count"] as const) {
      for (const maskToken of [null, 7]) {
        for (const numOovIndices of [1, 3]) {
          const layer = new IntegerLookup({ outputMode, maskToken, numOovIndices });
          layer.adapt([5, 3, 5, -1]);
          const { data, shape } = layer.lookup(rows);
          const inModel = layer.apply(tensor(rows, { dtype: "int32" }));
          expect(inModel.shape).toEqual(shape);
          expect([...(await inModel.data())]).toEqual([...data]);
        }
      }
    }
  });

  it("are of one or two axes, and sizes of sequences whole numbers", () => {
    const numbers = new IntegerLookup({ vocabulary: [1, 2] });
    const cube = { data: new Int32Array(8), shape: [2, 2, 2] };
    expect(() => numbers.lookup(cube)).toThrow(ShapeError);
    expect(() => numbers.tokens(cube)).toThrow(/got an array of shape \[2,2,2\], expected one or two axes/);
    for (const outputSequenceLength of [0, -2, 2.5]) {
      expect(() => new TextVectorization({ outputSequenceLength })).toThrow(/bad outputSequenceLength, got/);
    }
  });

  it("of numbers follow a new vocabulary", async () => {
    const layer = new IntegerLookup({ vocabulary: [5, 3], numOovIndices: 0 });
    const x = tensor([[3, 9]], { dtype: "int32" });
    expect(await layer.apply(x).array()).toEqual([[1, -1]]);
    const step = compile((numbers: Tensor) => layer.apply(numbers));
    expect(await step(x).array()).toEqual([[1, -1]]);
    layer.setVocabulary([3, 9]);
    expect(await step(x).array()).toEqual([[0, 1]]);
    layer.setVocabulary([9, 8, 3]);
    expect(await layer.apply(x).array()).toEqual([[2, 0]]);
    expect(() => step(x)).toThrow(/integer_lookup\/vocabulary: it was disposed/);
    layer.adapt([3, 3, 9]);
    expect(await layer.apply(x).array()).toEqual([[0, 1]]);
    layer.dispose();
  });

  it("have no more tokens than maxTokens leaves room for", () => {
    for (const [numOovIndices, most] of [
      [1, ["[UNK]", "a"]],
      [2, ["[UNK]", "[UNK]"]],
      [4, ["[UNK]", "[UNK]", "[UNK]", "[UNK]"]],
    ] as const) {
      const layer = new StringLookup({ maxTokens: 2, numOovIndices });
      layer.adapt(["a", "b", "c", "a", "d"]);
      expect(layer.getVocabulary()).toEqual(most);
    }
  });

  it("take batches that have to be awaited", async () => {
    const layer = new StringLookup();
    await layer.adapt(
      (async function* () {
        yield ["b", "a"];
        yield [["b"], ["c"]];
      })(),
    );
    expect(layer.getVocabulary()).toEqual(["[UNK]", "b", "c", "a"]);
    expect(layer.tokens({ data: Int32Array.of(1, 0, 9, 3), shape: [2, 2] })).toEqual([
      ["b", "[UNK]"],
      ["[UNK]", "a"],
    ]);
  });

  it("have int32 results in functional models", () => {
    const words = new StringLookup({ vocabulary: ["a"] }).apply(input([4]));
    expect([words.dtype, words.shape]).toEqual(["int32", [null, 4]]);
    const vectors = new StringLookup({ vocabulary: ["a"], outputMode: "multiHot" }).apply(input([4]));
    expect([vectors.dtype, vectors.shape]).toEqual(["float32", [null, 2]]);
  });

  it("know the shape of vectors from a file before they have its vocabulary", () => {
    const layer = new StringLookup({ outputMode: "count", vocabularySize: 3 });
    expect(layer.computeOutputShape([null, 5])).toEqual([null, 3]);
    expect(layer.getConfig().vocabularySize).toBe(3);
    expect(() => layer.lookup(["a"])).toThrow(/got no vocabulary/);
    layer.setVocabulary(["[UNK]", "a", "b"]);
    expect(layer.lookup(["a"])).toEqual({ data: Float32Array.of(0, 1, 0), shape: [3] });
  });

  it.each([
    [() => new StringLookup({ maxTokens: 1 }), /stringLookup: bad maxTokens, got 1, expected more than 1/],
    [() => new StringLookup({ padToMaxTokens: true }), /bad maxTokens, got none/],
    [() => new StringLookup({ numOovIndices: -1 }), /bad numOovIndices, got -1/],
    [
      () => new StringLookup({ outputMode: "binary" as "int" }),
      /bad outputMode, got binary, expected int, oneHot/,
    ],
    [() => new StringLookup({ outputMode: "count", invert: true }), /got "count" with invert/],
    [() => new StringLookup({ vocabulary: [] }), /bad vocabulary, got no tokens/],
    [() => new StringLookup({ vocabulary: ["a", "b", "a"] }), /bad vocabulary, got "a" twice/],
    [() => new StringLookup({ vocabulary: ["a", "m"], maskToken: "m" }), /got the mask token "m"/],
    [() => new StringLookup({ vocabulary: ["a", "b"], maxTokens: 2 }), /got 3 tokens, expected 2/],
    [() => new StringLookup({ vocabulary: ["a"], outputMode: "tfIdf" }), /bad idfWeights, got undefined/],
    [
      () => new StringLookup({ vocabulary: ["a"], outputMode: "tfIdf", idfWeights: [1, 2] }),
      /got 2 of them, expected 1/,
    ],
    [() => new StringLookup({ vocabulary: ["a"], numOovIndices: 0 }).lookup(["b"]), /unknown token, got "b"/],
    [() => new StringLookup({ vocabulary: ["a"], invert: true }).lookup(["a"]), /it inverts, got tokens/],
    [() => new StringLookup({ vocabulary: ["a"] }).lookup([["a"], ["a", "a"]]), /got rows of 1 and 2 tokens/],
    [() => new StringLookup({ outputMode: "count" }).lookup(["a"]), /got no vocabulary in mode "count"/],
    [() => new IntegerLookup().apply(indices([2])), /got no vocabulary, expected adapt/],
    [() => new IntegerLookup({ oovMethod: "mod" as "floormod" }), /bad oovMethod, got "mod"/],
    [
      () => new IntegerLookup({ vocabulary: [1, 2 ** 32 + 1] }).apply(indices([2])),
      /got 4294967297 in the vocabulary, expected whole numbers of 32 bits/,
    ],
    [
      () => new IntegerLookup({ vocabulary: [1], invert: true }).apply(indices([2])),
      /cannot be computed in a model/,
    ],
    [
      () => layerFromConfig({ className: "StringLookup", config: { salt: [1, 2] } }),
      /salt is not supported, got \[1,2\]/,
    ],
    [() => new CategoryEncoding(3, { outputMode: "binary" as "count" }), /bad outputMode, got "binary"/],
    [
      () => new CategoryEncoding(3).apply(indices([2, 2]), { countWeights: [[1, 2]] }),
      /in mode "count" only/,
    ],
  ])("refuse what contradicts %#", (bad, message) => {
    expect(bad).toThrow(DataError);
    expect(bad).toThrow(message);
  });
});

describe("TextVectorization", () => {
  it("uses functions, which files keep by their names only", () => {
    registerStandardization("withoutDigits", (text) => text.replace(/\d/g, ""));
    registerSplitting("byComma", (text) => text.split(","));
    const layer = new TextVectorization({ standardize: "withoutDigits", split: "byComma" });
    layer.adapt(["a1,b", "b2"]);
    expect(layer.getVocabulary(false)).toEqual(["b", "a"]);
    const saved = JSON.parse(JSON.stringify({ className: layer.className, config: layer.getConfig() }));
    expect(saved.config.split).toEqual({
      module: "builtins",
      className: "function",
      config: "byComma",
      registeredName: "function",
    });
    const again = layerFromConfig(saved) as TextVectorization;
    expect(again.vectorize(["b,a,c"])).toEqual({ data: Int32Array.of(2, 3, 1), shape: [1, 3] });
  });

  it("works with functions that have no name, but cannot be saved then", () => {
    const layer = new TextVectorization({ standardize: (text) => text.trim(), split: (text) => [text] });
    layer.adapt([" a b ", "a b"]);
    expect(layer.getVocabulary(false)).toEqual(["a b"]);
    expect(() => layer.getConfig()).toThrow(/standardize cannot be saved, got a function, expected the name/);
  });

  it("takes hundreds of thousands of texts", () => {
    const layer = new TextVectorization({ vocabulary: ["a"] });
    expect(layer.vectorize(new Array<string>(200_000).fill("a")).shape).toEqual([200_000, 1]);
  });

  it("says what comes out of a model's column of texts", () => {
    expect(new TextVectorization().computeOutputShape([null, 1])).toEqual([null, null]);
    expect(new TextVectorization({ outputSequenceLength: 7 }).computeOutputShape([null, 1])).toEqual([
      null,
      7,
    ]);
    const counts = new TextVectorization({ outputMode: "count", vocabulary: ["a"] });
    expect(counts.computeOutputShape([null, 1])).toEqual([null, 2]);
    expect(new TextVectorization().vectorize([])).toEqual({ data: new Int32Array(0), shape: [0, 0] });
  });

  it.each([
    [
      () => new TextVectorization({ standardize: "upper" }),
      /unknown standardize, got "upper", expected one of lower/,
    ],
    [
      () => new TextVectorization({ outputMode: "count", outputSequenceLength: 3 }),
      /expected it with "int" only/,
    ],
    [() => new TextVectorization().vectorize([["a", "b"]]), /got a row of 2 texts to split/],
    [
      () => layerFromConfig({ className: "TextVectorization", config: { ragged: true } }),
      /ragged is not supported/,
    ],
  ])("refuses what it cannot do %#", (bad, message) => {
    expect(bad).toThrow(DataError);
    expect(bad).toThrow(message);
  });
});
