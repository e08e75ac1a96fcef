import { HeklaError } from "@hekla/tensor";
import type { Fail } from "../formats/byte-file.js";
import type { Config, LayerClass, LayerConfig } from "../layer.js";
import { layerFromConfig } from "../layer-classes.js";
import { failIn, isObject, type Json, listIn, objectOf, shown, textIn } from "./json.js";
import { holdsLayers, ownKey, ownText } from "./names.js";
import { readGraph } from "./read-graph.js";

/** Layers in layers: more is no model but an attack. */
const deepest = 40;
const mostLayers = 5000;

/** What Keras says of every layer and no layer here needs; values are those of its defaults, or do not matter. */
const ignored = new Set(["trainable", "dtype", "batch_input_shape", "build_input_shape", "seed", "name"]);

/** Options that are not here, with values that change nothing. */
const harmless: Readonly<Record<string, readonly unknown[]>> = {
  axis: [-1, [-1]],
  groups: [1],
  implementation: [1, 2],
  autocast: [true],
  renormMomentum: [0.99],
};

const ofKernel = { kernel_initializer: null, kernel_regularizer: null, kernel_constraint: null };

/** Options of Keras 2 and TensorFlow.js by their names today, null where they say nothing. */
const formerOptions: Readonly<Record<string, Readonly<Record<string, string | null>>>> = {
  Embedding: { input_length: null },
  LeakyReLU: { alpha: "negative_slope" },
  MultiHeadAttention: { query_shape: null, key_shape: null, value_shape: null },
  SeparableConv1D: ofKernel,
  SeparableConv2D: ofKernel,
};

const holdsHalf = (layers: unknown): boolean =>
  (layers as readonly LayerConfig[]).some(({ config }) => config["dtype"] === "mixedFloat16");

export interface KerasReading {
  readonly source: string;
  readonly customLayers?: readonly LayerClass[];
  /** Seeds of models by their names, joined by "/": Keras has none. */
  readonly seeds?: Json;
  /** Whether Keras 1 or 2 or TensorFlow.js wrote it, where some names stand for something else. Default false. */
  readonly isKeras2?: boolean;
}

/** Turns configs of Keras into those of this package. */
export class KerasConfigs {
  readonly fail: Fail;
  readonly #custom: readonly LayerClass[];
  readonly #seeds: Json;
  readonly #isKeras2: boolean;
  #count = 0;

  constructor({ source, customLayers = [], seeds = {}, isKeras2 = false }: KerasReading) {
    this.fail = failIn(source);
    this.#custom = customLayers;
    this.#seeds = seeds;
    this.#isKeras2 = isKeras2;
  }

  /**
   * The config of a layer, or of a model with all its layers; names of the models around it come before.
   * @throws DataError for a class or an option that is not known; names in the file lead to no code
   */
  layer(value: unknown, within: readonly string[] = []): LayerConfig {
    const { fail } = this;
    if (within.length > deepest) fail("layers are nested too deep", `${deepest} levels`, "fewer");
    if (++this.#count > mostLayers) fail("there are too many layers", this.#count, `at most ${mostLayers}`);
    const saved = objectOf(value, "a layer's config", fail);
    const className = textIn(saved.class_name, "a layer's class", fail);
    if (className === "Sequential") return this.#sequential(saved, within);
    const config = objectOf(saved.config, `the config of a ${className}`, fail);
    if (className === "Functional" || className === "Model") {
      if (!("layers" in config)) fail("the model's class is its own", className, "Sequential or Functional");
      const names = [...within, this.nameOf(config, className)];
      const graph = readGraph(this, config, names);
      // Keras keeps no policy of such a model.
      const dtype = holdsHalf(graph.layers) ? { dtype: "mixedFloat16" } : {};
      return { className: "Functional", config: { ...this.#model(config, names), ...dtype, ...graph } };
    }
    if (className === "InputLayer") return { className, config: this.#input(config) };
    const options = this.#options(className, config, within);
    this.#check(className, options);
    return { className, config: options };
  }

  /** The name in a config. */
  nameOf(config: Json, className: string): string {
    return textIn(config.name, `the name of a ${className}`, this.fail);
  }

  /** Sizes of one sample in a shape of a batch. */
  sampleShape(value: unknown): readonly (number | null)[] {
    const shape = listIn(this.#plain(value), "a shape", this.fail).slice(1);
    const fits = shape.every((size) => size === null || (Number.isSafeInteger(size) && (size as number) > 0));
    if (!fits) this.fail("a shape is none", shown(value), "numbers of at least 1, or null");
    return shape as readonly (number | null)[];
  }

  #model(config: Json, names: readonly string[]): Config {
    const seed = this.#seeds[names.join("/")];
    return {
      ...(typeof config.name === "string" ? { name: config.name } : {}),
      ...(typeof seed === "number" ? { seed } : {}),
      ...(config.trainable === false ? { trainable: false } : {}),
    };
  }

  #sequential(saved: Json, within: readonly string[]): LayerConfig {
    const { fail } = this;
    // Up to Keras 2.2 the config was the list of layers.
    const config = Array.isArray(saved.config)
      ? { layers: saved.config as unknown[] }
      : objectOf(saved.config, "the config of a Sequential", fail);
    const names = [...within, typeof config.name === "string" ? config.name : ""];
    const entries = listIn(config.layers, "the layers of a Sequential", fail);
    const layers = entries.map((entry) => this.layer(entry, names));
    const [first, ...rest] = layers;
    const isInput = first?.className === "InputLayer";
    const built = isObject(saved.build_config) ? saved.build_config.input_shape : undefined;
    const shape = config.build_input_shape ?? built;
    const inputShape =
      (first?.config.inputShape as unknown) ?? (Array.isArray(shape) ? this.sampleShape(shape) : undefined);
    return {
      className: "Sequential",
      config: {
        ...this.#model(config, names),
        ...this.#policy("Sequential", config.dtype),
        ...(inputShape ? { inputShape } : {}),
        layers: isInput ? rest : layers,
      },
    };
  }

  #input(config: Json): Config {
    const name = typeof config.name === "string" ? { name: config.name } : {};
    const inputShape = this.sampleShape(config.batch_shape ?? config.batch_input_shape);
    if (config.sparse || config.ragged)
      this.fail("an input is no plain array", shown(config), "sparse false");
    const dtype = config.dtype ?? "float32";
    if (dtype === "float32") return { ...name, inputShape };
    const own = ["int8", "int16", "int64", "uint16", "uint32"].includes(dtype as string) ? "int32" : dtype;
    if (!["int32", "uint8", "bool"].includes(own as string)) {
      this.fail("an input's type is not read", shown(dtype), "float32, int32, uint8 or bool");
    }
    return { ...name, inputShape, dtype: own };
  }

  #options(className: string, config: Json, within: readonly string[]): Config {
    const { dtype, batch_input_shape: batchShape, trainable, seed, ...options } = config;
    const policy = this.#policy(className, dtype);
    const former = Object.hasOwn(formerOptions, className) ? formerOptions[className]! : {};
    const read = Object.entries(options).flatMap(([name, value]) => {
      const key = Object.hasOwn(former, name) ? former[name]! : name;
      return key === null ? [] : [[ownKey(key), this.#value(key, value, [...within, className])]];
    });
    return {
      ...Object.fromEntries(read),
      ...(trainable === false ? { trainable: false } : {}),
      ...policy,
      ...(typeof seed === "number" ? { seed } : {}),
      ...(batchShape === undefined ? {} : { inputShape: this.sampleShape(batchShape) }),
    };
  }

  /** The policy of a layer or model in an option of its own: what is not said here is float32. */
  #policy(className: string, dtype: unknown): Config {
    const policy = isObject(dtype) && isObject(dtype.config) ? dtype.config.name : dtype;
    if (policy === "mixed_float16") return { dtype: "mixedFloat16" };
    const fits = ["float32", "int32", "int64", "string"].includes(policy as string);
    if (policy !== undefined && policy !== null && !fits) {
      this.fail(`a ${className} computes in another type`, shown(policy), "float32 or mixed_float16");
    }
    return {};
  }

  /** A list where Keras wrote a tuple, or an array's values where it wrote an array. */
  #plain(value: unknown): unknown {
    if (!isObject(value)) return value;
    if (value.class_name === "__tuple__") return listIn(value.items, "a tuple", this.fail);
    if (value.class_name === "__tensor__" || value.class_name === "__numpy__") {
      return objectOf(value.config, "an array", this.fail).value;
    }
    return value;
  }

  #value(key: string, given: unknown, within: readonly string[]): unknown {
    if (within.length > deepest) this.fail("values are nested too deep", `${deepest} levels`, "fewer");
    const value = this.#plain(given);
    if (typeof value === "string") {
      const isOldGate = this.#isKeras2 && value === "hard_sigmoid" && key.endsWith("activation");
      return isOldGate ? "hardSigmoidOfKeras2" : ownText(key, value);
    }
    if (Array.isArray(value)) return value.map((item) => this.#value(key, item, [...within, key]));
    if (!isObject(value)) return value;
    const object = objectOf(value, key, this.fail);
    if (object.class_name === "__lambda__" || object.class_name === "__typespec__") {
      this.fail(`${key} is code of Python`, shown(object.class_name), "no code, which is never run");
    }
    if (typeof object.class_name !== "string") return object;
    if (key.endsWith("activation")) {
      if (object.class_name !== "function") {
        this.fail(`${key} is a layer`, shown(object.class_name), "the name of an activation");
      }
      return ownText(key, textIn(object.config, `the name of ${key}`, this.fail));
    }
    if (holdsLayers(key)) return this.layer(object, within);
    if (!isObject(object.config)) return { className: object.class_name, config: object.config };
    const config = Object.entries(objectOf(object.config, key, this.fail)).map(([name, item]) => [
      ownKey(name),
      this.#value(name, item, [...within, key]),
    ]);
    return { className: object.class_name, config: Object.fromEntries(config) };
  }

  /** An option that the layer's own config does not show was not understood. */
  #check(className: string, options: Config): void {
    // Models in layers are not made twice; their own layers have been checked.
    const holdsModel = Object.values(options).some(
      (value) => isObject(value) && (value.className === "Sequential" || value.className === "Functional"),
    );
    if (holdsModel) return;
    const known = this.#guarded(className, () =>
      layerFromConfig({ className, config: options }, this.#custom).getConfig(),
    );
    for (const [key, value] of Object.entries(options)) {
      if (key in known || value === null || value === false || ignored.has(key)) continue;
      const allowed = Object.hasOwn(harmless, key) ? harmless[key]! : [];
      if (allowed.some((item) => JSON.stringify(item) === JSON.stringify(value))) continue;
      this.fail(
        `a ${className} has an option that is not known`,
        `${key} ${shown(value)}`,
        Object.keys(known).join(", "),
      );
    }
  }

  /** Constructors need not expect values of a wrong type. */
  #guarded<T>(className: string, make: () => T): T {
    try {
      return make();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (error instanceof HeklaError && text.startsWith("layerFromConfig: unknown")) throw error;
      return this.fail(`a ${className} cannot be made`, text, "options that it takes");
    }
  }
}
