import { DataError } from "@hekla/tensor";
import type { Config, Layer, LayerClass } from "./layer.js";
import { Activation } from "./layers/activation.js";
import { Conv2D } from "./layers/conv2d.js";
import { Dense } from "./layers/dense.js";
import { Dropout } from "./layers/dropout.js";
import { Flatten } from "./layers/flatten.js";
import { Input } from "./layers/input.js";
import { AveragePooling2D, MaxPooling2D } from "./layers/pooling2d.js";
import { Reshape } from "./layers/reshape.js";
import { Sequential } from "./sequential.js";

/** Layers as saved files know them. A new layer is added here. */
const classes: readonly LayerClass[] = [
  Activation,
  AveragePooling2D,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  Input,
  MaxPooling2D,
  Reshape,
];

/** A layer as configs keep it. */
interface LayerConfig {
  readonly className: string;
  readonly config: Config;
}

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
  return found.fromConfig(config);
}

/** A Sequential from its config. */
export function sequentialFromConfig(config: Config, custom: readonly LayerClass[] = []): Sequential {
  const { layers, inputShape, ...options } = config as {
    layers: readonly LayerConfig[];
    inputShape?: readonly number[];
  };
  const input = inputShape ? [new Input(inputShape)] : [];
  return new Sequential([...input, ...layers.map((layer) => layerFromConfig(layer, custom))], options);
}
