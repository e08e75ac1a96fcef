import { readFileSync } from "node:fs";
import { optimizerFromConfig } from "@hekla/optim";
import { DataError, type HeklaError, ShapeError } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { hostArray } from "../formats/hdf5-lookup.js";
import { readHdf5 } from "../formats/hdf5-reader.js";
import { Hdf5Tree } from "../formats/hdf5-tree.js";
import { writeHdf5 } from "../formats/hdf5-writer.js";
import { readZip, writeZip } from "../formats/zip.js";
import { Dense, Input, Masking, Model, modelFromBytes, Sequential } from "../index.js";
import { datasetsIn, weightsTree } from "./weights-file.js";

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));

// biome-ignore lint/suspicious/noExplicitAny: tests reach anywhere into JSON.
type AnyJson = any;

/** A file of Keras with changes in its config and its weights. */
function changed(
  name: string,
  edit: (config: AnyJson) => AnyJson = () => {},
  editWeights: (tree: Hdf5Tree) => void = () => {},
): Uint8Array {
  const files = readZip(fixture(`${name}.keras`), { source: name });
  const config = JSON.parse(new TextDecoder().decode(files.get("config.json")!())) as AnyJson;
  const replaced = edit(config) as { readonly text?: string } | undefined;
  const tree = new Hdf5Tree();
  for (const dataset of datasetsIn(readHdf5(files.get("model.weights.h5")!(), { source: name }))) {
    tree.dataset(dataset.path, hostArray(dataset));
  }
  editWeights(tree);
  const text = replaced?.text ?? JSON.stringify(config);
  return writeZip(
    new Map([
      ["config.json", new TextEncoder().encode(text)],
      ["model.weights.h5", writeHdf5(tree)],
    ]),
  );
}

function refuses(make: () => unknown, message: RegExp, kind: typeof HeklaError = DataError): void {
  let error: unknown;
  try {
    make();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(kind);
  expect((error as Error).message).toMatch(message);
}

const load = (bytes: Uint8Array, options = {}): Model =>
  modelFromBytes(bytes, { source: "x.keras", ...options });
const dense = (config: AnyJson): AnyJson => config.config.layers[1];
const nested = (depth: number): AnyJson =>
  depth === 0
    ? { class_name: "Dense", config: { name: "d", units: 1 } }
    : { class_name: "TimeDistributed", config: { name: "t", layer: nested(depth - 1) } };

describe("a config that is refused", () => {
  const rows: readonly (readonly [string, (config: AnyJson) => AnyJson, RegExp])[] = [
    ["an unknown class", (c) => (dense(c).class_name = "Quantum"), /unknown layer class, got "Quantum"/],
    ["a class that is none", (c) => (dense(c).class_name = 7), /x\.keras: a layer's class is no text, got 7/],
    [
      "a name of JavaScript's own",
      (c) => (dense(c).class_name = "constructor"),
      /unknown layer class, got "constructor"/,
    ],
    ["no config", (c) => delete dense(c).config, /the config of a Dense is no object, got undefined/],
    [
      "an unknown option",
      (c) => (dense(c).config.sparsity = 0.5),
      /a Dense has an option that is not known, got sparsity 0\.5/,
    ],
    [
      "a quantized layer",
      (c) => (dense(c).config.quantization_config = { x: 1 }),
      /not known, got quantizationConfig/,
    ],
    [
      "another type",
      (c) => (dense(c).config.dtype = "float16"),
      /a Dense computes in another type, got "float16"/,
    ],
    [
      "a policy of another type",
      (c) => (dense(c).config.dtype.config.name = "mixed_bfloat16"),
      /got "mixed_bfloat16"/,
    ],
    ["a wrong value", (c) => (dense(c).config.units = "many"), /units/],
    [
      "weights without end",
      (c) => (dense(c).config.units = 1e9),
      /the model has more weights than the file.*\[4,1000000000\]/,
    ],
    ["an unknown activation", (c) => (dense(c).config.activation = "wiggle"), /unknown name, got "wiggle"/],
    [
      "two layers of one name",
      (c) => (c.config.layers[2].config.name = dense(c).config.name),
      /two layers have one name/,
    ],
    [
      "a broken shape",
      (c) => (c.config.layers[0].config.batch_shape = [null, -4]),
      /a shape is none, got \[null,-4\]/,
    ],
    [
      "layers without end",
      (c) => (c.config.layers = Array(6000).fill(dense(c))),
      /too many layers, got 5001/,
    ],
    ["layers in layers", (c) => (c.config.layers[1] = nested(60)), /nested too deep, got 40 levels/],
    [
      "lists in lists",
      () => ({
        text: `{"class_name":"Sequential","config":{"layers":[${"[".repeat(1e5)}${"]".repeat(1e5)}]}}`,
      }),
      /x\.keras/,
    ],
    ["broken JSON", () => ({ text: "{" }), /config\.json cannot be read, got broken JSON/],
    ["no object", () => ({ text: "[]" }), /config\.json is no object/],
    [
      "a model with a class of its own",
      (c) => Object.assign(c, { class_name: "Model", config: { name: "m" } }),
      /class is its own/,
    ],
    ["a layer for a model", (c) => Object.assign(c, dense(c)), /no model, got a Dense|more weights/],
    [
      "a key that reaches out",
      (c) => ({ text: JSON.stringify(c).replace('"units"', '"__proto__":{"a":1},"units"') }),
      /a key that none has, got __proto__/,
    ],
  ];
  it.each(rows)("%s", (_, edit, message) => {
    refuses(() => load(changed("mlp", edit)), message);
  });

  it("code of Python, which is never run", () => {
    const code = { class_name: "__lambda__", config: { code: "4wEAAA==", defaults: null, closure: null } };
    const lambda = {
      module: "keras.layers",
      class_name: "Lambda",
      config: { name: "l", function: code, arguments: {} },
    };
    refuses(() => load(changed("mlp", (c) => c.config.layers.push(lambda))), /function is code of Python/);
    const other = {
      ...lambda,
      config: { ...lambda.config, function: { class_name: "function", config: "os.system" } },
    };
    refuses(
      () => load(changed("mlp", (c) => c.config.layers.push(other))),
      /unknown function, got "os\.system"/,
    );
  });
});

describe("a graph that is refused", () => {
  const node = (c: AnyJson, at: number): AnyJson => c.config.layers[at].inbound_nodes[0];
  const place = (c: AnyJson, at: number): AnyJson =>
    node(c, at).args[0].config ?? node(c, at).args[0][0].config;
  const last = (c: AnyJson): number => c.config.layers.length - 1;
  const rows: readonly (readonly [string, (config: AnyJson) => AnyJson, RegExp])[] = [
    [
      "an input of no layer",
      (c) => (place(c, last(c)).keras_history = ["nobody", 0, 0]),
      /a layer is named that is not there, got "nobody"/,
    ],
    ["a use that is none", (c) => (place(c, last(c)).keras_history[1] = 4), /do not hang together/],
    [
      "a circle",
      (c) => (place(c, 2).keras_history = [c.config.layers[last(c)].name, 0, 0]),
      /do not hang together/,
    ],
    [
      "two layers of one name",
      (c) => Object.assign(c.config.layers[2], { name: "left", config: { name: "left" } }),
      /two layers have one name/,
    ],
    ["two names", (c) => (c.config.layers[3].name = "other"), /a layer has two names/],
    [
      "an operation",
      (c) => (c.config.layers[2].module = "keras.src.ops.numpy"),
      /an operation of keras\.ops is part of the model/,
    ],
    ["an output that is none", (c) => (c.config.output_layers = [["left", 1, 2]]), /do not hang together/],
    ["always training", (c) => (node(c, 3).kwargs.training = true), /always trains/],
    [
      "an option that is a tensor",
      (c) => (node(c, 3).kwargs.scale = node(c, 2).args[0][0]),
      /called with an option that is not read/,
    ],
    [
      "arguments of its own",
      (c) => node(c, 3).args.push(1, 2, 3),
      /called in an unknown way, got 4 arguments/,
    ],
  ];
  it.each(rows)("%s", (_, edit, message) => {
    refuses(() => load(changed("two-inputs", edit)), message);
  });
});

describe("weights that do not fit", () => {
  const kernel = "layers/dense/vars/0";
  const put =
    (path: string, ...shape: number[]) =>
    (tree: Hdf5Tree): void => {
      const group = tree.group(path.slice(0, path.lastIndexOf("/")));
      group.members.delete(path.split("/").at(-1)!);
      tree.dataset(path, { data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape });
    };
  const rows: readonly (readonly [string, (tree: Hdf5Tree) => void, RegExp, typeof HeklaError])[] = [
    [
      "missing",
      (tree) => tree.group("layers/dense/vars").members.delete("1"),
      /is missing, got no layers\/dense\/vars\/1/,
      DataError,
    ],
    [
      "too many",
      put("layers/dense/vars/2", 3),
      /no such weight, got layers\/dense\/vars\/2 \[3\]/,
      DataError,
    ],
    ["of another layer", put("layers/dense_2/vars/0", 3), /no such weight, got layers\/dense_2/, DataError],
    [
      "of another shape",
      put(kernel, 5, 4),
      /does not fit, got \[5,4\] at layers\/dense\/vars\/0, expected \[4,5\]/,
      ShapeError,
    ],
    [
      "a group for an array",
      (tree) => {
        tree.group("layers/dense/vars").members.delete("0");
        tree.group(kernel);
      },
      /is missing/,
      DataError,
    ],
  ];

  it.each(rows)("%s: the model is left as it was", async (_, edit, message, kind) => {
    const bytes = changed("mlp", undefined, edit);
    refuses(() => load(bytes), message, kind);
    const model = load(fixture("mlp.keras"));
    model.setWeights(model.weights.map(({ size }) => new Float32Array(size).fill(0.5)));
    const before = await model.getWeights();
    const error: unknown = await model
      .restore(bytes, { source: "x.keras" })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(message);
    expect(await model.getWeights()).toEqual(before);
  });

  it("counters of random streams, of older versions of Keras, are passed over", () => {
    const bytes = changed("cnn", undefined, put("layers/dropout/seed_generator/vars/0", 2));
    expect(load(bytes).built).toBe(true);
  });

  it("names of version 2.13 of Keras are found", async () => {
    const renamed = changed("mlp", undefined, (tree) => {
      tree.members.set("_layer_checkpoint_dependencies", tree.group("layers"));
      tree.members.delete("layers");
    });
    expect(await load(renamed).getWeights()).toEqual(await load(fixture("mlp.keras")).getWeights());
  });

  it("names of layers count where their order is another", async () => {
    const model = load(fixture("two-inputs.keras"));
    const tree = await weightsTree(model, undefined);
    const { members } = tree.group("layers");
    const [first, second] = [members.get("dense")!, members.get("dense_1")!];
    members.set("dense", second).set("dense_1", first);
    const other = load(fixture("two-inputs.keras"));
    other.setWeights(other.weights.map(({ size }) => new Float32Array(size)));
    await other.restore(writeHdf5(tree));
    expect(await other.getWeights()).toEqual(await model.getWeights());
  });

  it("what this package keeps beside Keras's config is looked at as well", async () => {
    const files = [...readZip(fixture("trained.keras"), { source: "x" })].map(([name, read]) => {
      const text = new TextEncoder().encode('{"hekla":[1]}');
      return [name, name === "metadata.json" ? text : read()] as const;
    });
    const message = /what Hekla keeps in metadata\.json is no object, got \[1\]/;
    await expect(load(fixture("trained.keras")).restore(writeZip(new Map(files)))).rejects.toThrow(message);
  });

  it("files above the limit are refused before anything is taken", () => {
    refuses(() => load(fixture("mlp.keras"), { maxBytes: 1000 }), /too large/);
  });
});

describe("what a file of Keras may leave out", () => {
  it("an optimizer's state for a model that was compiled but not trained", async () => {
    const bytes = changed("trained", undefined, (tree) => {
      const { members } = tree.group("optimizer/vars");
      for (const name of [...members.keys()]) if (Number(name) > 1) members.delete(name);
    });
    const model = load(bytes, { optimizer: optimizerFromConfig });
    expect(await model.optimizer!.variables[0]!.data()).toEqual(Int32Array.of(2));
  });

  it("but not a part of it, and no loss", () => {
    const part = changed("trained", undefined, (tree) => tree.group("optimizer/vars").members.delete("7"));
    refuses(
      () => load(part, { optimizer: optimizerFromConfig }),
      /the optimizer's state does not fit, got \d+ variables/,
    );
    const lossless = changed(
      "trained",
      (c) => (c.compile_config.loss = { class_name: "function", config: {} }),
    );
    refuses(() => load(lossless, { optimizer: optimizerFromConfig }), /the loss was a function/);
    expect(load(lossless).built).toBe(true);
  });
});

describe("saving what Keras has no place for", () => {
  it("a model with a class of its own is kept as weights only", async () => {
    class Pair extends Model {
      static override readonly className = "Pair";
      readonly firstLayer = new Dense(2);
      readonly blocks = [new Dense(3), new Dense(1)];
      override call(x: Parameters<Model["call"]>[0]) {
        return [this.firstLayer, ...this.blocks].reduce(
          (value, layer) => layer.apply(value as never) as never,
          x,
        );
      }
    }
    const points = { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] };
    const [model, other] = [new Pair({ seed: 1 }), new Pair({ seed: 2 })];
    const expected = await model.predict(points);
    await other.predict(points);
    await expect(model.toBytes()).rejects.toThrow(/class of its own is kept as weights only, got Pair/);
    const bytes = await model.toBytes({ format: "weights.h5" });
    const paths = datasetsIn(readHdf5(bytes, { source: "weights" })).map(({ path }) => path);
    expect(paths).toEqual([
      "blocks/dense/vars/0",
      "blocks/dense/vars/1",
      "blocks/dense_1/vars/0",
      "blocks/dense_1/vars/1",
      "first_layer/vars/0",
      "first_layer/vars/1",
    ]);
    await other.restore(bytes);
    expect(await other.predict(points)).toEqual(expected);
  });

  it("numbers that JSON has not", async () => {
    const model = new Sequential([new Input([3, 2]), new Masking({ maskValue: -Infinity })]);
    for (const format of ["keras", "safetensors"] as const) {
      await expect(model.toBytes({ format })).rejects.toThrow(
        /save: mask_?value cannot be kept in a file, got -Infinity, expected a finite number/i,
      );
    }
  });

  it("names of files say what is in them", async () => {
    const model = new Sequential([new Input([2]), new Dense(1)]);
    await expect(model.save("x.h5")).rejects.toThrow(/legacy HDF5 files are read only, got \.h5/);
    await expect(model.save("x.weights.h5")).rejects.toThrow(/or saveWeights for \.weights\.h5/);
    await expect(model.saveWeights("x.keras")).rejects.toThrow(/bad name.*expected \.weights\.h5/);
    await expect(model.toBytes({ format: "onnx" as "keras" })).rejects.toThrow(/unknown format, got "onnx"/);
  });
});
