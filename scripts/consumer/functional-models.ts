// Functional models: several inputs and outputs, shared layers, attention with masks, states of a recurrent layer.
import {
  Concatenate,
  Dense,
  Embedding,
  functional,
  GlobalAveragePooling1D,
  input,
  Lambda,
  LSTM,
  Model,
  MultiHeadAttention,
  plotModel,
  registerFunction,
  Sequential,
  type SymbolicTensor,
  TimeDistributed,
} from "@hekla/layers";
import { Adam, cosineDecay } from "@hekla/optim";
import { multiply, ones, type Tensor, tensor } from "@hekla/tensor";
import { check, waves } from "./check.js";

async function severalInputsAndOutputs(): Promise<void> {
  const left = input([4], { name: "left" });
  const right = input([4], { name: "right" });
  const shared = new Dense(8, { activation: "tanh" });
  const both: SymbolicTensor = new Concatenate().apply([shared.apply(left), shared.apply(right)]);
  const score = new Dense(1, { name: "score" }).apply(both);
  const side = new Dense(2, { name: "side", activation: "softmax" }).apply(both);
  const model = new Model([left, right], [score, side], { name: "two", seed: 3 });
  model.compile({
    optimizer: new Adam(cosineDecay(0.03, 200)),
    loss: { score: "meanSquaredError", side: "sparseCategoricalCrossentropy" },
    lossWeights: { side: 0.5 },
    metrics: { score: ["mae"], side: ["accuracy"] },
  });
  const x = {
    left: { data: waves(256, 1.1), shape: [64, 4] },
    right: { data: waves(256, 2.3), shape: [64, 4] },
  };
  const y = {
    score: Float32Array.from(
      { length: 64 },
      (_, k) => (x.left.data[4 * k] ?? 0) - (x.right.data[4 * k] ?? 0),
    ),
    side: Int32Array.from({ length: 64 }, (_, k) => ((x.left.data[4 * k] ?? 0) > 0 ? 1 : 0)),
  };
  const { history } = await model.fit(x, y, { epochs: 20, batchSize: 16, validationData: [x, y] });
  check((history.val_side_accuracy?.at(-1) ?? 0) > 0.8, "two outputs learn nothing");
  const [scores, sides] = await model.predictAll([x.left, x.right]);
  check(scores.shape[1] === 1 && sides?.shape[1] === 2, "predictAll gives other shapes");
  const first = await model.predict(x);
  check(first.data[0] === scores.data[0], "predict is not the first of predictAll");
  check(
    model.getLayer("side") instanceof Dense && plotModel(model).startsWith("<svg"),
    "no layer, no picture",
  );
  check(model.summary().includes("left"), "summary has no inputs");

  // Only some of the layers, by what is between them.
  const inner = new Model(left, shared.apply(left));
  check((await inner.predict(x.left)).shape[1] === 8, "a part of the graph");
  const features = new Model(model.inputs, model.getLayer("side").outputs);
  check((await features.predict(x)).shape[1] === 2, "a model that ends at a layer");
}

/** A trained Sequential, frozen, under another head. */
async function otherHead(): Promise<void> {
  const digits = new Sequential([
    new Dense(8, { activation: "relu", inputShape: [16], name: "features" }),
    new Dense(10, { activation: "softmax" }),
  ]);
  digits.trainable = false;
  const base = functional(digits);
  const [features] = base.getLayer("features").outputs;
  const letters = new Model(base.inputs, new Dense(26, { activation: "softmax" }).apply(features));
  letters.compile({ optimizer: new Adam(), loss: "sparseCategoricalCrossentropy" });
  const x = { data: waves(64), shape: [4, 16] };
  await letters.fit(x, Int32Array.of(0, 5, 9, 25), { epochs: 1 });
  check(letters.trainableWeights.length === 2, "frozen layers train");
}

/** Translates sequences: the decoder begins with the states of the encoder. */
async function encoderDecoder(): Promise<void> {
  const source = input([6], { name: "source", dtype: "int32" });
  const target = input([null, 3], { name: "target" });
  const embedded = new Embedding(10, 4, { maskZero: true }).apply(source);
  const [, h, c] = new LSTM(5, { returnState: true }).applyAll(embedded);
  const decoded = new LSTM(5, { returnSequences: true }).apply(target, { initialState: [h!, c!] });
  const outputs = new TimeDistributed(new Dense(2)).apply(decoded);
  const model = new Model([source, target], outputs);
  model.compile({ optimizer: new Adam(0.01), loss: "mse" });
  const x = [
    { data: Int32Array.from({ length: 48 }, (_, k) => k % 10), shape: [8, 6] },
    { data: waves(8 * 4 * 3), shape: [8, 4, 3] },
  ];
  const { loss } = await model.trainOnBatch(x, { data: waves(64), shape: [8, 4, 2] });
  check(Number.isFinite(loss), "the encoder and decoder have no loss");

  // With values at once.
  const [sequence, state] = new LSTM(3, { returnSequences: true, returnState: true }).applyAll(
    ones([2, 4, 3]),
  );
  check(sequence.rank === 3 && state?.rank === 2, "applyAll on values");
}

async function attention(): Promise<void> {
  const tokens = input([5], { dtype: "int32" });
  const embedded = new Embedding(12, 8, { maskZero: true }).apply(tokens);
  const attended = new MultiHeadAttention(2, 4, { dropout: 0.1 }).apply([embedded, embedded], {
    useCausalMask: true,
  });
  const model = new Model(tokens, new Dense(1).apply(new GlobalAveragePooling1D().apply(attended)));
  model.compile({ optimizer: new Adam(), loss: "mse" });
  await model.fit(
    [
      [1, 2, 3, 0, 0],
      [4, 5, 6, 7, 8],
    ],
    [0, 1],
    { epochs: 2 },
  );

  const layer = new MultiHeadAttention(2, 4);
  const query = tensor(waves(2 * 3 * 8), { shape: [2, 3, 8] });
  const value = tensor(waves(2 * 5 * 8, 0.7), { shape: [2, 5, 8] });
  const attentionMask = ones([2, 3, 5], { dtype: "bool" });
  const [mixed, scores] = layer.applyAll([query, value], { attentionMask, returnAttentionScores: true });
  check(mixed.shape.join() === "2,3,8" && scores?.shape.join() === "2,2,3,5", "attention has other shapes");
  const mask = [
    undefined,
    tensor(
      [
        [1, 1, 1, 0, 0],
        [1, 1, 1, 1, 1],
      ],
      { dtype: "bool" },
    ),
  ];
  const masked: Tensor = layer.apply([query, value], { mask });
  check(masked.shape.join() === "2,3,8", "attention with masks");
}

async function functionsByName(): Promise<void> {
  registerFunction("double", (x: Tensor) => multiply(x, 2));
  const model = new Sequential([new Dense(2, { inputShape: [3] }), new Lambda("double")]);
  const { data } = await model.predict([[1, 2, 3]]);
  check(data.length === 2, "a function as a layer");
}

export async function functionalModels(): Promise<void> {
  await severalInputsAndOutputs();
  await otherHead();
  await encoderDecoder();
  await attention();
  await functionsByName();
}
