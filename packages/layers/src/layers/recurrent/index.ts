export { Bidirectional, type BidirectionalOptions, type MergeMode } from "./bidirectional.js";
export type { GatedCellOptions, SimpleRNNCellOptions } from "./cell-settings.js";
export {
  ConvLSTM1D,
  type ConvLSTM1DOptions,
  ConvLSTM2D,
  type ConvLSTM2DOptions,
  ConvLSTM3D,
  type ConvLSTM3DOptions,
  type ConvLSTMOptions,
} from "./conv-lstm.js";
export { GRU, type GRUOptions } from "./gru.js";
export { GRUCell, type GRUCellOptions } from "./gru-cell.js";
export type { SequenceOptions, SequenceResult } from "./kernel-cell.js";
export { LSTM, type LSTMOptions } from "./lstm.js";
export { LSTMCell, type LSTMCellOptions } from "./lstm-cell.js";
export { RNN, type RNNOptions } from "./rnn.js";
export { RNNCell } from "./rnn-cell.js";
export { SimpleRNN, type SimpleRNNOptions } from "./simple-rnn.js";
export { SimpleRNNCell } from "./simple-rnn-cell.js";
export { StackedRNNCells } from "./stacked-rnn-cells.js";
export { TimeDistributed } from "./time-distributed.js";
