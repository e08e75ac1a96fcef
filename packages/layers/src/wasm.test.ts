import { wasm } from "@hekla/kernels-wasm";
import { Adam, optimizerFromConfig } from "@hekla/optim";
import { backend, type HostArray, HostRandom, reference, useBackend } from "@hekla/tensor";
import { afterEach, describe, expect, it } from "vitest";
import {
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  MaxPooling2D,
  type Model,
  modelFromBytes,
  Sequential,
} from "./index.js";

afterEach(async () => {
  await backend().dispose();
  await useBackend(reference());
});

const random = new HostRandom(4, "images");
const count = 70;
const x: HostArray = {
  data: Float32Array.from({ length: count * 100 }, () => random.uniform()),
  shape: [count, 1, 10, 10],
};
const y: HostArray = { data: Int32Array.from({ length: count }, (_, k) => k % 3), shape: [count] };
const options = { batchSize: 16, epochs: 3, validationSplit: 0.2 };

/** Convolution, pooling, dropout and dense layers under Adam: every part of a training step. */
function network(): Sequential {
  const model = new Sequential(
    [
      new Conv2D(4, 3, { activation: "relu", dataFormat: "channelsFirst", inputShape: [1, 10, 10] }),
      new MaxPooling2D(),
      new Flatten(),
      new Dense(33, { activation: "relu" }),
      new Dropout(0.25),
      new Dense(3, { activation: "softmax" }),
    ],
    { seed: 6 },
  );
  model.compile({ optimizer: new Adam(0.01), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

interface Outcome {
  readonly history: Readonly<Record<string, number[]>>;
  readonly bytes: Uint8Array;
}

/** A model trained on a backend, whole or as two runs with a file between them. */
async function trained(threads: number | "reference", resumed = false): Promise<Outcome> {
  await useBackend(threads === "reference" ? reference() : wasm({ threads }));
  let model: Model = network();
  if (resumed) {
    await model.fit(x, y, { ...options, epochs: 2 });
    model = modelFromBytes(await model.toBytes(), { optimizer: optimizerFromConfig });
  }
  const { history } = await model.fit(x, y, { ...options, initialEpoch: resumed ? 2 : 0 });
  return { history, bytes: await model.toBytes() };
}

describe("training on wasm", () => {
  it("gives the same bytes for any number of threads, compiled or not, whole or resumed", async () => {
    const { history, bytes } = await trained(1);
    expect(history.loss!.at(-1)).toBeLessThan(history.loss![0]!);
    expect(await trained(1)).toEqual({ history, bytes });
    expect(await trained(2)).toEqual({ history, bytes });
    expect((await trained(2, true)).bytes).toEqual(bytes);
    process.env.HEKLA_COMPILE = "0";
    try {
      expect(await trained(2)).toEqual({ history, bytes });
    } finally {
      delete process.env.HEKLA_COMPILE;
    }
  });

  it("follows the reference backend", async () => {
    const expected = (await trained("reference")).history;
    const { history } = await trained(2);
    for (const [name, values] of Object.entries(expected)) {
      values.forEach((value, epoch) => {
        expect(history[name]![epoch]).toBeCloseTo(value, 4);
      });
    }
  });

  it("keeps live bytes constant over 1 000 steps", async () => {
    await useBackend(wasm({ threads: 2 }));
    const model = network();
    await model.fit(x, y, options);
    const { persistentBytes, arenaBytes, slots } = backend().memory();
    const { epoch } = await model.fit(x, y, { ...options, epochs: 250 });
    expect(epoch.length * Math.ceil((count * 0.8) / 16)).toBe(1000);
    expect(backend().memory()).toMatchObject({ persistentBytes, arenaBytes, slots });
  });
});
