import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wasm } from "@hekla/kernels-wasm";
import { type Backend, DeviceError, reference } from "@hekla/tensor";
import { findModel, resolveConfig } from "@hekla/zoo";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chooseBackend } from "./backends-auto.js";
import { millisecondsPerStep, type ProbedWork } from "./backends-probe.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hekla-auto-"));
  vi.stubEnv("XDG_CACHE_HOME", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** A backend that takes so long for each plan, and counts them. */
function slowed(name: string, ms: number, device?: Backend["device"]) {
  const inner = reference();
  const seen = { runs: 0, disposed: 0 };
  const backend: Backend = {
    ...inner,
    name,
    ...(device && { device }),
    prepare(plan) {
      const executable = inner.prepare(plan);
      return {
        run(inputs) {
          seen.runs++;
          const until = performance.now() + ms;
          while (performance.now() < until);
          return executable.run(inputs);
        },
        dispose: () => executable.dispose(),
      };
    },
    dispose: () => void seen.disposed++,
  };
  return { backend, seen };
}

const model = findModel("mnist-perceptron")!;
const work: ProbedWork = { model, config: resolveConfig(model.config, { batchSize: 4 }) };
const chip = { name: "Chip 3000", software: false };
const kept = async () => JSON.parse(await readFile(join(folder, "hekla/backends.json"), "utf8")) as object;

describe("chooseBackend", () => {
  it("takes wasm at once where there is no WebGPU", async () => {
    const wasm = slowed("wasm", 0);
    const choice = await chooseBackend(
      work,
      async () => wasm.backend,
      () => Promise.reject(new DeviceError("webgpu: no adapter")),
    );
    expect(choice).toEqual({ backend: wasm.backend, reason: "webgpu: no adapter", shown: false });
    expect(wasm.seen.runs).toBe(0);
  });

  it.each([
    [3, 30, "wasm", /^wasm, 1 thread: [\d.]+ ms a step against [\d.]+ ms on webgpu \(Chip 3000\)$/],
    [30, 3, "webgpu", /^webgpu \(Chip 3000\): [\d.]+ ms a step against [\d.]+ ms on wasm, 1 thread$/],
  ])(
    "measures both, takes the faster one, disposes of the other: %d and %d ms",
    async (cpu, gpu, name, reason) => {
      const wasm = slowed("wasm", cpu);
      const webgpu = slowed("webgpu", gpu, chip);
      const choice = await chooseBackend(
        work,
        async () => wasm.backend,
        async () => webgpu.backend,
      );
      expect(choice.backend.name).toBe(name);
      expect(choice.reason).toMatch(reason);
      expect(choice.shown).toBe(true);
      expect([wasm.seen.disposed, webgpu.seen.disposed]).toEqual(name === "wasm" ? [0, 1] : [1, 0]);
      for (const { backend } of [wasm, webgpu]) expect(backend.memory().persistentBytes).toBe(0);
    },
  );

  it("does not wait for a GPU made of software", async () => {
    const wasm = slowed("wasm", 30);
    const webgpu = slowed("webgpu", 0, { name: "SwiftShader", software: true });
    const choice = await chooseBackend(
      work,
      async () => wasm.backend,
      async () => webgpu.backend,
    );
    const reason = "wasm, 1 thread; webgpu (SwiftShader, software) is no GPU";
    expect(choice).toEqual({ backend: wasm.backend, reason, shown: true });
    expect([wasm.seen, webgpu.seen]).toEqual([
      { runs: 0, disposed: 0 },
      { runs: 0, disposed: 1 },
    ]);
  });

  it("keeps to what it measured first, until the work or the machine is another", async () => {
    const first = [slowed("wasm", 20), slowed("webgpu", 2, chip)] as const;
    const before = await chooseBackend(
      work,
      async () => first[0].backend,
      async () => first[1].backend,
    );
    const choose = async (to: ProbedWork, device = chip) => {
      const [wasm, webgpu] = [slowed("wasm", 0), slowed("webgpu", 20, device)];
      const choice = await chooseBackend(
        to,
        async () => wasm.backend,
        async () => webgpu.backend,
      );
      return { choice, runs: wasm.seen.runs };
    };
    const again = await choose({ model, config: { ...work.config, seed: 9, epochs: 3 } });
    expect(again.runs).toBe(0);
    expect(again.choice).toMatchObject({ backend: { name: "webgpu" }, reason: before.reason });
    expect(Object.keys(await kept())).toHaveLength(1);

    expect((await choose({ model, config: { ...work.config, batchSize: 5 } })).choice.backend.name).toBe(
      "wasm",
    );
    expect((await choose(work, { ...chip, name: "Chip 4000" })).choice.backend.name).toBe("wasm");
    expect(Object.keys(await kept())).toHaveLength(3);

    await writeFile(join(folder, "hekla/backends.json"), "{ damaged");
    expect((await choose(work)).choice.backend.name).toBe("wasm");
    expect(Object.keys(await kept())).toHaveLength(1);
  });

  it("takes wasm where the GPU fails, and passes on faults of ours", async () => {
    const wasm = slowed("wasm", 0);
    const broken = slowed("webgpu", 0, chip);
    const prepare = () => {
      throw new DeviceError("webgpu: out of memory");
    };
    const choice = await chooseBackend(
      work,
      async () => wasm.backend,
      async () => ({ ...broken.backend, prepare }),
    );
    expect(choice).toMatchObject({
      backend: { name: "wasm" },
      reason: "not measured: webgpu: out of memory",
    });
    const fault = chooseBackend(
      work,
      async () => wasm.backend,
      () => Promise.reject(new TypeError("ours")),
    );
    await expect(fault).rejects.toThrow(TypeError);
  });
});

describe("millisecondsPerStep", () => {
  it("is about what a step takes, and ends in time", async () => {
    const { backend, seen } = slowed("wasm", 25);
    const began = performance.now();
    const ms = await millisecondsPerStep(backend, work);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(ms).toBeGreaterThanOrEqual(25);
    expect(ms).toBeLessThan(400);
    expect(seen.runs).toBeGreaterThan(3);
    expect(backend.memory().persistentBytes).toBe(0);
  });

  it.each([
    ["si650-lstm", { units: 4, embeddingSize: 4 }],
    ["translate-seq2seq", { units: 4, embeddingSize: 4, vocabulary: 20 }],
    ["vae", { hidden: 4 }],
    ["dqn", {}],
    ["gan", { hidden: 8, filters: 2 }],
  ])("takes networks of every kind: %s", async (id, values) => {
    const other = findModel(id)!;
    const known = Object.fromEntries(Object.entries(values).filter(([name]) => name in other.config));
    const config = resolveConfig(other.config, { ...known, batchSize: 2 });
    const backend = await wasm({ threads: 1 });
    expect(await millisecondsPerStep(backend, { model: other, config }, 1)).toBeGreaterThan(0);
    backend.dispose();
  });
});
