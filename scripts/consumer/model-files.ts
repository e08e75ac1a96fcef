// Saving and loading: whole models, weights alone, bytes, and training that goes on where it stopped.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Config,
  Dense,
  Model as FunctionalModel,
  input,
  type LoadOptions,
  loadModel,
  type Model,
  modelFromBytes,
  type SaveFormat,
  type SaveOptions,
} from "@hekla/layers";
import { Adam, optimizerFromConfig } from "@hekla/optim";
import { DataError, type HostArray } from "@hekla/tensor";
import { check, waves } from "./check.js";

function network(): Model {
  const place = input([3]);
  return new FunctionalModel(place, new Dense(1).apply(new Dense(4, { activation: "relu" }).apply(place)));
}

const x = { data: waves(60), shape: [20, 3] };
const y = { data: waves(20, 0.6), shape: [20, 1] };
const same = (a: HostArray, b: HostArray): boolean => a.data.every((value, index) => value === b.data[index]);

async function files(folder: string): Promise<void> {
  const model = network();
  model.compile({ optimizer: new Adam(0.01), loss: "mse", metrics: ["mae"] });
  await model.fit(x, y, { epochs: 3 });
  const kept = await model.predict(x);

  const withOptimizer: LoadOptions = { optimizer: optimizerFromConfig };
  for (const name of ["model.keras", "model.safetensors"]) {
    await model.save(join(folder, name));
    check(
      same(await (await loadModel(join(folder, name))).predict(x), kept),
      `${name} predicts something else`,
    );
    const trainable = await loadModel(join(folder, name), withOptimizer);
    await trainable.fit(x, y, { initialEpoch: 3, epochs: 4 });
  }
  await model.saveWeights(join(folder, "model.weights.h5"));
  const other = network();
  await other.loadWeights(join(folder, "model.weights.h5"));
  check(same(await other.predict(x), kept), "weights alone predict something else");

  const formats: readonly SaveFormat[] = ["keras", "safetensors"];
  for (const format of formats) {
    const options: SaveOptions = { format, includeOptimizer: false };
    const bytes: Uint8Array = await model.toBytes(options);
    check(same(await modelFromBytes(bytes).predict(x), kept), `bytes of ${format} predict something else`);
  }
  const config: Config = model.getConfig();
  check(JSON.stringify(config).includes("relu"), "the config has no activation");
  const weights = await model.getWeights();
  other.setWeights(weights);
  const error: unknown = await loadModel(join(folder, "model.weights.h5")).catch((reason: unknown) => reason);
  check(error instanceof DataError, "weights alone count as a model");
}

export async function modelFiles(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "hekla-consumer-"));
  try {
    await files(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
