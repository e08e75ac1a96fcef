import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { wasm } from "@hekla/kernels-wasm";
import { type Model, modelFromBytes } from "@hekla/layers";
import { useBackend } from "@hekla/tensor";
import { DataSource, keptConfig, mnistCnn, mnistMlp } from "@hekla/zoo";
import { type PretrainedId, pretrained } from "@hekla/zoo/pretrained";
import { encodeWeightFile } from "../../packages/zoo/src/digits/weight-file.js";

/** What rounding may change of the accuracy: 2 of 10 000 digits. */
const tolerance = 0.0002;
const most = 3_000_000;

/** Writes the files of all shipped models; whether their accuracy and their size are as they should be. */
export async function makeWeights(from: string, to: string): Promise<boolean> {
  const backend = await useBackend(wasm());
  const data = new DataSource({ synthetic: "never" });
  let [size, ok] = [0, true];
  try {
    for (const model of [mnistCnn, mnistMlp]) {
      const id = model.id as PretrainedId; // cast: these two are
      const source = join(from, `${id}.keras`);
      const trained = await modelFromBytes(await readFile(source), { source });
      const config = keptConfig(trained)?.config ?? {};
      const tensors = new Map<string, { data: Float32Array; shape: readonly number[] }>();
      for (const [name, weight] of trained.namedWeights()) {
        tensors.set(name, { data: Float32Array.from(await weight.data()), shape: weight.shape });
      }
      const bytes = encodeWeightFile({ model: id, config, tensors });
      await writeFile(join(to, `${id}.safetensors`), bytes);
      const judge = async (network: Model) => {
        // cast: from a file of this model
        const { metrics, samples } = await model.evaluate({ data, model: network, config: config as never });
        return { accuracy: metrics["accuracy"] ?? 0, loss: metrics["loss"] ?? 0, samples };
      };
      const [before, after] = [await judge(trained), await judge(await pretrained(id, { bytes }))];
      const same = Math.abs(before.accuracy - after.accuracy) <= tolerance && before.samples === 10_000;
      [size, ok] = [size + bytes.length, ok && same];
      const figures = (of: typeof before) => `${of.accuracy.toFixed(4)} (loss ${of.loss.toFixed(5)})`;
      process.stdout.write(
        `${same ? "ok  " : "FAIL"} ${id}: ${before.samples} test digits, accuracy ${figures(before)} in ` +
          `single, ${figures(after)} in half precision; ${bytes.length} bytes\n`,
      );
    }
  } finally {
    await backend.dispose();
  }
  process.stdout.write(`${size} bytes in all, at most ${most}\n`);
  return ok && size <= most;
}
