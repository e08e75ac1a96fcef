// What a user's first program does with the packed packages: train, evaluate, save, load and ask a small network.
import { syntheticDigits } from "@hekla/datasets";
import { wasm } from "@hekla/kernels-wasm";
import { Dense, loadModel, Sequential } from "@hekla/layers";
import { Adam } from "@hekla/optim";
import { useBackend } from "@hekla/tensor";
import { zoo } from "@hekla/zoo";

function check(condition: boolean, text: string): void {
  if (!condition) throw new Error(`consumer: ${text}`);
}

/** Two interleaved half moons: inputs [n, 2], one-hot labels [n, 2]. */
function moons(n: number) {
  const x = new Float32Array(n * 2);
  const y = new Float32Array(n * 2);
  for (let i = 0; i < n; i++) {
    const angle = (Math.PI * (i >> 1)) / (n / 2);
    const upper = i % 2 === 0;
    x[2 * i] = upper ? Math.cos(angle) : 1 - Math.cos(angle);
    x[2 * i + 1] = upper ? Math.sin(angle) : 0.5 - Math.sin(angle);
    y[2 * i + (upper ? 0 : 1)] = 1;
  }
  return { x: { data: x, shape: [n, 2] }, y: { data: y, shape: [n, 2] } };
}

await useBackend(wasm());
const { x, y } = moons(512);
const model = new Sequential([
  new Dense(32, { activation: "relu", inputShape: [2] }),
  new Dense(32, { activation: "relu" }),
  new Dense(2, { activation: "softmax" }),
]);
model.compile({ optimizer: new Adam(0.01), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
await model.fit(x, y, { batchSize: 64, epochs: 40, seed: 1, verbose: 0 });
const before = await model.evaluate(x, y);
check((before.accuracy ?? 0) > 0.97, `accuracy ${before.accuracy} after training, expected more than 0.97`);

await model.save("moons.keras");
const after = await (await loadModel("moons.keras")).predict(x);
const kept = await model.predict(x);
check(
  after.data.length === kept.data.length && after.data.every((value, i) => value === kept.data[i]),
  "a saved and loaded model predicts something else",
);
check(syntheticDigits(1, 20).x.shape[0] === 20, "syntheticDigits(1, 20) did not draw 20 digits");
check(zoo.length >= 3, "the zoo lists fewer than three models");
