import {
  Bidirectional,
  ConvLSTM1D,
  ConvLSTM2D,
  ConvLSTM3D,
  Dense,
  Dropout,
  GRU,
  GRUCell,
  LSTM,
  LSTMCell,
  RNN,
  SimpleRNN,
  SimpleRNNCell,
  StackedRNNCells,
  TimeDistributed,
} from "../../index.js";
import { testLayer } from "../../testing/test-layer.js";

const parts = ["kernel", "recurrent_kernel", "bias"];
const of = (path: string, names = parts): string[] => names.map((name) => `${path}/${name}`);
const sequences = [2, 4, 3];
const weights = (path: string) => ({ weights: of(path) });

const cellInputs = [
  [2, 3],
  [2, 4],
];
testLayer("SimpleRNNCell", () => new SimpleRNNCell(4), cellInputs, { weights: parts });
testLayer("GRUCell", () => new GRUCell(4, { dropout: 0.3 }), cellInputs, { weights: parts });
testLayer("LSTMCell", () => new LSTMCell(4, { useBias: false }), [...cellInputs, [2, 4]], {
  weights: ["kernel", "recurrent_kernel"],
});
testLayer(
  "StackedRNNCells",
  () => new StackedRNNCells([new LSTMCell(4), new GRUCell(5), new LSTMCell(2)]),
  [
    [2, 3],
    [2, 4],
    [2, 4],
    [2, 5],
    [2, 2],
    [2, 2],
  ],
  { weights: [...of("lstm_cell"), ...of("gru_cell"), ...of("lstm_cell_1")] },
);

testLayer("SimpleRNN", () => new SimpleRNN(4, { activation: "relu" }), sequences, weights("simple_rnn_cell"));
testLayer(
  "SimpleRNN with dropout",
  () => new SimpleRNN(4, { dropout: 0.3, recurrentDropout: 0.2 }),
  sequences,
  {
    ...weights("simple_rnn_cell"),
  },
);
testLayer(
  "GRU",
  () => new GRU(4, { returnSequences: true, kernelRegularizer: "l2", recurrentConstraint: "maxNorm" }),
  sequences,
  weights("gru_cell"),
);
testLayer(
  "GRU of version 1",
  () => new GRU(4, { resetAfter: false, implementation: 1, dropout: 0.2, goBackwards: true, seed: 4 }),
  sequences,
  weights("gru_cell"),
);
testLayer("LSTM", () => new LSTM(4, { returnState: true }), sequences, weights("lstm_cell"));
testLayer(
  "LSTM with everything",
  () =>
    new LSTM(4, {
      activation: "elu",
      recurrentActivation: "hardSigmoid",
      kernelInitializer: "heNormal",
      recurrentInitializer: "glorotUniform",
      biasInitializer: "ones",
      unitForgetBias: false,
      recurrentRegularizer: "l1",
      biasConstraint: "nonNeg",
      activityRegularizer: "l2",
      dropout: 0.2,
      recurrentDropout: 0.3,
      returnSequences: true,
      returnState: true,
      zeroOutputForMask: true,
    }),
  sequences,
  weights("lstm_cell"),
);
testLayer("LSTM unrolled", () => new LSTM(4, { unroll: true }), sequences, weights("lstm_cell"));
testLayer("LSTM with initial states", () => new LSTM(4), [sequences, [2, 4], [2, 4]], weights("lstm_cell"));
testLayer("LSTM with state", () => new LSTM(4, { stateful: true }), sequences, {
  ...weights("lstm_cell"),
  // Each call goes on from the one before.
  learns: false,
});
testLayer(
  "RNN",
  () => new RNN([new LSTMCell(4), new GRUCell(3, { resetAfter: false })], { returnState: true }),
  sequences,
  { weights: [...of("stacked_rnn_cells/lstm_cell"), ...of("stacked_rnn_cells/gru_cell")] },
);
testLayer("Bidirectional", () => new Bidirectional(new LSTM(4, { returnSequences: true })), sequences, {
  weights: [...of("forward_lstm/lstm_cell"), ...of("backward_lstm/lstm_cell")],
});
testLayer(
  "Bidirectional of two layers",
  () =>
    new Bidirectional(new GRU(4, { returnState: true }), {
      mergeMode: null,
      backwardLayer: new SimpleRNN(4, { returnState: true, goBackwards: true, name: "back" }),
    }),
  sequences,
  { weights: [...of("forward_gru/gru_cell"), ...of("back/simple_rnn_cell")] },
);
testLayer(
  "Bidirectional of cells",
  () => new Bidirectional(new RNN(new GRUCell(4)), { mergeMode: "ave" }),
  [sequences, [2, 4], [2, 4]],
  { weights: [...of("forward_rnn/gru_cell"), ...of("backward_rnn/gru_cell")] },
);
testLayer("TimeDistributed", () => new TimeDistributed(new Dense(4, { activation: "tanh" })), sequences, {
  weights: of("dense", ["kernel", "bias"]),
});
testLayer("TimeDistributed Dropout", () => new TimeDistributed(new Dropout(0.4)), [20, 4, 3]);
testLayer(
  "TimeDistributed LSTM",
  () => new TimeDistributed(new LSTM(4, { recurrentDropout: 0.2 })),
  [2, 3, 4, 3],
  weights("lstm/lstm_cell"),
);
testLayer(
  "ConvLSTM1D",
  () => new ConvLSTM1D(2, 3, { strides: 2, dropout: 0.2, recurrentDropout: 0.3 }),
  [2, 3, 6, 2],
  weights("conv_lstm_cell"),
);
testLayer(
  "ConvLSTM2D",
  () => new ConvLSTM2D(2, [2, 3], { padding: "same", returnState: true }),
  [2, 3, 4, 5, 2],
  weights("conv_lstm_cell"),
);
testLayer(
  "ConvLSTM2D channels first",
  () => new ConvLSTM2D(2, 2, { dataFormat: "channelsFirst", returnSequences: true, dropout: 0.1 }),
  [2, 3, 2, 4, 5],
  weights("conv_lstm_cell"),
);
testLayer(
  "ConvLSTM3D",
  () => new ConvLSTM3D(2, 2, { useBias: false, activation: "relu", recurrentActivation: "hardSigmoid" }),
  [2, 2, 3, 3, 2, 1],
  { weights: of("conv_lstm_cell", ["kernel", "recurrent_kernel"]) },
);
