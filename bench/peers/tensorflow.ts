import { createRequire } from "node:module";
import { dirname } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { outputsCheck, type PeerDescription, type Step } from "../src/child.js";
import { makeBatch, STREAMS, uniform } from "../src/inputs.js";
import type { GemmShape, InferenceWork, TrainingWork } from "../src/works.js";
import { registerMissingKernels, replaceSlowKernels } from "./tensorflow-kernels.js";
import { makeModel } from "./tensorflow-models.js";

/**
 * Which of TensorFlow.js's backends that need no GPU; `composed` is wasm with the kernels that it lacks,
 * `tuned` has some of its own replaced as well.
 */
export type TensorFlowBackend = "cpu" | "wasm" | "composed" | "tuned";

/**
 * Chooses TensorFlow.js's backend, one thread both.
 *
 * Its wasm threads are switched off in Node by its own flag. With the flag set by hand,
 * `setThreadsCount(2)`, its workers' blob URLs replaced by files and four processors feigned, the threaded
 * module says two threads, but no product gets faster, and its process uses the time of one.
 */
export async function chooseBackend(name: TensorFlowBackend): Promise<string> {
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
  if (name === "wasm") return "1 thread, SIMD, channels last";
  registerMissingKernels();
  if (name === "composed") return "1 thread, SIMD, channels last, missing kernels composed of its ops";
  replaceSlowKernels();
  return "1 thread, SIMD, channels last, missing and slow kernels composed of its ops";
}

/** Images of one channel are the same numbers channels last. */
function imagesOf(work: TrainingWork, images: Float32Array, shape: readonly number[]): tf.Tensor {
  const { kind } = work.layers[0]!;
  return tf.tensor(images, kind === "conv2d" ? [shape[0]!, shape[2]!, shape[3]!, shape[1]!] : [...shape]);
}

function training(work: TrainingWork, batch: number): Step {
  const { model, beforeStep } = makeModel(work);
  const { images, imagesShape, labels, labelsShape } = makeBatch(work, batch);
  const x = imagesOf(work, images, imagesShape);
  const y = work.targets === "inputs" ? x : tf.tensor(labels, labelsShape);
  return async () => {
    beforeStep();
    const loss = (await model.trainOnBatch(x, y)) as number;
    return work.dropout === undefined ? loss : null;
  };
}

function inference({ network }: InferenceWork, batch: number): Step {
  const { model } = makeModel(network);
  const { images, imagesShape } = makeBatch(network, batch);
  const x = imagesOf(network, images, imagesShape);
  return async () => {
    const outputs = model.predictOnBatch(x) as tf.Tensor;
    const values = await outputs.data();
    outputs.dispose();
    return outputsCheck(values, network.outputs);
  };
}

function product({ rows, inner, columns }: GemmShape): Step {
  const left = tf.tensor(uniform(STREAMS.left, rows * inner), [rows, inner]);
  const right = tf.tensor(uniform(STREAMS.right, inner * columns), [inner, columns]);
  return async () => {
    const result = tf.matMul(left, right);
    const values = await result.data();
    result.dispose();
    return values[0]!;
  };
}

/** TensorFlow.js as a peer. */
export async function tensorflow(backend: TensorFlowBackend): Promise<PeerDescription> {
  const detail = await chooseBackend(backend);
  return { version: `TensorFlow.js ${tf.version_core}`, detail, training, inference, product };
}
