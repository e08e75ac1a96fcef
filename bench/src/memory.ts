import { wasm } from "@hekla/kernels-wasm";
import { Conv2D, Dense, Flatten, MaxPooling2D, Sequential } from "@hekla/layers";
import { Adam } from "@hekla/optim";
import { memory, useBackend } from "@hekla/tensor";
import { makeModel } from "./hekla-models.js";
import { makeBatch } from "./inputs.js";
import type { MemoryPoint, MemoryRequest } from "./memory-run.js";
import { CNN, MLP } from "./works.js";

/** A CNN small enough for 1 000 steps in half a minute; the layers are those of the lecture's. */
function smallCnn(): Sequential {
  const model = new Sequential([
    new Conv2D(4, 5, {
      padding: "same",
      activation: "relu",
      dataFormat: "channelsFirst",
      inputShape: [1, 28, 28],
    }),
    new MaxPooling2D(2),
    new Conv2D(8, 5, { padding: "same", activation: "relu", dataFormat: "channelsFirst" }),
    new MaxPooling2D(2),
    new Flatten(),
    new Dense(10, { activation: "softmax" }),
  ]);
  model.compile({ optimizer: new Adam(), loss: "categoricalCrossentropy" });
  return model;
}

async function train(name: string, model: Sequential, request: MemoryRequest): Promise<void> {
  const work = name === "mlp" ? MLP : CNN;
  const { images, imagesShape, labels, labelsShape } = makeBatch(work, request.batch);
  const x = { data: images, shape: imagesShape };
  const y = { data: labels, shape: labelsShape };
  for (let step = 1; step <= request.steps; step++) {
    const { loss } = await model.trainOnBatch(x, y);
    if (step !== 1 && step % 100 !== 0) continue;
    globalThis.gc?.();
    const { persistentBytes, arenaBytes, slots } = memory();
    const { heapUsed, rss } = process.memoryUsage();
    const point: MemoryPoint = {
      type: "memory",
      model: name,
      step,
      liveBytes: persistentBytes + arenaBytes,
      liveBuffers: slots,
      heapBytes: heapUsed,
      residentBytes: rss,
      loss: loss!,
    };
    process.stdout.write(`${JSON.stringify(point)}\n`);
  }
}

const request = JSON.parse(process.argv.at(-1)!) as MemoryRequest;
await useBackend(wasm({ threads: request.threads }));
await train("mlp", makeModel(MLP), request);
await train("small cnn", smallCnn(), request);
process.stdout.write("", () => process.exit(0));
