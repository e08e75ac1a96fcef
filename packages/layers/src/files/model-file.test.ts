import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Adam, optimizerFromConfig, SGD } from "@hekla/optim";
import {
  DataError,
  type HeklaError,
  type HostArray,
  HostRandom,
  ShapeError,
  type Tensor,
} from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type BatchShape,
  Conv2D,
  Dense,
  Dropout,
  decodeTensors,
  encodeTensors,
  Flatten,
  Input,
  input,
  Layer,
  loadModel,
  MaxPooling2D,
  Model,
  modelFromBytes,
  Sequential,
} from "../index.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hekla-model-"));
});
afterAll(() => rm(folder, { recursive: true }));

const random = new HostRandom(2, "images");
const x: HostArray = {
  data: Float32Array.from({ length: 40 * 36 }, () => random.uniform()),
  shape: [40, 6, 6, 1],
};
const y: HostArray = { data: Int32Array.from({ length: 40 }, (_, k) => k % 2), shape: [40] };

const network = (seed = 1): Sequential =>
  new Sequential(
    [
      new Input([6, 6, 1]),
      new Conv2D(3, 3, { activation: "relu" }),
      new MaxPooling2D(),
      new Flatten(),
      new Dense(8, { activation: "relu", kernelInitializer: "heNormal" }),
      new Dropout(0.3),
      new Dense(2, { activation: "softmax" }),
    ],
    { name: "digits", seed },
  );

function compiled(seed = 1): Sequential {
  const model = network(seed);
  model.compile({
    optimizer: new Adam(0.01),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  return model;
}

const options = { batchSize: 16 };

const errorOf = async (act: () => unknown): Promise<Error> => {
  try {
    await act();
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected an error, got none");
};

describe("a saved model", () => {
  it("comes back with its layers, weights and predictions", async () => {
    const model = network();
    const path = join(folder, "plain.keras");
    await model.save(path);
    const loaded = await loadModel(path);
    expect(loaded.getConfig()).toEqual(model.getConfig());
    expect(loaded.summary()).toBe(model.summary());
    expect(await loaded.getWeights()).toEqual(await model.getWeights());
    expect(await loaded.predict(x)).toEqual(await model.predict(x));
    expect(() => loaded.optimizer).toThrow(/not compiled/);
  });

  it.each(["keras", "safetensors"] as const)("keeps what is attached to it: %s", async (format) => {
    const model = network();
    expect(modelFromBytes(await model.toBytes({ format })).attachments).toEqual({});
    model.attachments = { vocabulary: ["", "très", "good"], scale: { mean: 0.1 } };
    const loaded = modelFromBytes(await model.toBytes({ format }));
    expect(loaded.attachments).toEqual(model.attachments);
    expect(await loaded.toBytes({ format })).toEqual(await model.toBytes({ format }));
  });

  it("is the same bytes for the same weights", async () => {
    const model = compiled();
    await model.fit(x, y, options);
    const bytes = await model.toBytes();
    expect(await model.toBytes()).toEqual(bytes);
    const loaded = modelFromBytes(bytes, { optimizer: optimizerFromConfig });
    expect(await loaded.toBytes()).toEqual(bytes);
  });

  it("goes on training with the same bits, from epoch to epoch", async () => {
    const whole = compiled();
    await whole.fit(x, y, { ...options, epochs: 4 });

    const path = join(folder, "resume.keras");
    const begun = compiled();
    await begun.fit(x, y, { ...options, epochs: 2 });
    await begun.save(path);
    const resumed = await loadModel(path, { optimizer: optimizerFromConfig });
    await resumed.fit(x, y, { ...options, epochs: 4, initialEpoch: 2 });
    expect(await resumed.toBytes()).toEqual(await whole.toBytes());

    const filled = compiled(1);
    await filled.load(path);
    await filled.fit(x, y, { ...options, epochs: 4, initialEpoch: 2 });
    expect(await filled.toBytes()).toEqual(await whole.toBytes());
  });

  it("names its weights, and keeps the optimizer only if it is wanted", async () => {
    const model = compiled();
    await model.fit(x, y, options);
    const weights = ["conv2d_1", "dense_1", "dense_2"].flatMap((layer) => [
      `${layer}/kernel`,
      `${layer}/bias`,
    ]);
    const format = "safetensors" as const;
    const bare = decodeTensors(await model.toBytes({ format, includeOptimizer: false }), "bare");
    expect([...bare.tensors.keys()]).toEqual(weights.map((name) => `weights/${name}`));
    const full = decodeTensors(await model.toBytes({ format }), "full");
    expect([...full.tensors.keys()]).toEqual([
      ...weights.map((name) => `weights/${name}`),
      "states/dropout_1/state",
      "optimizer/iterations",
      "optimizer/learningRate",
      ...weights.flatMap((name) => [`optimizer/momentum/${name}`, `optimizer/velocity/${name}`]),
    ]);
    expect(full.tensors.get("optimizer/iterations")!.data).toEqual(Int32Array.of(3));
  });

  it("holds nested models and layers of the user's own", async () => {
    class Twice extends Layer {
      static override readonly className = "Twice";
      static fromConfig(config: { name?: string }): Twice {
        return new Twice(config);
      }
      override call(input: Tensor): Tensor {
        return input.multiply(2);
      }
      override computeOutputShape(shape: BatchShape): BatchShape {
        return shape;
      }
    }
    const part = (name: string): Sequential => new Sequential([new Dense(3)], { name });
    const model = new Sequential([new Input([2]), part("a"), new Twice(), part("b")]);
    const bytes = await model.toBytes();
    const loaded = modelFromBytes(bytes, { customLayers: [Twice] });
    const points = { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] };
    expect(await loaded.predict(points)).toEqual(await model.predict(points));
    expect(() => modelFromBytes(bytes)).toThrow(/unknown layer class, got "Twice"/);
  });
});

describe("a file that does not fit", () => {
  /** Loading must fail, and leave model and optimizer as they were. */
  async function refuses(bytes: Uint8Array, kind: typeof HeklaError, message: RegExp): Promise<void> {
    const model = compiled(5);
    await model.fit(x, y, options);
    const before = await model.toBytes();
    const error = await errorOf(() => model.restore(bytes, { source: "file.keras" }));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
    expect(error.message).toContain("file.keras");
    expect(await model.toBytes()).toEqual(before);
  }

  const saved = async (): Promise<Uint8Array> => compiled(1).toBytes({ format: "safetensors" });
  const changed = async (
    change: (tensors: Map<string, HostArray>) => void,
    metadata?: Readonly<Record<string, string>>,
  ): Promise<Uint8Array> => {
    const file = decodeTensors(await saved(), "saved");
    const tensors = new Map(file.tensors);
    change(tensors);
    return encodeTensors({ tensors, metadata: metadata ?? file.metadata });
  };

  it("cut short anywhere", async () => {
    const bytes = await saved();
    for (const length of [0, 7, 8, 100, bytes.length - 5000, bytes.length - 1]) {
      await refuses(bytes.subarray(0, length), DataError, /the file is cut short.*, got \d+ bytes, expected/);
    }
  });

  it("too long", async () => {
    const bytes = await saved();
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    await refuses(longer, DataError, /the length does not match the header/);
  });

  it("with a broken header", async () => {
    const bytes = await saved();
    await refuses(
      bytes.map((byte, k) => (k === 8 ? 0x5b : byte)),
      DataError,
      /the header cannot be read/,
    );
    await refuses(
      bytes.map((byte, k) => (k < 8 ? 255 : byte)),
      DataError,
      /the file is no model/,
    );
    await refuses(new TextEncoder().encode("GIF89a: a picture of a cat"), DataError, /no model|cut short/);
    const text = new TextDecoder("latin1").decode(bytes).replace('"shape":[3,3,1,3]', '"shape":[3,3,1,4]');
    await refuses(
      Uint8Array.from(text, (c) => c.charCodeAt(0)),
      DataError,
      /header of tensor weights\/conv2d_1\/kernel/,
    );
  });

  it("of another kind", async () => {
    await refuses(
      await changed(() => {}, { format: "other" }),
      DataError,
      /got format "other", expected "hekla-1"/,
    );
    await refuses(
      await changed(() => {}, { format: "hekla-1", model: "{" }),
      DataError,
      /config cannot be read/,
    );
  });

  it("with a tensor missing, unknown or of another shape", async () => {
    const kernel = "weights/dense_1/kernel";
    await refuses(
      await changed((t) => t.delete(kernel)),
      DataError,
      /got no weights\/dense_1\/kernel, expected one/,
    );
    const extra = { data: new Float32Array(1), shape: [1] };
    await refuses(
      await changed((t) => t.set("weights/dense_9/kernel", extra)),
      DataError,
      /no tensor of this name, got weights\/dense_9\/kernel/,
    );
    await refuses(
      await changed((t) => t.set(kernel, { data: new Float32Array(96), shape: [8, 12] })),
      ShapeError,
      /tensor weights\/dense_1\/kernel does not fit, got \[8,12\], expected \[12,8\]/,
    );
    await refuses(
      await changed((t) => t.delete("optimizer/velocity/dense_2/bias")),
      DataError,
      /got no optimizer\/velocity\/dense_2\/bias/,
    );
  });

  it("on disk", async () => {
    const missing = join(folder, "missing.keras");
    expect((await errorOf(() => loadModel(missing))).message).toContain(
      `load: ${missing}: the file cannot be read`,
    );
    const path = join(folder, "cut.keras");
    await compiled().save(path);
    await truncate(path, 4000);
    const error = await errorOf(() => loadModel(path));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toMatch(/cut\.keras: the file is no zip archive or cut short/);
  });
});

describe("saving", () => {
  const names = async (): Promise<string[]> =>
    (await readdir(folder)).filter((name) => name.includes("atomic"));

  it("replaces the file whole, and leaves nothing else", async () => {
    const path = join(folder, "atomic.keras");
    await writeFile(path, "old");
    const model = network();
    await model.save(path);
    expect(new Uint8Array(await readFile(path))).toEqual(await model.toBytes());
    expect(await names()).toEqual(["atomic.keras"]);
  });

  it("says where it cannot write, and leaves nothing half-written", async () => {
    const error = await errorOf(() => network().save(join(folder, "no", "atomic.keras")));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toMatch(/save: .*atomic\.keras: the file cannot be written/);
    // A folder of this name cannot be replaced: the write succeeds, the rename does not.
    expect((await errorOf(() => network().save(folder))).message).toMatch(/the file cannot be written/);
    expect(
      (await readdir(join(folder, ".."))).filter(
        (name) => name.endsWith(".tmp") && name.includes("hekla-model-"),
      ),
    ).toEqual([]);
  });

  it("needs weights", async () => {
    const unbuilt: Model = new Sequential([new Dense(1)]);
    expect((await errorOf(() => unbuilt.toBytes())).message).toMatch(/save: the model has no weights yet/);
  });

  it("keeps what several outputs are trained for, without metrics that are functions", async () => {
    const x = input([2]);
    const outputs = ["a", "b"].map((name) => new Dense(1, { name }).apply(x));
    const model = new Model(x, outputs);
    const mse = "meanSquaredError";
    const compileOptions = async (given: object): Promise<object> => {
      model.compile({ optimizer: new SGD(), loss: mse, ...given });
      return modelFromBytes(await model.toBytes(), { optimizer: optimizerFromConfig }).compileOptions!;
    };
    const own = (_: Tensor, p: Tensor): Tensor => p;
    expect(await compileOptions({})).toMatchObject({ loss: mse, metrics: undefined });
    expect(await compileOptions({ metrics: [null, ["mae"]] })).toMatchObject({ metrics: [null, ["mae"]] });
    expect(await compileOptions({ weightedMetrics: { b: ["mae", own] } })).toMatchObject({
      weightedMetrics: { b: ["mae"] },
    });
    expect(await compileOptions({ loss: [null, mse] })).toMatchObject({ loss: [null, mse] });
    await expect(compileOptions({ loss: { a: own, b: mse } })).rejects.toThrow(/the loss was a function/);
  });

  it("keeps losses with options, and says when the loss was a function", async () => {
    const model = network();
    const loss = { name: "sparseCategoricalCrossentropy", fromLogits: true };
    model.compile({ optimizer: new SGD(0.1, { momentum: 0.5 }), loss });
    const loaded = modelFromBytes(await model.toBytes(), { optimizer: optimizerFromConfig });
    expect(loaded.compileOptions!.loss).toEqual(loss);
    expect(loaded.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
    model.compile({ optimizer: new SGD(), loss: (_, p) => p });
    const bytes = await model.toBytes();
    expect(() => modelFromBytes(bytes, { optimizer: optimizerFromConfig })).toThrow(
      /the loss was a function/,
    );
    expect(modelFromBytes(bytes).built).toBe(true);
  });
});

describe("safetensors", () => {
  it("keeps every type, empty tensors and names as they are", () => {
    const tensors = new Map<string, HostArray>([
      ["b", { data: Uint8Array.of(1, 0, 1), shape: [3] }],
      ['ä/"quoted"', { data: Float32Array.of(1.5, -0, Number.NaN), shape: [1, 3] }],
      ["empty", { data: new Float32Array(0), shape: [0, 4] }],
      ["int", { data: Int32Array.of(-1, 2 ** 31 - 1), shape: [2, 1] }],
      ["scalar", { data: Float64Array.of(Math.PI), shape: [] }],
    ]);
    const metadata = { note: "…" };
    const bytes = encodeTensors({ tensors, metadata });
    expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0);
    // Read from an odd offset, as inside a larger file.
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const file = decodeTensors(shifted.subarray(3), "bytes");
    expect([...file.tensors]).toEqual([...tensors]);
    expect(file.metadata).toEqual(metadata);
  });
});
