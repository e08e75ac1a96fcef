import { Dense, Embedding, GRU, Sequential, SpatialDropout1D } from "@hekla/layers";
import type { ZooModel } from "../model.js";
import {
  evaluateSi650,
  type JudgeSentences,
  judgeSentences,
  type Si650Schema,
  si650Config,
  si650Presets,
  trainSi650,
} from "./si650.js";

/**
 * `si650-lstm` with a GRU in place of the LSTM: two gates and one state, three quarters of the weights.
 * Source: Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014; Keras 3 `GRU`.
 */
export const si650Gru: ZooModel<Si650Schema, JudgeSentences> = {
  id: "si650-gru",
  title: "Sentiment GRU",
  doc: "A gated recurrent unit over the words of a sentence, then one sigmoid unit.",
  published: "",
  samples: "sentences",
  headline: ["accuracy", "loss"],
  config: si650Config,
  presets: si650Presets,

  build: (config) =>
    new Sequential(
      [
        new Embedding(config.vocabularySize + 2, config.embedding, { inputShape: [config.length] }),
        new SpatialDropout1D(config.spatialDropout),
        new GRU(config.units, {
          dropout: config.dropout,
          recurrentDropout: config.recurrentDropout,
        }),
        new Dense(1, { activation: "sigmoid" }),
      ],
      { name: "si650_gru", seed: config.seed },
    ),
  train: (context) => trainSi650(si650Gru.id, si650Gru.build(context.config), context),
  evaluate: evaluateSi650,
  predict: judgeSentences,
};
