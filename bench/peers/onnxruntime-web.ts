import * as ort from "onnxruntime-web";
import { outputsCheck, type PeerDescription, type Step, serve } from "../src/child.js";
import { makeBatch, STREAMS, uniform } from "../src/inputs.js";
import type { Request } from "../src/protocol.js";
import type { GemmShape, InferenceWork } from "../src/works.js";
import { cnnModel, productModel } from "./onnx-model.js";

function session(model: Uint8Array): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
}

async function product(shape: GemmShape): Promise<Step> {
  const { rows, inner, columns } = shape;
  const program = await session(productModel(shape));
  const left = new ort.Tensor("float32", uniform(STREAMS.left, rows * inner), [rows, inner]);
  const right = new ort.Tensor("float32", uniform(STREAMS.right, inner * columns), [inner, columns]);
  return async () => {
    const { result } = await program.run({ left, right });
    return ((await result!.getData()) as Float32Array)[0]!;
  };
}

async function inference({ network }: InferenceWork, batch: number): Promise<Step> {
  const program = await session(cnnModel(network, batch));
  const { images: data, imagesShape } = makeBatch(network, batch);
  const images = new ort.Tensor("float32", data, imagesShape);
  return async () => {
    const { result } = await program.run({ images });
    return outputsCheck((await result!.getData()) as Float32Array, network.outputs);
  };
}

async function load(request: Request): Promise<PeerDescription> {
  ort.env.wasm.numThreads = request.threads;
  const detail = `wasm, ${request.threads} thread(s), operands copied in, channels first`;
  return { version: `onnxruntime-web ${ort.env.versions.web}`, detail, product, inference };
}

await serve(load);
