import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { HostArray } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { modelFromBytes } from "../index.js";

const folder = fileURLToPath(new URL("./fixtures/", import.meta.url));
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(folder + name));

interface Saved {
  readonly shape: readonly number[];
  readonly dtype?: string;
  readonly data: readonly number[];
}
interface Prediction {
  readonly endings: readonly string[];
  readonly inputs: readonly Saved[];
  readonly outputs: readonly Saved[];
}
const { files } = JSON.parse(readFileSync(`${folder}predictions.json`, "utf8")) as {
  files: Readonly<Record<string, Prediction>>;
};

const arrayOf = ({ shape, dtype, data }: Saved): HostArray => ({
  shape,
  data: dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data),
});

describe.each(Object.entries(files))("%s of Keras 3", (name, { endings, inputs, outputs }) => {
  it.each(endings.filter((ending) => ending !== ".weights.h5"))(
    "%s predicts what Keras predicts",
    async (ending) => {
      const model = modelFromBytes(bytesOf(name + ending), { source: name + ending });
      const x = inputs.map(arrayOf);
      const batchSize = x[0]!.shape[0]!;
      const found = await model.predictAll(x.length === 1 ? x[0]! : x, { batchSize });
      expect(found.length).toBe(outputs.length);
      found.forEach(({ data, shape }, index) => {
        expect(shape).toEqual(outputs[index]!.shape);
        const worst = Math.max(...Array.from(data, (value, k) => Math.abs(value - outputs[index]!.data[k]!)));
        expect(worst).toBeLessThan(1e-5);
      });
    },
  );
});
