import type * as FileSystem from "node:fs/promises";
import type { Model } from "@hekla/layers";
import { DataError } from "@hekla/tensor";
import { type ConfigOf, resolveConfig } from "../config.js";
import { keepConfig } from "../train-network.js";
import type { DigitsSchema } from "./digits-config.js";
import { mnistCnn } from "./mnist-cnn.js";
import { mnistMlp } from "./mnist-mlp.js";
import { decodeWeightFile } from "./weight-file.js";

/** Models that come with trained weights. */
export type PretrainedId = "mnist-cnn" | "mnist-mlp";

// Written out, so that bundlers see the files; `../../` leads from the source, from dist/digits and from
// dist/bundle to the package.
const shipped = {
  "mnist-cnn": {
    model: mnistCnn,
    url: new URL("../../weights/mnist-cnn.safetensors", import.meta.url),
  },
  "mnist-mlp": {
    model: mnistMlp,
    url: new URL("../../weights/mnist-mlp.safetensors", import.meta.url),
  },
} as const;

export interface PretrainedOptions {
  /** The content of the file of weights, where it does not lie beside the package. */
  readonly bytes?: Uint8Array;
}

/**
 * A network with the weights that come with the package: `mnist-cnn` and `mnist-mlp`, trained on MNIST by
 * their own recipes with seed 1, in half precision. Its input is `[samples, 1, 28, 28]` for the CNN,
 * `[samples, 784]` for the MLP, values 0 to 1; `mnistCnn.predict.read` takes pictures in either shape.
 * @throws DataError for a file that is missing or damaged
 */
export async function pretrained(id: PretrainedId, { bytes }: PretrainedOptions = {}): Promise<Model> {
  const entry = shipped[id];
  const known = Object.keys(shipped).join(", ");
  if (!entry) {
    throw new DataError(`pretrained: there are no such weights, got "${id}", expected one of ${known}`);
  }
  const source = bytes ? `weights of ${id}` : entry.url.href;
  const file = decodeWeightFile(bytes ?? (await contentOf(entry.url)), source);
  if (file.model !== id) {
    throw new DataError(`pretrained: ${source}: holds another model, got ${file.model}, expected ${id}`);
  }
  const config: ConfigOf<DigitsSchema> = resolveConfig(entry.model.config, file.config);
  const network = entry.model.build(config);
  const values = network.namedWeights().map(([name, { shape }]) => {
    const found = file.tensors.get(name);
    if (found?.shape.join() === shape.join()) return found;
    const got = found ? `[${found.shape}]` : "nothing";
    throw new DataError(`pretrained: ${source}: ${name} does not fit, got ${got}, expected [${shape}]`);
  });
  network.setWeights(values);
  keepConfig(network, id, config);
  return network;
}

/** Reads a file of the package: in Node from the disk, in a page over the net. */
async function contentOf(url: URL): Promise<Uint8Array> {
  const unreadable = (got: string) =>
    new DataError(`pretrained: ${url.href}: the file cannot be read, got ${got}, expected weights`);
  try {
    if (url.protocol === "file:") {
      // Not named in the import, so that bundles for browsers do not look for it.
      const name = "node:fs/promises";
      const { readFile } = (await import(/* @vite-ignore */ name)) as typeof FileSystem;
      return await readFile(url);
    }
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error));
  }
}
