import { Dense, Embedding, LSTM, Sequential, SpatialDropout1D } from "@hekla/layers";
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
 * Is a sentence positive? `Embedding(2002, 128) -> SpatialDropout1D(0.2) -> LSTM(64) -> Dense(1), sigmoid` on the last 40 words.
 * Source: the 2020 lecture on SI650 (University of Michigan); published accuracy 0.980 on a random split, of whose test
 * sentences most stand in the training part as well.
 */
export const si650Lstm: ZooModel<Si650Schema, JudgeSentences> = {
  id: "si650-lstm",
  title: "Sentiment LSTM",
  doc: "An LSTM over the words of a sentence, then one sigmoid unit.",
  published: "test loss 0.072, accuracy 0.980 (random split)",
  samples: "sentences",
  headline: ["accuracy", "loss"],
  config: si650Config,
  presets: si650Presets,

  build: (config) =>
    new Sequential(
      [
        new Embedding(config.vocabularySize + 2, config.embedding, { inputShape: [config.length] }),
        new SpatialDropout1D(config.spatialDropout),
        new LSTM(config.units, {
          dropout: config.dropout,
          recurrentDropout: config.recurrentDropout,
        }),
        new Dense(1, { activation: "sigmoid" }),
      ],
      { name: "si650_lstm", seed: config.seed },
    ),
  train: (context) => trainSi650(si650Lstm.id, si650Lstm.build(context.config), context),
  evaluate: evaluateSi650,
  predict: judgeSentences,
};
