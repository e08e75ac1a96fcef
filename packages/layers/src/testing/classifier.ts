import { Adam } from "@hekla/optim";
import { type HostArray, HostRandom } from "@hekla/tensor";
import { Dense, Dropout, Input, Sequential } from "../index.js";

/** Points in the plane (and two axes of noise) in three classes, one-hot. */
function points(count: number): { x: HostArray; y: HostArray } {
  const random = new HostRandom(7, "points");
  const x = Float32Array.from({ length: count * 4 }, () => random.normal());
  const y = new Float32Array(count * 3);
  for (let k = 0; k < count; k++) y[k * 3 + (x[k * 4]! > 0.3 ? 2 : x[k * 4 + 1]! > 0 ? 1 : 0)] = 1;
  return { x: { data: x, shape: [count, 4] }, y: { data: y, shape: [count, 3] } };
}

export const { x, y } = points(100);

export function classifier(seed = 0, dropout = 0.2): Sequential {
  const model = new Sequential(
    [
      new Input([4]),
      new Dense(8, { activation: "relu" }),
      new Dropout(dropout),
      new Dense(3, { activation: "softmax" }),
    ],
    { seed },
  );
  model.compile({ optimizer: new Adam(0.02), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}
