import { DataError } from "@hekla/tensor";
import type { Config, Layer, LayerClass, LayerConfig } from "./layer.js";
import { Input } from "./layers/core/input.js";
import * as layers from "./layers/index.js";
import { Sequential } from "./sequential.js";

const isLayerClass = (value: unknown): value is LayerClass =>
  typeof value === "function" && "fromConfig" in value && "className" in value;

/** Layers as saved files know them: every class that the families under `layers/` export. */
const classes: readonly LayerClass[] = (Object.values(layers) as unknown[]).filter(isLayerClass);

/**
 * A layer, or a model with all its layers, made again from its config.
 * @param custom classes of the user's own
 * @throws DataError for a class that is not known
 */
export function layerFromConfig(
  { className, config }: LayerConfig,
  custom: readonly LayerClass[] = [],
): Layer {
  if (className === Sequential.className) return sequentialFromConfig(config, custom);
  const found = [...custom, ...classes].find((candidate) => candidate.className === className);
  if (!found) {
    const known = [...custom, ...classes].map((candidate) => candidate.className).join(", ");
    throw new DataError(
      `layerFromConfig: unknown layer class, got "${className}", expected one of ${known}, ` +
        "Sequential; pass classes of your own as customLayers",
    );
  }
  return found.fromConfig(config, (saved) => layerFromConfig(saved, custom));
}

/** A Sequential from its config. */
export function sequentialFromConfig(config: Config, custom: readonly LayerClass[] = []): Sequential {
  const { layers, inputShape, ...options } = config as {
    layers: readonly LayerConfig[];
    inputShape?: readonly (number | null)[];
  };
  const input = inputShape ? [new Input(inputShape)] : [];
  return new Sequential([...input, ...layers.map((layer) => layerFromConfig(layer, custom))], options);
}
