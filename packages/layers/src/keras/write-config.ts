import { DataError } from "@hekla/tensor";
import type { DtypePolicy } from "../dtype-policy.js";
import type { Config, Layer } from "../layer.js";
import type { FunctionGraph } from "../models/function-graph.js";
import type { LayerUse, SymbolicTensor } from "../symbolic-tensor.js";
import { isObject, type Json } from "./json.js";
import { holdsLayers, kerasKey, kerasText } from "./names.js";

/** A model as the functional ones show themselves. */
interface WithGraph extends Layer {
  readonly graph?: FunctionGraph | undefined;
}

const keras = (module: string, className: string, config: Json, registered: string | null = null): Json => ({
  module,
  class_name: className,
  config,
  registered_name: registered,
});

/** The size of batches of a model with stateful layers, which Keras has to know; null where it is open. */
function batchSize(layer: Layer): number | null {
  if ("stateful" in layer && layer.stateful) return layer.states[0]?.shape[0] ?? null;
  for (const child of layer.children.values()) {
    const size = batchSize(child);
    if (size !== null) return size;
  }
  return null;
}

const inputLayer = (
  name: string,
  batch: number | null,
  shape: readonly (number | null)[],
  dtype: unknown = "float32",
): Json =>
  keras("keras.layers", "InputLayer", {
    batch_shape: [batch, ...shape],
    dtype,
    sparse: false,
    ragged: false,
    name,
    optional: false,
  });

/**
 * A layer, or a model with all its layers, as Keras's config.json has them.
 * @throws DataError for a model with a class of its own, which no file can hold
 */
export function kerasLayer(layer: Layer, batch = batchSize(layer)): Json {
  const { graph } = layer as WithGraph;
  const config = layer.getConfig();
  if (layer.className === "Functional" && graph) return functional(config, graph, batch);
  if (layer.className === "Sequential") return sequential(layer, config, batch);
  if (graph !== undefined || layer.className === "Model" || "compileOptions" in layer) {
    throw new DataError(
      `save: a model with a class of its own is kept as weights only, got ${layer.className}, expected ` +
        "Sequential or new Model(inputs, outputs); saveWeights keeps its weights",
    );
  }
  if (layer.className === "InputLayer") {
    return inputLayer(layer.name, batch, config.inputShape as number[], config.dtype);
  }
  // The name that Keras looks up classes of the user's own by, in custom_objects; its own ones go by the module.
  return keras("keras.layers", layer.className, kerasOptions(config, layer), layer.className);
}

function sequential(layer: Layer, config: Config, batch: number | null): Json {
  const { inputShape, name } = config as { inputShape?: readonly (number | null)[]; name: string };
  const layers = [...layer.children.values()].map((child) => kerasLayer(child, batch));
  const first = inputShape ? [inputLayer(`${name}_input`, batch, inputShape)] : [];
  const shape = inputShape ? { build_input_shape: [batch, ...inputShape] } : {};
  const dtype = layer.dtypePolicy === "float32" ? {} : { dtype: kerasPolicy(layer.dtypePolicy) };
  return keras("keras", "Sequential", {
    name,
    trainable: layer.trainable,
    ...dtype,
    layers: [...first, ...layers],
    ...shape,
  });
}

function functional({ name, trainable = true }: Config, graph: FunctionGraph, batch: number | null): Json {
  const place = (tensor: SymbolicTensor): readonly unknown[] => graph.placeOf(tensor);
  // A functional model's first use, for its own inputs, is one that Keras counts here only.
  const end = (tensor: SymbolicTensor): readonly unknown[] => {
    const [layer, use, output] = graph.placeOf(tensor);
    return [layer, use + (tensor.use!.layer.className === "Functional" ? 1 : 0), output];
  };
  const ends = (tensors: readonly SymbolicTensor[]): readonly unknown[] =>
    tensors.length === 1 ? end(tensors[0]!) : tensors.map(end);
  const layers = graph.layers.map((layer) => ({
    ...kerasLayer(layer, batch),
    name: layer.name,
    inbound_nodes: graph.usesOf(layer).flatMap((use) => (use.inputs.length === 0 ? [] : [node(use, place)])),
  }));
  return keras(
    "keras.src.models.functional",
    "Functional",
    { name, trainable, layers, input_layers: ends(graph.inputs), output_layers: ends(graph.outputs) },
    "Functional",
  );
}

/** A call of a layer as arguments of Keras's `call`. */
function node(
  { layer, inputs, list, options }: LayerUse,
  place: (tensor: SymbolicTensor) => readonly unknown[],
): Json {
  const tensors = inputs.map((tensor) => ({
    class_name: "__keras_tensor__",
    config: { shape: tensor.shape, dtype: tensor.dtype, keras_history: place(tensor) },
  }));
  const kwargs = Object.fromEntries(Object.entries(options).map(([key, value]) => [kerasKey(key), value]));
  const [first, ...rest] = tensors;
  if (layer.className === "MultiHeadAttention") {
    const [value, key] = rest;
    return { args: [first, value], kwargs: { ...(key ? { key } : {}), ...kwargs } };
  }
  if (list && "returnSequences" in layer) {
    return { args: [first], kwargs: { ...(rest.length > 0 ? { initial_state: rest } : {}), ...kwargs } };
  }
  return { args: [list ? tensors : first], kwargs };
}

/** Keys of configs here that Keras has not, with the values that it stands for all the same. */
const unknownToKeras: Readonly<Record<string, readonly string[]>> = {
  IntegerLookup: ["oovMethod"],
};

function kerasOptions(config: Config, layer: Layer): Json {
  const { inputShape, ...options } = config;
  const hidden = unknownToKeras[layer.className] ?? [];
  const entries = Object.entries(options).filter(([key]) => !hidden.includes(key));
  return Object.fromEntries(
    entries.map(([key, value]) => [kerasKey(key), kerasValue(kerasKey(key), value, layer)]),
  );
}

const modules: readonly (readonly [RegExp, string])[] = [
  [/_initializer$/, "keras.initializers"],
  [/_regularizer$/, "keras.regularizers"],
  [/_constraint$/, "keras.constraints"],
];

/** A function that Keras has not, for those who give it one of this name in custom_objects. */
const functionNamed = (name: string): Json => ({
  module: "builtins",
  class_name: "function",
  config: name,
  registered_name: "function",
});

const kerasPolicy = (policy: DtypePolicy): Json => ({
  module: "keras",
  class_name: "DTypePolicy",
  config: { name: policy === "mixedFloat16" ? "mixed_float16" : policy },
  registered_name: null,
});

function kerasValue(key: string, value: unknown, layer: Layer): unknown {
  if (key === "dtype" && value === layer.dtypePolicy) return kerasPolicy(layer.dtypePolicy);
  if (value === "hardSigmoidOfKeras2") return functionNamed(kerasText(key, value));
  if (typeof value === "string") return kerasText(key, value);
  if (Array.isArray(value)) return value.map((item) => kerasValue(key, item, layer));
  if (!isObject(value)) return value;
  if (holdsLayers(key)) {
    const { name } = value.config as Config;
    const found = [...layer.children.values()].find((child) => child.name === name);
    if (found) return kerasLayer(found);
  }
  if (typeof value.className !== "string") return value;
  const config = isObject(value.config)
    ? Object.fromEntries(
        Object.entries(value.config).map(([name, item]) => [
          kerasKey(name),
          kerasValue(kerasKey(name), item, layer),
        ]),
      )
    : value.config;
  const module = modules.find(([pattern]) => pattern.test(key))?.[1] ?? value.module ?? "keras.layers";
  return { module, class_name: value.className, config, registered_name: value.registeredName ?? null };
}
