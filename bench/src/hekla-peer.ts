import { wasm } from "@hekla/kernels-wasm";
import { matmul, tensor, useBackend } from "@hekla/tensor";
import { outputsCheck, type PeerDescription, type Step } from "./child.js";
import { makeModel } from "./hekla-models.js";
import { makeBatch, STREAMS, uniform } from "./inputs.js";
import type { Request } from "./protocol.js";
import type { GemmShape, InferenceWork, TrainingWork } from "./works.js";

function training(work: TrainingWork, batch: number): Step {
  const model = makeModel(work);
  const { images, imagesShape, labels, labelsShape } = makeBatch(work, batch);
  const x = { data: images, shape: imagesShape };
  const y = { data: labels, shape: labelsShape };
  return async () => {
    const { loss } = await model.trainOnBatch(x, y);
    return work.dropout === undefined ? loss! : null;
  };
}

function inference({ network }: InferenceWork, batch: number): Step {
  const model = makeModel(network);
  const { images, imagesShape } = makeBatch(network, batch);
  const x = { data: images, shape: imagesShape };
  return async () => {
    const outputs = await model.predict(x, { batchSize: batch });
    return outputsCheck(outputs.data as Float32Array, network.outputs);
  };
}

function product({ rows, inner, columns }: GemmShape): Step {
  const left = tensor(uniform(STREAMS.left, rows * inner), { shape: [rows, inner] });
  const right = tensor(uniform(STREAMS.right, inner * columns), { shape: [inner, columns] });
  return async () => {
    using result = matmul(left, right);
    return (await result.data())[0]!;
  };
}

/** This project as a peer, on its wasm backend with or without relaxed SIMD. */
export async function heklaPeer(
  request: Request,
  { relaxedSimd }: { relaxedSimd: boolean },
): Promise<PeerDescription> {
  await useBackend(wasm({ threads: request.threads, relaxedSimd }));
  const instructions = relaxedSimd ? "" : " without relaxed SIMD";
  return {
    version: "this checkout, bundled from source",
    detail: `wasm${instructions}, ${request.threads} thread(s) asked for, compiled step, channels first`,
    training,
    inference,
    product,
  };
}
