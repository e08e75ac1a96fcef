import {
  Add,
  AdditiveAttention,
  Attention,
  Bidirectional,
  Concatenate,
  Conv2D,
  ConvLSTM2D,
  Dense,
  Embedding,
  Flatten,
  GlobalAveragePooling1D,
  GRU,
  GRUCell,
  Input,
  input,
  LayerNormalization,
  LSTM,
  LSTMCell,
  Masking,
  Model,
  MultiHeadAttention,
  Permute,
  RepeatVector,
  RNN,
  Sequential,
  SimpleRNN,
  TimeDistributed,
} from "@hekla/layers";
import { Adam, Adamax, AdamW, RMSprop, SGD } from "@hekla/optim";
import type { TrainingCases } from "./training-case.js";

function translator(): Model {
  const source = input([null], { dtype: "int32", name: "source" });
  const target = input([null], { dtype: "int32", name: "target" });
  const words = new Embedding(6, 2, { maskZero: true, name: "words" }).apply(source);
  const [, hidden, cell] = new LSTM(3, { returnState: true, name: "encoder" }).applyAll(words);
  const tokens = new Embedding(5, 2, { maskZero: true, name: "tokens" }).apply(target);
  const decoded = new LSTM(3, { returnSequences: true, name: "decoder" }).apply(tokens, {
    initialState: [hidden!, cell!],
  });
  return new Model([source, target], new Dense(5, { activation: "softmax", name: "next" }).apply(decoded));
}

function transformer(): Model {
  const ids = input([5], { dtype: "int32", name: "ids" });
  const words = new Embedding(7, 4, { maskZero: true, name: "embedding" }).apply(ids);
  const attended = new MultiHeadAttention(2, 3, { name: "attention" }).apply([words, words], {
    useCausalMask: true,
  });
  const sum = new Add({ name: "residual" }).apply([words, attended]);
  const first = new LayerNormalization({ name: "first" }).apply(sum);
  const up = new Dense(6, { activation: "gelu", name: "up" }).apply(first);
  const down = new Dense(4, { name: "down" }).apply(up);
  const around = new Add({ name: "around" }).apply([first, down]);
  const second = new LayerNormalization({ name: "second" }).apply(around);
  const mean = new GlobalAveragePooling1D({ name: "mean" }).apply(second);
  return new Model(ids, new Dense(3, { name: "scores" }).apply(mean));
}

function aligner(): Model {
  const query = input([4], { dtype: "int32", name: "query" });
  const memory = input([6], { dtype: "int32", name: "memory" });
  const words = new Embedding(7, 3, { maskZero: true, name: "words" });
  const lstm = new LSTM(3, { returnSequences: true });
  const both = new Bidirectional(lstm, { mergeMode: "sum", name: "both" });
  const [q, v] = [both.apply(words.apply(query)), both.apply(words.apply(memory))];
  const dot = new Attention({ useScale: true, name: "dot" }).apply([q, v]);
  const additive = new AdditiveAttention({ name: "additive" }).apply([q, v]);
  const joined = new Concatenate({ name: "joined" }).apply([q, dot, additive]);
  const mean = new GlobalAveragePooling1D({ name: "mean" }).apply(joined);
  return new Model([query, memory], new Dense(1, { activation: "sigmoid", name: "end" }).apply(mean));
}

/** Sequences, with masks, states and attention: `scripts/golden/training_sequences.py`. */
export const sequences: TrainingCases = {
  "embedding with mask, LSTM, binary crossentropy": {
    model: () =>
      new Sequential([
        new Input([6], { dtype: "int32" }),
        new Embedding(7, 3, { maskZero: true }),
        new LSTM(4),
        new Dense(1, { activation: "sigmoid" }),
      ]),
    compile: () => ({
      optimizer: new Adam(0.03),
      loss: "binaryCrossentropy",
      metrics: ["binaryAccuracy"],
    }),
    fit: () => ({ batchSize: 4 }),
  },
  "masked bidirectional GRU with sample weights": {
    model: () =>
      new Sequential([
        new Input([5, 2]),
        new Masking(),
        new Bidirectional(new GRU(3, { returnSequences: true })),
        new GRU(3, { resetAfter: false }),
        new Dense(1),
      ]),
    compile: () => ({
      optimizer: new SGD(0.1, { momentum: 0.8, nesterov: true }),
      loss: "mse",
      metrics: ["mae"],
      weightedMetrics: ["mse"],
    }),
    fit: () => ({ batchSize: 4 }),
  },
  "stateful LSTM over two epochs": {
    model: () =>
      new Sequential([
        new Input([3, 2]),
        new LSTM(3, { stateful: true, returnSequences: true }),
        new SimpleRNN(3, { stateful: true }),
        new Dense(1),
      ]),
    compile: () => ({ optimizer: new Adam(0.03), loss: "mse" }),
    fit: () => ({ batchSize: 4 }),
  },
  "encoder and decoder with initial state and masked targets": {
    model: translator,
    compile: () => ({ optimizer: new Adam(0.02), loss: "sparseCategoricalCrossentropy" }),
    fit: () => ({ batchSize: 4, epochs: 4 }),
  },
  "layers over time with masks, metrics by masks": {
    model: () =>
      new Sequential([
        new Input([5], { dtype: "int32" }),
        new Embedding(6, 3, { maskZero: true }),
        new LSTM(4, { returnSequences: true, goBackwards: true }),
        new TimeDistributed(new Dense(3, { activation: "tanh" })),
        new TimeDistributed(new Dense(2)),
      ]),
    compile: () => ({ optimizer: new Adamax(0.05), loss: "mse", metrics: ["mae"] }),
    fit: () => ({ batchSize: 4 }),
  },
  "stacked cells and repeated vectors": {
    model: () =>
      new Sequential([
        new Input([4, 2]),
        new RNN([new LSTMCell(3), new GRUCell(2)]),
        new RepeatVector(3),
        new SimpleRNN(3, { returnSequences: true, unroll: true }),
        new Permute([2, 1]),
        new Dense(2, { activation: "tanh" }),
        new Flatten(),
        new Dense(2),
      ]),
    compile: () => ({ optimizer: new RMSprop(0.01), loss: "mae", metrics: ["mse"] }),
    fit: () => ({ batchSize: 4 }),
  },
  "transformer block by AdamW": {
    model: transformer,
    compile: () => {
      const optimizer = new AdamW(0.02, { weightDecay: 0.05, epsilon: 1e-3 });
      optimizer.excludeFromWeightDecay({ varNames: ["bias", "gamma", "beta"] });
      const loss = { name: "sparseCategoricalCrossentropy", fromLogits: true };
      return { optimizer, loss, metrics: ["accuracy"] };
    },
    fit: () => ({ batchSize: 4, epochs: 4 }),
  },
  "convolutional LSTM over pictures, and convolutions at each step": {
    model: () =>
      new Sequential([
        new Input([3, 5, 4, 1]),
        new TimeDistributed(new Conv2D(2, 2, { activation: "tanh" })),
        new ConvLSTM2D(2, 2, { padding: "same", returnSequences: true }),
        new ConvLSTM2D(1, 2),
        new Flatten(),
        new Dense(1),
      ]),
    compile: () => ({ optimizer: new Adam(0.02), loss: "mse", metrics: ["mae"] }),
    fit: () => ({ batchSize: 3 }),
  },
  "attention between sentences, of a shared bidirectional LSTM": {
    model: aligner,
    compile: () => ({
      optimizer: new Adam(0.03),
      loss: "binaryCrossentropy",
      metrics: ["binaryAccuracy"],
    }),
    fit: () => ({ batchSize: 4 }),
  },
};
