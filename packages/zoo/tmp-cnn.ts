import { Sequential, Conv2D, MaxPooling2D, Flatten, Dense } from "@hekla/layers";
import { Adam } from "@hekla/optim";
import { useBackend, memory, HostRandom } from "@hekla/tensor";
import { wasm } from "@hekla/kernels-wasm";
const threads = Number(process.argv[2] ?? 2);
await useBackend(wasm({ threads }));
const model = new Sequential([
  new Conv2D(20, 5, { padding: "same", activation: "relu", dataFormat: "channelsFirst", inputShape: [1, 28, 28] }),
  new MaxPooling2D(2, { dataFormat: "channelsFirst" }),
  new Conv2D(50, 5, { padding: "same", activation: "relu", dataFormat: "channelsFirst" }),
  new MaxPooling2D(2, { dataFormat: "channelsFirst" }),
  new Flatten(), new Dense(500, { activation: "relu" }), new Dense(10, { activation: "softmax" }),
]);
model.compile({ optimizer: new Adam(), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
console.log(model.summary());
const n = 128 * Number(process.argv[3] ?? 10);
const r = new HostRandom(1, "x");
const x = Float32Array.from({ length: n * 784 }, () => r.uniform());
const y = new Float32Array(n * 10);
for (let i = 0; i < n; i++) y[i * 10 + r.integer(10)] = 1;
for (let e = 0; e < 3; e++) {
  const t = performance.now();
  const h = await model.fit({ data: x, shape: [n, 1, 28, 28] }, { data: y, shape: [n, 10] }, { batchSize: 128, epochs: 1, shuffle: true, verbose: 0 } as never);
  console.log(e, h.history, ((performance.now() - t) / (n / 128)).toFixed(1), "ms/step", memory());
}
process.exit(0);
