import { cae } from "./autoencoders/cae.js";
import { vae } from "./autoencoders/vae.js";
import { recurrentCell } from "./cells/recurrent-cell.js";
import { charLstm } from "./characters/char-lstm.js";
import { mnistCnn } from "./digits/mnist-cnn.js";
import { mnistMlp } from "./digits/mnist-mlp.js";
import { mnistPerceptron } from "./digits/mnist-perceptron.js";
import { latentPhysics } from "./flow/latent-physics.js";
import { electricityStackedLstm } from "./forecasting/electricity-stacked-lstm.js";
import { powerLstm } from "./forecasting/power-lstm.js";
import { sineStackedLstm } from "./forecasting/sine-stacked-lstm.js";
import { gan } from "./gan/gan.js";
import { hyperspectralAe } from "./hyperspectral/hyperspectral-ae.js";
import type { ZooModel } from "./model.js";
import { cnnLstm } from "./motion/cnn-lstm.js";
import { dqn } from "./reinforcement/dqn/dqn.js";
import { si650Bilstm } from "./sentiment/si650-bilstm.js";
import { si650Gru } from "./sentiment/si650-gru.js";
import { si650Lstm } from "./sentiment/si650-lstm.js";
import { translateSeq2seq } from "./translation/translate-seq2seq.js";

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
  cae,
  vae,
  dqn,
  gan,
  hyperspectralAe,
  latentPhysics,
] as readonly ZooModel[];

/** The model with this id, if there is one. */
export function findModel(id: string): ZooModel | undefined {
  return zoo.find((model) => model.id === id);
}
