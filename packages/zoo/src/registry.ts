import { charLstm } from "./char-lstm.js";
import { cnnLstm } from "./cnn-lstm.js";
import { electricityStackedLstm } from "./electricity-stacked-lstm.js";
import { mnistCnn } from "./mnist-cnn.js";
import { mnistMlp } from "./mnist-mlp.js";
import { mnistPerceptron } from "./mnist-perceptron.js";
import type { ZooModel } from "./model.js";
import { powerLstm } from "./power-lstm.js";
import { recurrentCell } from "./recurrent-cell.js";
import { si650Bilstm } from "./si650-bilstm.js";
import { si650Gru } from "./si650-gru.js";
import { si650Lstm } from "./si650-lstm.js";
import { sineStackedLstm } from "./sine-stacked-lstm.js";
import { translateSeq2seq } from "./translate-seq2seq.js";

/** Every model of the zoo, in the order in which the lecture shows them. */
export const zoo: readonly ZooModel[] = [
  mnistPerceptron,
  mnistMlp,
  mnistCnn,
  si650Lstm,
  si650Bilstm,
  si650Gru,
  sineStackedLstm,
  electricityStackedLstm,
  powerLstm,
  recurrentCell,
  cnnLstm,
  translateSeq2seq,
  charLstm,
] as readonly ZooModel[];

/** The model with this id, if there is one. */
export function findModel(id: string): ZooModel | undefined {
  return zoo.find((model) => model.id === id);
}
