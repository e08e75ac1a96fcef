import { wasm } from "@hekla/kernels-wasm";
import { type Backend, DeviceError, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConfigSchema, resolveConfig } from "./config.js";
import { DataSource } from "./data-source.js";
import { zoo } from "./registry.js";

// GPUs answer later, never at once. Whoever reads at once works on the CPU's backends only; here that fails.
const sentiment = { limit: 40, epochs: 1, units: 4, embedding: 4, vocabularySize: 60, length: 8 };
const smallest: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "mnist-perceptron": { limit: 64, epochs: 1 },
  "mnist-mlp": { limit: 64, epochs: 1, validationSplit: 0.25 },
  "mnist-cnn": { limit: 16, epochs: 1, batchSize: 16 },
  "si650-lstm": sentiment,
  "si650-bilstm": sentiment,
  "si650-gru": sentiment,
  "sine-stacked-lstm": { epochs: 1, units: 4, steps: 10, periods: 3 },
  "electricity-stacked-lstm": { epochs: 1, units: 4 },
  "power-lstm": { epochs: 1, units: 4, steps: 6, horizon: 2, stride: 60 },
  "recurrent-cell": { steps: 4, samples: 64, epochs: 1 },
  "cnn-lstm": { epochs: 1, samples: 40, frames: 3, size: 20, filters: 2, units: 4 },
  "translate-seq2seq": {
    ...{ epochs: 1, limit: 80, units: 4, embedding: 4, sourceWords: 20, targetWords: 20 },
    ...{ batchSize: 16, testShare: 0.3, beamWidth: 2 },
  },
  "char-lstm": {
    ...{ layers: 1, vocabularySize: 30, embedding: 4, units: 6, window: 16, batchSize: 512, epochs: 1 },
    dropout: 0.2,
  },
  cae: { limit: 24, epochs: 1, filters: 2 },
  vae: { limit: 24, epochs: 1, units: 8 },
  dqn: {
    ...{ frames: 240, framesPerEpoch: 120, learningStarts: 60, epsilonFrames: 100, batchSize: 8, units: 8 },
    ...{ double: true, dueling: true, replay: "prioritized", validationEpisodes: 2, testEpisodes: 3 },
  },
  gan: {
    ...{ limit: 48, batchSize: 16, epochs: 1, filters: 2, hidden: 4, latent: 4, frechetSamples: 40 },
    scorerEpochs: 1,
  },
  "hyperspectral-ae": { epochs: 1, bands: 40, warmup: 0 },
  "latent-physics": {
    ...{ grid: 16, simulations: 2, validationSimulations: 1, given: 3, horizon: 4, unroll: 3 },
    ...{ filters: 2, codeChannels: 1, units: 4, autoencoderEpochs: 1, epochs: 1, batchSize: 4 },
  },
};
/** Options of predictions. */
const asked = { text: "I like to read", draw: "grid", size: 2, values: 3, length: 5 };
/** Those values that a model has a field for. */
const known = (schema: ConfigSchema, values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(schema, name)));

let inner: Backend;
let atOnce = 0;
beforeAll(async () => {
  inner = await wasm({ threads: 1 });
  await useBackend({
    name: "asynchronous",
    dtypes: inner.dtypes,
    prepare: (plan) => inner.prepare(plan),
    prepareEach: (plan) => inner.prepareEach!(plan),
    upload: (data, dtype) => inner.upload(data, dtype),
    allocate: (size, dtype) => inner.allocate(size, dtype),
    write: (slot, data) => inner.write(slot, data),
    copy: (slot, from) => inner.copy(slot, from),
    read: async (slot) => {
      await new Promise(setImmediate); // others have a turn meanwhile
      return inner.read(slot);
    },
    readSync: () => {
      atOnce++;
      throw new DeviceError("asynchronous: cannot be read at once");
    },
    free: (slot) => inner.free(slot),
    memory: () => inner.memory(),
    dispose: () => {},
  });
});
afterAll(() => inner.dispose());

describe("no model reads values at once", () => {
  it.each(zoo.map((model) => [model.id, model] as const))("%s", async (id, model) => {
    const config = resolveConfig(model.config, known(model.config, smallest[id] ?? {}));
    const data = new DataSource({ synthetic: "always" });
    const { model: network, history } = await model.train({ config, data });
    expect(history["loss"]!.length).toBeGreaterThan(0);
    expect(history["loss"]!.every(Number.isFinite)).toBe(true);
    const { samples } = await model.evaluate({ config, data, model: network });
    expect(samples).toBeGreaterThan(0);
    expect((await network.toBytes()).length).toBeGreaterThan(0);
    if (model.predict.kind === "task") {
      const options = resolveConfig(model.predict.options, known(model.predict.options, asked));
      const shown = await model.predict.run({ config, data, model: network, options });
      expect(shown.text.length).toBeGreaterThan(0);
    } else {
      const read = await model.predict.read(network, { data: new Float32Array(784), shape: [1, 28, 28] });
      expect(read.shape[0]).toBe(1);
    }
    expect(atOnce).toBe(0);
  });

  it("has a small config for every model", () => {
    expect(Object.keys(smallest).sort()).toEqual(zoo.map(({ id }) => id).sort());
  });
});
