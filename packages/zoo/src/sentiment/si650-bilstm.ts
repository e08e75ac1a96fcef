import { Bidirectional, Dense, Embedding, LSTM, Sequential, SpatialDropout1D } from "@hekla/layers";
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
 * `si650-lstm` with a second LSTM that reads the sentence from its end; the last states of both stand side by side.
 * Source: Schuster, Paliwal, "Bidirectional recurrent neural networks", 1997; named by the 2020 lecture.
 */
export const si650Bilstm: ZooModel<Si650Schema, JudgeSentences> = {
  id: "si650-bilstm",
  title: "Sentiment LSTM in both directions",
  doc: "Two LSTMs, one from each end of a sentence, then one sigmoid unit.",
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
        new Bidirectional(
          new LSTM(config.units, { dropout: config.dropout, recurrentDropout: config.recurrentDropout }),
        ),
        new Dense(1, { activation: "sigmoid" }),
      ],
      { name: "si650_bilstm", seed: config.seed },
    ),
  train: (context) => trainSi650(si650Bilstm.id, si650Bilstm.build(context.config), context),
  evaluate: evaluateSi650,
  predict: judgeSentences,
};
