// The app of scripts/bundle/mlp.ts with TensorFlow.js: an MLP, trained and asked, on its wasm backend. Its
// .wasm file is loaded beside it.
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { setBackend, tensor2d } from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";

type HostArray = { data: Float32Array; shape: [number, number] };

/** Trains on `x` [n, 784] and one-hot `y` [n, 10], then returns the class probabilities of `x`. */
export async function trainMlp(x: HostArray, y: HostArray) {
  setWasmPaths("./");
  await setBackend("wasm");
  const model = sequential({
    layers: [
      layers.dense({ units: 128, activation: "relu", inputShape: [784] }),
      layers.dense({ units: 128, activation: "relu" }),
      layers.dense({ units: 10, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer: "adam", loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  const inputs = tensor2d(x.data, x.shape);
  await model.fit(inputs, tensor2d(y.data, y.shape), { batchSize: 128, epochs: 5, verbose: 0 });
  const outputs = model.predict(inputs);
  return (Array.isArray(outputs) ? outputs[0]! : outputs).data();
}
