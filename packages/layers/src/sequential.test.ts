import type { HostArray } from "@hekla/tensor";
import { HostRandom } from "@hekla/tensor";
import { Adam, optimizerFromConfig, SGD } from "@hekla/optim";
import { describe, expect, it } from "vitest";
import {
  Activation, Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D, Sequential,
} from "./index.js";

/** The lecture's network for digits: channels first, activations as layers of their own. */
const lectureCNN = (): Sequential => {
  const conv = { padding: "same", dataFormat: "channelsFirst" } as const;
  return new Sequential([
    new Conv2D(20, 5, { ...conv, inputShape: [1, 28, 28] }), new Activation("relu"),
    new MaxPooling2D(2, { strides: 2, dataFormat: "channelsFirst" }),
    new Conv2D(50, 5, conv), new Activation("relu"),
    new MaxPooling2D(2, { strides: 2, dataFormat: "channelsFirst" }),
    new Flatten(), new Dense(500), new Activation("relu"), new Dense(10), new Activation("softmax"),
  ]);
};

const points = (count: number, features: number): { x: HostArray; y: HostArray } => {
  const random = new HostRandom(7, "points");
  const x = Float32Array.from({ length: count * features }, () => random.normal());
  const y = new Float32Array(count * 3);
  for (let k = 0; k < count; k++) {
    const label = x[k * features]! > 0.3 ? 2 : x[k * features + 1]! > 0 ? 1 : 0;
    y[k * 3 + label] = 1;
  }
  return { x: { data: x, shape: [count, features] }, y: { data: y, shape: [count, 3] } };
};

describe("smoke", () => {
  it("summary", () => {
    console.log(lectureCNN().summary());
  });
  it("fits", async () => {
    const { x, y } = points(200, 4);
    const model = new Sequential([new Input([4]), new Dense(16, { activation: "relu" }), new Dropout(0.1), new Dense(3, { activation: "softmax" })]);
    model.compile({ optimizer: new Adam(0.01), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
    const h = await model.fit(x, y, { epochs: 5, validationSplit: 0.2, batchSize: 32, verbose: 1 });
    console.log(h, await model.evaluate(x, y));
    const bytes = await model.toBytes();
    console.log(bytes.length);
  });
});
