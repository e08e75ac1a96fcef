import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { wasm } from "@hekla/kernels-wasm";
import { Dense, Dropout, Sequential } from "@hekla/layers";
import { Adam } from "@hekla/optim";
import { type Backend, memory, type MemoryInfo, reference, useBackend } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { seededRandom } from "./inputs.js";
import { perceptron, train } from "./training-steps.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

interface Live extends MemoryInfo {
  /** Bytes of JavaScript objects and of array buffers outside of them, after a collection. */
  readonly hostBytes: number;
}

function live(): Live {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { ...memory(), hostBytes: heapUsed + arrayBuffers };
}

const backends: [name: string, make: () => Backend | Promise<Backend>][] = [
  ["reference", () => reference()],
  ["wasm, 2 threads", () => wasm({ threads: 2 })],
];

/** What 900 steps may leave behind on the heap: less than one batch a step would be 7 MB, one tensor object 200 KB. */
const slack = 150_000;

function expectConstant(early: Live, late: Live): void {
  const { hostBytes: before, ...backendBefore } = early;
  const { hostBytes: after, ...backendAfter } = late;
  expect(backendAfter).toEqual(backendBefore);
  expect(after - before).toBeLessThan(slack);
}

describe.each(backends)("live bytes: %s", (_name, make) => {
  it("are the same after 100 and after 1 000 steps of fit", async () => {
    const backend = await useBackend(make());
    const random = seededRandom("live bytes");
    const [samples, batchSize] = [800, 8];
    const x = { data: Float32Array.from({ length: samples * 16 }, random), shape: [samples, 16] };
    const y = { data: new Float32Array(samples * 4).map((_, at) => (at % 4 === (at >> 2) % 4 ? 1 : 0)), shape: [samples, 4] };
    const model = new Sequential([
      new Dense(32, { activation: "relu", inputShape: [16] }),
      new Dropout(0.2),
      new Dense(4, { activation: "softmax" }),
    ]);
    model.compile({ optimizer: new Adam(), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
    const seen: Live[] = [];
    const callbacks = [{ onEpochEnd: () => { seen.push(live()); } }];
    await model.fit(x, y, { batchSize, epochs: 10, callbacks });
    expect(seen).toHaveLength(10);
    expect(seen[0]!.persistentBytes).toBeGreaterThan(0);
    expectConstant(seen[0]!, seen[9]!);
    await useBackend(reference());
    await backend.dispose();
  });

  it.each(["eager", "scope", "compiled"] as const)("are the same after 20 and after 200 steps by hand, %s", async (mode) => {
    const backend = await useBackend(make());
    const problem = perceptron(1);
    const optimizer = new Adam();
    const steps = (count: number): void => {
      const batches = Array.from({ length: count }, () => problem.batches[0]!);
      train({ ...problem, batches }, optimizer, mode);
    };
    steps(20);
    const early = live();
    steps(180);
    // compile keeps a plan for each call of train.
    expectConstant(early, mode === "compiled" ? { ...live(), hostBytes: early.hostBytes } : live());
    await useBackend(reference());
    await backend.dispose();
  });
});
