// The app whose size the bundle check weighs: an MLP, trained and asked, on the wasm backend.
import { wasm } from "@hekla/kernels-wasm/dense";
import { Dense, Sequential } from "@hekla/layers";
import { Adam } from "@hekla/optim";
import { useBackend } from "@hekla/tensor";

type HostArray = { data: Float32Array; shape: number[] };

/** Trains on `x` [n, 784] and one-hot `y` [n, 10], then returns the class probabilities of `x`. */
export async function trainMlp(x: HostArray, y: HostArray) {
  await useBackend(wasm());
  const model = new Sequential([
    new Dense(128, { activation: "relu", inputShape: [784] }),
    new Dense(128, { activation: "relu" }),
    new Dense(10, { activation: "softmax" }),
  ]);
  model.compile({ optimizer: new Adam(), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  await model.fit(x, y, { batchSize: 128, epochs: 5, seed: 1 });
  return model.predict(x);
}
