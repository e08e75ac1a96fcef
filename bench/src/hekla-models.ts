import { Conv2D, Dense, Flatten, LSTM, MaxPooling2D, Sequential } from "@hekla/layers";
import { Adam, SGD } from "@hekla/optim";
import { makeWeights } from "./inputs.js";
import type { TrainingWork } from "./works.js";

function cnn(): Sequential {
  const dataFormat = "channelsFirst";
  return new Sequential([
    new Conv2D(20, 5, { padding: "same", activation: "relu", dataFormat, inputShape: [1, 28, 28] }),
    new MaxPooling2D(2),
    new Conv2D(50, 5, { padding: "same", activation: "relu", dataFormat }),
    new MaxPooling2D(2),
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

function lstm(): Sequential {
  return new Sequential([new LSTM(64, { inputShape: [50, 16] }), new Dense(1)]);
}

/** This project's model for a work, compiled, with the shared first weights. */
export function makeModel(work: TrainingWork): Sequential {
  const model = { cnn, mlp, lstm }[work.name]();
  const optimizer = work.name === "mlp" ? new SGD(0.01) : new Adam();
  model.compile({ optimizer, loss: work.loss });
  model.setWeights(work.layers.flatMap(makeWeights));
  return model;
}
