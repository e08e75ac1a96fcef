import type { Config } from "../layer.js";
import type { TensorPlace } from "../models/function-graph.js";
import { isObject, type Json, listIn, objectOf, shown, textIn } from "./json.js";
import { ownKey } from "./names.js";
import type { KerasConfigs } from "./read-config.js";

interface Use {
  readonly inputs: readonly TensorPlace[];
  readonly list: boolean;
  readonly options?: Config;
}

/** Arguments of `call` that are inputs of layers here, behind the first; their order is that of Keras's arguments. */
const furtherInputs: Readonly<Record<string, readonly string[]>> = {
  MultiHeadAttention: ["value", "key"],
  RNN: ["initial_state"],
  SimpleRNN: ["initial_state"],
  LSTM: ["initial_state"],
  GRU: ["initial_state"],
  Bidirectional: ["initial_state"],
  ConvLSTM1D: ["initial_state"],
  ConvLSTM2D: ["initial_state"],
  ConvLSTM3D: ["initial_state"],
};

const isModel = (entry: Json): boolean =>
  ["Functional", "Model", "Sequential"].includes(entry.class_name as string);

/** The layers, inputs and outputs of a functional model of Keras as `layerFromConfig` takes them. */
export function readGraph(configs: KerasConfigs, config: Json, within: readonly string[]): Config {
  return new GraphReader(configs, config, within).read();
}

class GraphReader {
  readonly #entries: ReadonlyMap<string, Json>;

  constructor(
    private readonly configs: KerasConfigs,
    private readonly config: Json,
    private readonly within: readonly string[],
  ) {
    const { fail } = configs;
    const entries = listIn(config.layers, "the layers of a model", fail).map((entry) =>
      objectOf(entry, "a layer's config", fail),
    );
    this.#entries = new Map(entries.map((entry) => [this.#nameOf(entry), entry]));
    if (this.#entries.size < entries.length)
      fail("two layers have one name", shown([...this.#entries.keys()]), "one each");
  }

  #nameOf(entry: Json): string {
    const { fail } = this.configs;
    const own = objectOf(entry.config, "a layer's config", fail).name;
    const name = textIn(entry.name ?? own, "a layer's name", fail);
    if (own !== undefined && own !== name) fail("a layer has two names", shown(own), name);
    return name;
  }

  read(): Config {
    const layers = [...this.#entries.values()]
      .filter((entry) => !isOperation(entry))
      .map((entry) => {
        const nodes = listIn(entry.inbound_nodes ?? [], "the calls of a layer", this.configs.fail);
        const uses =
          entry.class_name === "InputLayer" ? [{ inputs: [] }] : nodes.map((node) => this.#use(entry, node));
        return { ...this.configs.layer(entry, this.within), uses };
      });
    return {
      layers,
      inputs: this.#ends(this.config.input_layers),
      outputs: this.#ends(this.config.output_layers),
    };
  }

  /** Inputs or outputs: one place, or any structure of them, which Keras goes through in the order of its keys. */
  #ends(value: unknown, depth = 0): readonly TensorPlace[] {
    const { fail } = this.configs;
    if (depth > 10) fail("inputs or outputs are nested too deep", depth, "fewer levels");
    if (Array.isArray(value) && value.length === 3 && typeof value[0] === "string") {
      const entry = this.#entries.get(value[0]);
      // The first use of a functional model is the one inside of it. Nested Sequentials count so in Keras 2 only.
      const shift = entry && isModel(entry) && (entry.class_name !== "Sequential" || this.#isLegacy) ? 1 : 0;
      return [this.#place(value, shift)];
    }
    if (isObject(value)) {
      if (value.class_name === "__tuple__") return this.#ends(value.items, depth + 1);
      const keys = Object.keys(value).sort();
      return keys.flatMap((key) => this.#ends(value[key], depth + 1));
    }
    return listIn(value, "the inputs or outputs", fail).flatMap((item) => this.#ends(item, depth + 1));
  }

  /** Whether calls are written as up to Keras 2: lists of `[layer, use, output, options]`. */
  get #isLegacy(): boolean {
    return [...this.#entries.values()].some(
      ({ inbound_nodes: nodes }) => Array.isArray(nodes) && Array.isArray(nodes[0]),
    );
  }

  #place(value: unknown, shift = 0): TensorPlace {
    const { fail } = this.configs;
    const [name, use, output] = listIn(value, "a place in a model", fail);
    const entry = this.#entries.get(name as string);
    if (!entry) fail("a layer is named that is not there", shown(name), [...this.#entries.keys()].join(", "));
    if (isOperation(entry!)) {
      fail("an operation of keras.ops is part of the model", shown(entry!.class_name), "layers only");
    }
    const at = (use as number) - shift;
    if (!Number.isInteger(at) || at < 0 || !Number.isInteger(output)) {
      fail("a place in a model is none", shown(value), "a name and two whole numbers");
    }
    return [name as string, at, output as number];
  }

  #use(entry: Json, node: unknown): Use {
    if (Array.isArray(node)) return this.#legacyUse(entry, node);
    const { fail } = this.configs;
    const { args, kwargs } = objectOf(node, "a layer's call", fail);
    const [first, ...rest] = listIn(plain(args), "a layer's arguments", fail);
    const further = Object.hasOwn(furtherInputs, entry.class_name as string)
      ? furtherInputs[entry.class_name as string]!
      : [];
    if (rest.length > further.length) {
      fail(
        `a ${entry.class_name} is called in an unknown way`,
        `${rest.length + 1} arguments`,
        further.length + 1,
      );
    }
    const byName: Record<string, unknown> = { ...objectOf(kwargs, "a layer's options", fail) };
    rest.forEach((value, index) => {
      byName[further[index]!] = value;
    });
    const inputs = this.#tensors(first);
    const list =
      Array.isArray(plain(first)) ||
      further.some((name) => byName[name] !== undefined && byName[name] !== null);
    for (const name of further) {
      const value = byName[name] ?? null;
      delete byName[name];
      if (value !== null) inputs.push(...this.#tensors(value));
    }
    return { inputs, list, ...this.#settings(entry, byName) };
  }

  #tensors(value: unknown): TensorPlace[] {
    const { fail } = this.configs;
    const given = plain(value);
    const items = Array.isArray(given) ? given : [given];
    return items.map((item) => {
      const place = placeIn(item);
      return place ? this.#place(place) : fail("a layer's input is no result of a layer", shown(item), "one");
    });
  }

  /** `[["a", 0, 0, {}], ["b", 0, 0, {}]]`, of Keras 2 and TensorFlow.js. */
  #legacyUse(entry: Json, node: readonly unknown[]): Use {
    const { fail } = this.configs;
    const shifted = (item: unknown): TensorPlace => {
      const [name] = listIn(item, "a layer's input", fail);
      const from = this.#entries.get(name as string);
      return this.#place(item, from && isModel(from) ? 1 : 0);
    };
    const isOne = typeof node[0] === "string";
    const items = isOne ? [node] : node;
    const inputs = items.map(shifted);
    const options: Record<string, unknown> = {};
    for (const item of items) {
      const given = (item as unknown[])[3];
      if (given !== undefined && given !== null)
        Object.assign(options, objectOf(given, "a layer's options", fail));
    }
    const further = Object.hasOwn(furtherInputs, entry.class_name as string)
      ? furtherInputs[entry.class_name as string]!
      : [];
    for (const name of further) {
      const value = options[name] ?? null;
      delete options[name];
      if (value === null) continue;
      const places = listIn(value, name, fail);
      inputs.push(...(typeof places[0] === "string" ? [shifted(places)] : places.map(shifted)));
    }
    return { inputs, list: inputs.length > 1, ...this.#settings(entry, options) };
  }

  /** Settings of the call; masks that Keras has passed on are found again by the layers. */
  #settings(entry: Json, given: Json): { readonly options?: Config } {
    const { fail } = this.configs;
    const settings: [string, unknown][] = [];
    for (const [key, value] of Object.entries(given)) {
      if (value === null || (key === "training" && value === false)) continue;
      // What changes images at random says so itself; Keras overrules it in predict.
      if (key === "training" && String(entry.class_name).startsWith("Random")) continue;
      if (key === "training") fail(`a ${entry.class_name} always trains`, shown(value), "none or false");
      if (/mask$/.test(key) && this.#isOwnMask(value)) continue;
      if (isObject(value) || Array.isArray(value)) {
        fail(
          `a ${entry.class_name} is called with an option that is not read`,
          `${key} ${shown(value)}`,
          "plain ones",
        );
      }
      settings.push([ownKey(key), value]);
    }
    return settings.length > 0 ? { options: Object.fromEntries(settings) } : {};
  }

  /** Whether masks come from what Embedding and Masking compute, and not from tensors of the user's. */
  #isOwnMask(value: unknown): boolean {
    const masks = Array.isArray(value) ? value : [value];
    return masks.every((mask) => {
      if (mask === null) return true;
      const place = placeIn(mask);
      const entry = place && this.#entries.get(place[0] as string);
      return entry !== undefined && isOperation(entry);
    });
  }
}

/** What masks are computed with; legacy files do not say that it is of `keras.ops`. */
const maskOperations = ["NotEqual", "Any", "LogicalAnd", "LogicalOr", "ExpandDims"];

/** An operation of `keras.ops` in the model, and no layer. */
const isOperation = ({ module, class_name: className }: Json): boolean =>
  typeof module === "string"
    ? module.startsWith("keras.src.ops")
    : maskOperations.includes(className as string);

const plain = (value: unknown): unknown =>
  isObject(value) && value.class_name === "__tuple__" ? value.items : value;

/** Where a tensor comes from, `[layer, use, output]`; undefined for anything else. */
function placeIn(value: unknown): readonly unknown[] | undefined {
  if (!isObject(value) || value.class_name !== "__keras_tensor__" || !isObject(value.config))
    return undefined;
  const place = value.config.keras_history;
  return Array.isArray(place) ? place : undefined;
}
