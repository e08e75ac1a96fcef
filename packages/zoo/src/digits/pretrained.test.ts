import { readFile } from "node:fs/promises";
import { wasm } from "@hekla/kernels-wasm";
import { type Backend, DataError, useBackend } from "@hekla/tensor";
import { roundToHalf } from "@hekla/tensor/half";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataSource } from "../data-source.js";
import { keptConfig } from "../train-network.js";
import type { DigitsConfig } from "./digits-config.js";
import { mnistCnn } from "./mnist-cnn.js";
import { mnistMlp } from "./mnist-mlp.js";
import { type PretrainedId, pretrained } from "./pretrained.js";
import { decodeWeightFile, encodeWeightFile } from "./weight-file.js";

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm());
});
afterAll(() => backend.dispose());

const cases = [
  { id: "mnist-cnn", model: mnistCnn, parameters: 1_256_080, drawn: 0.9, real: 0.995 },
  { id: "mnist-mlp", model: mnistMlp, parameters: 118_282, drawn: 0.7, real: 0.9818 },
] as const;

describe.each(cases)("the weights of $id", ({ id, model, parameters, drawn, real }) => {
  it("read drawn digits, which they never saw in training", async () => {
    const network = await pretrained(id);
    expect(network.countParams()).toBe(parameters);
    const config = keptConfig(network)?.config as unknown as DigitsConfig; // cast: keepConfig wrote it
    expect(config).toMatchObject({ seed: 1, batchSize: 128, limit: 0 });
    const data = new DataSource({ synthetic: "always" });
    const { metrics } = await model.evaluate({ data, model: network, config });
    expect(metrics["accuracy"]).toBeGreaterThan(drawn);
    network.dispose();
  });

  it.skipIf(!process.env["HEKLA_DATA_DIR"])("read the test digits of MNIST as documented", async () => {
    const network = await pretrained(id);
    const config = keptConfig(network)?.config as unknown as DigitsConfig; // cast: keepConfig wrote it
    const { metrics, samples } = await model.evaluate({ data: new DataSource(), model: network, config });
    expect(samples).toBe(10_000);
    expect(Math.abs((metrics["accuracy"] ?? 0) - real)).toBeLessThanOrEqual(0.0002);
    network.dispose();
  });
});

describe("a file of weights", () => {
  const weights = { data: Float32Array.of(1 / 3, -2.00001, 1e-9, 70000, 0, -0.1), shape: [2, 3] };
  const file = { model: "mnist-mlp", config: { seed: 1 }, tensors: new Map([["dense_1/kernel", weights]]) };

  it("gives back the numbers next to it in half precision", () => {
    const read = decodeWeightFile(encodeWeightFile(file), "a file");
    expect(read.model).toBe("mnist-mlp");
    expect(read.config).toEqual({ seed: 1 });
    const { data, shape } = read.tensors.get("dense_1/kernel") ?? {};
    expect(shape).toEqual([2, 3]);
    expect(Array.from(data ?? [])).toEqual(Array.from(weights.data, roundToHalf));
  });

  const shippedFile = (id: PretrainedId) =>
    readFile(new URL(`../../weights/${id}.safetensors`, import.meta.url));

  it("that is damaged, cut short or something else is refused", async () => {
    const whole = await shippedFile("mnist-mlp");
    expect(() => decodeWeightFile(whole.subarray(0, 60), "a file")).toThrow(
      "the file is cut short or no file of weights, got 60 bytes, expected a safetensors header",
    );
    const changed = Uint8Array.from(whole);
    changed[200_000]! ^= 1;
    await expect(pretrained("mnist-mlp", { bytes: changed })).rejects.toThrow(
      /^pretrained: weights of mnist-mlp: the file is damaged, got 236564 bytes of values, checksum \w{8}, /,
    );
    await expect(pretrained("mnist-mlp", { bytes: whole.subarray(0, -2) })).rejects.toThrow(
      "the file is damaged",
    );
    const turned = new TextDecoder("latin1").decode(whole).replace("[784,128]", "[128,784]");
    const otherShape = Uint8Array.from(turned, (letter) => letter.charCodeAt(0));
    await expect(pretrained("mnist-mlp", { bytes: otherShape })).rejects.toThrow("the file is damaged");
    const page = new TextEncoder().encode("<!doctype html><title>Not found</title>".padEnd(400));
    await expect(pretrained("mnist-mlp", { bytes: page })).rejects.toThrow(DataError);
    const broken = Uint8Array.from(whole);
    broken[9] = 0;
    await expect(pretrained("mnist-mlp", { bytes: broken })).rejects.toThrow("the header cannot be read");
  });

  it("of another model, or with weights that do not fit, is refused", async () => {
    await expect(pretrained("mnist-cnn", { bytes: await shippedFile("mnist-mlp") })).rejects.toThrow(
      "holds another model, got mnist-mlp, expected mnist-cnn",
    );
    await expect(pretrained("mnist-mlp", { bytes: encodeWeightFile(file) })).rejects.toThrow(
      "dense_1/kernel does not fit, got [2,3], expected [784,128]",
    );
    await expect(pretrained("mnist-gan" as PretrainedId)).rejects.toThrow(
      'pretrained: there are no such weights, got "mnist-gan", expected one of mnist-cnn, mnist-mlp',
    );
  });
});
