import {
  Bidirectional,
  Conv2D,
  Dense,
  Embedding,
  Flatten,
  GRU,
  LSTM,
  MaxPooling2D,
  Sequential,
  SpatialDropout1D,
  UpSampling2D,
} from "@hekla/layers";
import { Adam, SGD } from "@hekla/optim";
import { makeWeights } from "./inputs.js";
import type { TrainingName, TrainingWork } from "./works.js";

const dataFormat = "channelsFirst";

function cnn(): Sequential {
  return new Sequential([
    new Conv2D(20, 5, { padding: "same", activation: "relu", dataFormat, inputShape: [1, 28, 28] }),
    new MaxPooling2D(2, { dataFormat }),
    new Conv2D(50, 5, { padding: "same", activation: "relu", dataFormat }),
    new MaxPooling2D(2, { dataFormat }),
    new Flatten(),
    new Dense(500, { activation: "relu" }),
    new Dense(10, { activation: "softmax" }),
  ]);
}

function mlp(): Sequential {
  return new Sequential([
    new Dense(128, { activation: "relu", inputShape: [784] }),
    new Dense(128, { activation: "relu" }),
    new Dense(10, { activation: "softmax" }),
  ]);
}

function cae(): Sequential {
  const same = { padding: "same", activation: "relu", dataFormat } as const;
  const pooling = () => new MaxPooling2D(2, { padding: "same", dataFormat });
  const upSampling = () => new UpSampling2D(2, { dataFormat });
  return new Sequential([
    new Conv2D(16, 3, { ...same, inputShape: [1, 28, 28] }),
    pooling(),
    new Conv2D(8, 3, same),
    pooling(),
    new Conv2D(8, 3, same),
    pooling(),
    new Conv2D(8, 3, same),
    upSampling(),
    new Conv2D(8, 3, same),
    upSampling(),
    new Conv2D(16, 3, { ...same, padding: "valid" }),
    upSampling(),
    new Conv2D(1, 3, { ...same, activation: "sigmoid" }),
  ]);
}

function lstm(): Sequential {
  return new Sequential([new LSTM(64, { inputShape: [50, 16] }), new Dense(1)]);
}

const embedding = () => new Embedding(2002, 128, { inputShape: [40] });

/** This project's networks, by the work that trains them. */
const NETWORKS: Readonly<Record<TrainingName, () => Sequential>> = {
  cnn,
  mlp,
  cae,
  lstm,
  "si650-lstm": () => new Sequential([embedding(), new LSTM(64), new Dense(1, { activation: "sigmoid" })]),
  "si650-bilstm": () =>
    new Sequential([embedding(), new Bidirectional(new LSTM(64)), new Dense(1, { activation: "sigmoid" })]),
  "si650-gru": () => new Sequential([embedding(), new GRU(64), new Dense(1, { activation: "sigmoid" })]),
  "si650-lstm-dropout": () =>
    new Sequential([
      embedding(),
      new SpatialDropout1D(0.2),
      new LSTM(64, { dropout: 0.2, recurrentDropout: 0.2 }),
      new Dense(1, { activation: "sigmoid" }),
    ]),
};

/** This project's model for a work, compiled, with the shared first weights. */
export function makeModel(work: TrainingWork): Sequential {
  const model = NETWORKS[work.name]();
  const optimizer = work.optimizer === "sgd" ? new SGD(0.01) : new Adam();
  model.compile({ optimizer, loss: work.loss });
  model.setWeights(work.layers.flatMap(makeWeights));
  return model;
}
