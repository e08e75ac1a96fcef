import { wasm } from "@hekla/kernels-wasm";
import { matmul, tensor, useBackend } from "@hekla/tensor";
import { type PeerDescription, type PreparedCase, serve } from "./child.js";
import { makeModel } from "./hekla-models.js";
import { makeBatch, STREAMS, uniform } from "./inputs.js";
import type { Request } from "./protocol.js";
import { gemmCase, TRAINING_WORKS, type TrainingWork } from "./works.js";

type Step = PreparedCase["step"];

function training(work: TrainingWork, batch: number): Step {
  const model = makeModel(work);
  const { images, labels } = makeBatch(work, batch);
  const x = { data: images, shape: [batch, ...work.inputShape] };
  const y = { data: labels, shape: [batch, work.outputs] };
  return async () => (await model.trainOnBatch(x, y)).loss!;
}

function product(size: number): Step {
  const left = tensor(uniform(STREAMS.left, size * size), { shape: [size, size] });
  const right = tensor(uniform(STREAMS.right, size * size), { shape: [size, size] });
  return async () => {
    using result = matmul(left, right);
    return (await result.data())[0]!;
  };
}

async function load(request: Request): Promise<PeerDescription> {
  await useBackend(wasm({ threads: request.threads }));
  const cases =
    request.work === "gemm"
      ? request.sizes.map((size) => ({ name: gemmCase(size), prepare: async () => product(size) }))
      : [TRAINING_WORKS[request.work]].map((work) => ({
          name: work.name,
          prepare: async () => training(work, request.batch),
        }));
  const detail = `wasm, ${request.threads} thread(s) asked for, compiled step, channels first`;
  return { version: "this checkout, bundled from source", detail, cases };
}

await serve(load);
