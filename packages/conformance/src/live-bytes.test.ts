import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { wasm } from "@hekla/kernels-wasm";
import { Dense, Dropout, Sequential } from "@hekla/layers";
import { Adam } from "@hekla/optim";
import { type Backend, type MemoryInfo, memory, reference, useBackend } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { seededRandom } from "./inputs.js";
import { perceptron, train } from "./training-steps.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

interface Live extends MemoryInfo {
  /** Bytes of JavaScript objects after a collection. */
  readonly heapBytes: number;
  /** Bytes of typed arrays after a collection. */
  readonly arrayBytes: number;
}

async function live(): Promise<Live> {
  // Array buffers are swept beside the program: a second collection waits for the first one's sweep.
  collectGarbage();
  await new Promise((resolve) => setTimeout(resolve));
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { ...memory(), heapBytes: heapUsed, arrayBytes: arrayBuffers };
}

const backends: [name: string, make: () => Backend | Promise<Backend>][] = [
  ["reference", () => reference()],
  ["wasm, 2 threads", () => wasm({ threads: 2 })],
];

/** A kept batch or result a step would be 700 KB in 90 steps, and 450 KB in 900. */
const arraySlack = 64_000;
/** The engine's notes and compiled code grow for a while; recorded nodes, if kept, would be 5 MB in 90 steps. */
const heapSlack = 4_000_000;

function expectConstant(early: Live, late: Live): void {
  const onBackend = ({ persistentBytes, arenaBytes, slots }: Live): MemoryInfo => ({
    persistentBytes,
    arenaBytes,
    slots,
  });
  expect(onBackend(late)).toEqual(onBackend(early));
  expect(late.arrayBytes - early.arrayBytes).toBeLessThan(arraySlack);
  expect(late.heapBytes - early.heapBytes).toBeLessThan(heapSlack);
}

describe.each(backends)("live bytes: %s", (_name, make) => {
  it("are the same after 100 and after 1 000 steps of fit", async () => {
    const backend = await useBackend(make());
    const random = seededRandom("live bytes");
    const [samples, batchSize] = [800, 8];
    const x = { data: Float32Array.from({ length: samples * 16 }, random), shape: [samples, 16] };
    const y = {
      data: new Float32Array(samples * 4).map((_, at) => (at % 4 === (at >> 2) % 4 ? 1 : 0)),
      shape: [samples, 4],
    };
    const model = new Sequential([
      new Dense(32, { activation: "relu", inputShape: [16] }),
      new Dropout(0.2),
      new Dense(4, { activation: "softmax" }),
    ]);
    model.compile({ optimizer: new Adam(), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
    const seen: Live[] = [];
    const callbacks = [
      {
        onEpochEnd: async () => {
          seen.push(await live());
        },
      },
    ];
    await model.fit(x, y, { batchSize, epochs: 10, callbacks });
    expect(seen).toHaveLength(10);
    expect(seen[0]!.persistentBytes).toBeGreaterThan(0);
    expectConstant(seen[0]!, seen[9]!);
    await useBackend(reference());
    await backend.dispose();
  });

  it.each(["eager", "scope", "compiled"] as const)(
    "are the same after 10 and after 100 steps by hand, %s",
    async (mode) => {
      const backend = await useBackend(make());
      const problem = perceptron(1);
      const optimizer = new Adam();
      const steps = (count: number): void => {
        const batches = Array.from({ length: count }, () => problem.batches[0]!);
        train({ ...problem, batches }, optimizer, mode);
      };
      steps(10);
      const early = await live();
      steps(90);
      expectConstant(early, await live());
      await useBackend(reference());
      await backend.dispose();
    },
  );
});
