import { readFileSync } from "node:fs";
import { optimizerFromConfig } from "@hekla/optim";
import type { HostArray } from "@hekla/tensor";
import { expect, it } from "vitest";
import { modelFromBytes } from "../index.js";

const bytesOf = (ending: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`fixtures/keras-2${ending}`, import.meta.url)));

interface Saved {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly number[];
}
const { inputs, outputs } = JSON.parse(new TextDecoder().decode(bytesOf(".json"))) as Readonly<
  Record<"inputs" | "outputs", readonly Saved[]>
>;
const arrayOf = ({ shape, dtype, data }: Saved): HostArray => ({
  shape,
  data: dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data),
});

it.each([".h5", ".keras"])("a %s file of Keras 2 predicts what Keras 2 predicts", async (ending) => {
  const model = modelFromBytes(bytesOf(ending), { optimizer: optimizerFromConfig });
  expect(model.optimizer.getConfig()).toMatchObject({ className: "Adam" });
  const found = await model.predictAll(inputs.map(arrayOf));
  expect(found.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
  found.forEach(({ data }, at) => {
    const worst = Math.max(...Array.from(data, (value, k) => Math.abs(value - outputs[at]!.data[k]!)));
    expect(worst).toBeLessThan(1e-5);
  });
});
