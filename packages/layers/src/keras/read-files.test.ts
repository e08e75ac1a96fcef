import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { wasm } from "@hekla/kernels-wasm";
import { optimizerFromConfig } from "@hekla/optim";
import { type HostArray, reference, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelFromBytes } from "../index.js";

const folder = fileURLToPath(new URL("./fixtures/", import.meta.url));
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(folder + name));

interface Saved {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly number[];
}
interface Prediction {
  readonly endings: readonly string[];
  readonly inputs: readonly Saved[];
  readonly outputs: readonly Saved[];
  /** One more step of training in Keras. */
  readonly further?: Readonly<Record<"inputs" | "labels" | "weights", readonly Saved[]>>;
}
const { files } = JSON.parse(readFileSync(`${folder}predictions.json`, "utf8")) as {
  files: Readonly<Record<string, Prediction>>;
};

const arrayOf = ({ shape, dtype, data }: Saved): HostArray => ({
  shape,
  data: dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data),
});

function expectClose(found: readonly HostArray[], expected: readonly Saved[]): void {
  expect(found.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  found.forEach(({ data }, index) => {
    const wanted = expected[index]!.data;
    const worst = Math.max(0, ...Array.from(data, (value, k) => Math.abs(value - wanted[k]!)));
    expect(worst).toBeLessThan(1e-5);
  });
}

describe.each([
  ["reference", reference],
  ["wasm", wasm],
] as const)("files of Keras 3, on %s", (_, backend) => {
  beforeAll(async () => {
    await useBackend(backend());
  });
  afterAll(async () => {
    await useBackend(reference());
  });

  const rows = Object.entries(files).flatMap(([name, { endings }]) =>
    endings.filter((ending) => ending !== ".weights.h5").map((ending) => [name, ending] as const),
  );

  it.each(rows)("%s%s predicts what Keras predicts", async (name, ending) => {
    const { inputs, outputs } = files[name]!;
    const model = modelFromBytes(bytesOf(name + ending), { source: name + ending });
    const x = inputs.map(arrayOf);
    const options = { batchSize: x[0]!.shape[0]! };
    expectClose(await model.predictAll(x.length === 1 ? x[0]! : x, options), outputs);
  });
});

describe("weights alone", () => {
  const rows = Object.entries(files).filter(([, { endings }]) => endings.includes(".weights.h5"));
  it.each(rows)("%s.weights.h5 has those of the model", async (name) => {
    const model = modelFromBytes(bytesOf(`${name}.keras`));
    const weights = await model.getWeights();
    model.setWeights(model.weights.map(({ size }) => new Float32Array(size)));
    await model.restore(bytesOf(`${name}.weights.h5`));
    expect(await model.getWeights()).toEqual(weights);
  });

  it("say that they are no model", () => {
    expect(() => modelFromBytes(bytesOf("mlp.weights.h5"))).toThrow(/holds no model, got weights alone/);
  });
});

describe("training goes on as in Keras", () => {
  const rows = Object.entries(files).flatMap(([name, { endings, further }]) =>
    further
      ? endings.filter((ending) => ending !== ".weights.h5").map((ending) => [name, ending] as const)
      : [],
  );

  it.each(rows)("%s%s", async (name, ending) => {
    const { inputs, labels, weights } = files[name]!.further!;
    const model = modelFromBytes(bytesOf(name + ending), { optimizer: optimizerFromConfig });
    const [x, y] = [inputs.map(arrayOf), labels.map(arrayOf)];
    await model.trainOnBatch(x.length === 1 ? x[0]! : x, y.length === 1 ? y[0]! : y);
    expectClose(await model.getWeights(), weights);
  });
});
