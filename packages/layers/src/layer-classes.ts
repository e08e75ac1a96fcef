import { DataError } from "@hekla/tensor";
import { withDtypePolicy } from "./dtype-policy.js";
import type { Config, Layer, LayerClass, LayerConfig } from "./layer.js";
import { Input } from "./layers/core/input.js";
import { input } from "./layers/core/symbolic-input.js";
import * as layers from "./layers/index.js";
import type { TensorPlace } from "./models/function-graph.js";
import { Model } from "./models/model.js";
import { Sequential } from "./models/sequential.js";
import type { SymbolicTensor } from "./symbolic-tensor.js";

const isLayerClass = (value: unknown): value is LayerClass =>
  typeof value === "function" && "fromConfig" in value && "className" in value;

/**
 * Layers as saved files know them: every class that the families under `layers/` export. A function, since a list made
 * when the module is loaded would keep every layer in every app.
 */
const allClasses = (): readonly LayerClass[] => (Object.values(layers) as unknown[]).filter(isLayerClass);

/**
 * A layer, or a model with all its layers, made again from its config.
 * @param custom classes of the user's own
 * @throws DataError for a class that is not known
 */
export const layerFromConfig = (saved: LayerConfig, custom: readonly LayerClass[] = []): Layer =>
  // A config without a type is that of a layer in float32.
  withDtypePolicy("float32", () => madeAgain(saved, custom));

function madeAgain({ className, config }: LayerConfig, custom: readonly LayerClass[]): Layer {
  const read = (saved: LayerConfig): Layer => madeAgain(saved, custom);
  const own = custom.find((candidate) => candidate.className === className);
  if (own) return ownLayer(own, config, read);
  if (className === Sequential.className) return sequentialFromConfig(config, read);
  if (className === "Functional") return functionalFromConfig(config as unknown as FunctionalConfig, read);
  const classes = allClasses();
  const found = classes.find((candidate) => candidate.className === className);
  if (found) return found.fromConfig(config as never, read);
  const known = [...custom, ...classes].map((candidate) => candidate.className).join(", ");
  throw new DataError(
    `layerFromConfig: unknown layer class, got "${className}", expected one of ${known}, ` +
      "Sequential, Functional; pass classes of your own as customLayers",
  );
}

/** A class that has its fromConfig from the class it extends would come back as that. */
function ownLayer(own: LayerClass, config: Config, read: Read): Layer {
  const layer = own.fromConfig(config as never, read);
  if (layer.className === own.className) return layer;
  throw new DataError(
    `layerFromConfig: fromConfig made another layer, got ${layer.className}, expected ${own.className}; ` +
      "give the class a static fromConfig of its own",
  );
}

type Read = (saved: LayerConfig) => Layer;

function sequentialFromConfig(config: Config, read: Read): Sequential {
  const {
    layers: saved,
    inputShape,
    ...options
  } = config as {
    layers: readonly LayerConfig[];
    inputShape?: readonly (number | null)[];
  };
  const first = inputShape ? [new Input(inputShape)] : [];
  return new Sequential([...first, ...saved.map(read)], options);
}

interface FunctionalConfig {
  readonly layers: readonly (LayerConfig & {
    readonly uses: readonly {
      readonly inputs: readonly TensorPlace[];
      readonly list?: boolean;
      readonly options?: Config;
    }[];
  })[];
  readonly inputs: readonly TensorPlace[];
  readonly outputs: readonly TensorPlace[];
}

/** Applies the layers as they were applied, each use as soon as its inputs are there. */
function functionalFromConfig(config: FunctionalConfig, read: Read): Model {
  const { layers: saved, inputs, outputs, ...options } = config;
  const made = new Map<string, SymbolicTensor>();
  const key = ([name, use, output]: TensorPlace): string => `${use}/${output}/${name}`;
  const waiting = saved.flatMap((entry) => {
    const layer = read(entry);
    if (layer instanceof Input) {
      made.set(key([layer.name, 0, 0]), input(layer.inputShape!, { name: layer.name, dtype: layer.dtype }));
      return [];
    }
    return entry.uses.map((use, at) => ({ layer, at, ...use }));
  });
  const place = (at: TensorPlace): SymbolicTensor => {
    const found = made.get(key(at));
    if (found) return found;
    throw new DataError(
      `layerFromConfig: a functional model's layers do not hang together, got none for ${at[0]}[${at[1]}][${at[2]}], ` +
        "expected a layer before",
    );
  };
  for (let left = waiting; left.length > 0; ) {
    const ready = left.filter((use) => use.inputs.every((at) => made.has(key(at))));
    if (ready.length === 0) place(left[0]!.inputs.find((at) => !made.has(key(at)))!);
    for (const { layer, at, inputs: given, list, options: settings } of ready) {
      const values = given.map(place);
      const results = layer.applyAll(list ? values : values[0]!, settings);
      results.forEach((result, output) => {
        made.set(key([layer.name, at, output]), result);
      });
    }
    left = left.filter((use) => !ready.includes(use));
  }
  return new Model(inputs.map(place), outputs.map(place), options);
}
