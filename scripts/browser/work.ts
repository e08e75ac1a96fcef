// What the browser check runs in a page's worker, and in Node for comparison.
import { withAllThreads } from "@hekla/conformance";
import { syntheticDigits } from "@hekla/datasets";
import { wasm } from "@hekla/kernels-wasm";
import { Conv2D, Dense, Flatten, MaxPooling2D, Sequential } from "@hekla/layers";
import { Adam } from "@hekla/optim";
import { useBackend } from "@hekla/tensor";
import { type Conformance, conformanceOf } from "./conformance.js";

/** Trains a small CNN on built-in digits; returns every bit of its predictions as one number, and its accuracy. */
export async function train(threads: number): Promise<{ digest: string; accuracy: number }> {
  const backend = await useBackend(wasm({ threads }));
  const { x, y } = syntheticDigits(7, 512);
  const model = new Sequential([
    new Conv2D(8, 5, {
      padding: "same",
      activation: "relu",
      dataFormat: "channelsFirst",
      inputShape: [1, 28, 28],
    }),
    new MaxPooling2D(2, { dataFormat: "channelsFirst" }),
    new Flatten(),
    new Dense(32, { activation: "relu" }),
    new Dense(10, { activation: "softmax" }),
  ]);
  model.compile({ optimizer: new Adam(0.005), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  await model.fit(x, y, { batchSize: 64, epochs: 10, seed: 1, verbose: 0 });
  const { accuracy } = await model.evaluate(x, y);
  const { data } = await model.predict(x);
  await backend.dispose();
  return { digest: digest(Float32Array.from(data)), accuracy: accuracy ?? 0 };
}

/** The whole sample table on the wasm backend. */
export const conform = (threads: number): Promise<Conformance> =>
  conformanceOf(() => withAllThreads(wasm({ threads })));

/** FNV-1a over the bytes. */
function digest(values: Float32Array): string {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(values.buffer)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}
