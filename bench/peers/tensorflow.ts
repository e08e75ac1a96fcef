import { createRequire } from "node:module";
import { dirname } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import type { PeerDescription, PreparedCase } from "../src/child.js";
import { makeBatch, makeWeights, permute, STREAMS, uniform } from "../src/inputs.js";
import type { Request } from "../src/protocol.js";
import { gemmCase, TRAINING_WORKS, type TrainingWork } from "../src/works.js";

type Step = PreparedCase["step"];

/** Which of TensorFlow.js's backends that need no GPU. */
export type TensorFlowBackend = "cpu" | "wasm";

/**
 * Chooses TensorFlow.js's backend, one thread both.
 *
 * Its wasm threads are switched off in Node by its own flag. With the flag set by hand and its workers' blob URLs
 * replaced by files, the threaded module loads, but `getThreadsCount()` stays 1 and no product gets faster.
 */
async function chooseBackend(name: TensorFlowBackend): Promise<string> {
  if (name === "cpu") {
    await import("@tensorflow/tfjs-backend-cpu");
    await tf.setBackend("cpu");
    return "1 thread, channels last";
  }
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(`${dirname(main)}/`);
  tf.env().set("WASM_HAS_SIMD_SUPPORT", true);
  await tf.setBackend("wasm");
  return "1 thread, SIMD, channels last";
}

function cnn(): tfl.Sequential {
  return tfl.sequential({
    layers: [
      tfl.layers.conv2d({
        filters: 20,
        kernelSize: 5,
        padding: "same",
        activation: "relu",
        inputShape: [28, 28, 1],
      }),
      tfl.layers.maxPooling2d({ poolSize: 2, strides: 2 }),
      tfl.layers.conv2d({ filters: 50, kernelSize: 5, padding: "same", activation: "relu" }),
      tfl.layers.maxPooling2d({ poolSize: 2, strides: 2 }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 500, activation: "relu" }),
      tfl.layers.dense({ units: 10, activation: "softmax" }),
    ],
  });
}

function mlp(): tfl.Sequential {
  return tfl.sequential({
    layers: [
      tfl.layers.dense({ units: 128, activation: "relu", inputShape: [784] }),
      tfl.layers.dense({ units: 128, activation: "relu" }),
      tfl.layers.dense({ units: 10, activation: "softmax" }),
    ],
  });
}

/** hardSigmoid is the default there; the orthogonal initializer needs chained ops, and the weights are set anyway. */
function lstm(): tfl.Sequential {
  return tfl.sequential({
    layers: [
      tfl.layers.lstm({
        units: 64,
        recurrentActivation: "sigmoid",
        recurrentInitializer: "glorotUniform",
        inputShape: [50, 16],
      }),
      tfl.layers.dense({ units: 1 }),
    ],
  });
}

/** The shared first weights; the first dense layer's rows are turned from (c, h, w) to (h, w, c). */
function initialWeights(work: TrainingWork): tf.Tensor[] {
  return work.layers.flatMap((layer, index) => {
    const weights = makeWeights(layer, index);
    const afterFlatten = layer.kind === "dense" && work.layers[index - 1]?.kind === "conv2d";
    if (afterFlatten) {
      weights[0]!.data = permute(weights[0]!.data, [50, 7, 7, layer.outputs], [1, 2, 0, 3]);
    }
    return weights.map(({ data, shape }) => tf.tensor(data, shape));
  });
}

function training(work: TrainingWork, batch: number): Step {
  const model = { cnn, mlp, lstm }[work.name]();
  const optimizer = work.name === "mlp" ? tf.train.sgd(0.01) : tf.train.adam();
  model.compile({ optimizer, loss: work.loss });
  model.setWeights(initialWeights(work));
  const { images, labels } = makeBatch(work, batch);
  const x = tf.tensor(images, [batch, ...(work.name === "cnn" ? [28, 28, 1] : work.inputShape)]);
  const y = tf.tensor(labels, [batch, work.outputs]);
  return async () => (await model.trainOnBatch(x, y)) as number;
}

function product(size: number): Step {
  const left = tf.tensor(uniform(STREAMS.left, size * size), [size, size]);
  const right = tf.tensor(uniform(STREAMS.right, size * size), [size, size]);
  return async () => {
    const result = tf.matMul(left, right);
    const values = await result.data();
    result.dispose();
    return values[0]!;
  };
}

/** TensorFlow.js as a peer, on one of its two backends that need no GPU. */
export async function tensorflow(backend: TensorFlowBackend, request: Request): Promise<PeerDescription> {
  const detail = await chooseBackend(backend);
  const cases =
    request.work === "gemm"
      ? request.sizes.map((size) => ({ name: gemmCase(size), prepare: async () => product(size) }))
      : [TRAINING_WORKS[request.work]].map((work) => ({
          name: work.name,
          prepare: async () => training(work, request.batch),
        }));
  return { version: `TensorFlow.js ${tf.version_core}`, detail, cases };
}
