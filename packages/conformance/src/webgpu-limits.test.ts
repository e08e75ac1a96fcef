import { type GpuSource, webgpu } from "@hekla/kernels-webgpu";
import { Dense, Sequential } from "@hekla/layers";
import { Adam } from "@hekla/optim";
import { add, type Backend, DeviceError, reference, tensor, useBackend } from "@hekla/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { dawnSource, hasAdapter } from "./testing/webgpu-adapter.js";

/** A source whose adapters have lower limits. */
async function limited(limits: Readonly<Record<string, number>>): Promise<GpuSource> {
  const real = await dawnSource();
  return {
    requestAdapter: async (options) => {
      const adapter = (await real.requestAdapter(options)) as GPUAdapter; // cast: as WebGPU has it
      const lower = new Proxy(adapter.limits, {
        get: (all, name) => limits[String(name)] ?? Reflect.get(all, name, all),
      });
      return new Proxy(adapter, {
        get: (all, name) => {
          if (name === "limits") return lower;
          const value: unknown = Reflect.get(all, name, all);
          return typeof value === "function" ? value.bind(all) : value;
        },
      });
    },
  };
}

describe.skipIf(!(await hasAdapter()))("a device's limits", () => {
  const opened: Backend[] = [];
  const open = async (options: Parameters<typeof webgpu>[0] = {}): Promise<Backend> => {
    const backend = await useBackend(webgpu({ recover: false, ...options }));
    opened.push(backend);
    return backend;
  };
  afterAll(async () => {
    await useBackend(reference());
    for (const backend of opened) await backend.dispose();
  });

  it("a tensor of 256 MiB where kernels see 128 MiB is refused with the numbers, and nothing is broken", async () => {
    await open({ gpu: await limited({ maxStorageBufferBindingSize: 2 ** 27 }) });
    const large = tensor(new Float32Array(2 ** 26));
    expect(() => add(large, 1)).toThrow(DeviceError);
    expect(() => add(large, 1)).toThrow(
      /67108864 elements .* got 268435456 bytes, expected at most 134217728/,
    );
    expect([...(await add(tensor([1, 2]), 1).data())]).toEqual([2, 3]);
  });

  it("a batch that is too large is refused with the share of it that would fit, and training can go on", async () => {
    await open({ gpu: await limited({ maxStorageBufferBindingSize: 2 ** 27 }) });
    const model = new Sequential([new Dense(64, { activation: "relu", inputShape: [1] }), new Dense(1)]);
    model.compile({ optimizer: new Adam(), loss: "meanSquaredError" });
    const fit = (count: number) =>
      model.fit(
        { data: new Float32Array(count), shape: [count, 1] },
        { data: new Float32Array(count), shape: [count, 1] },
        { batchSize: count, epochs: 1, verbose: 0 },
      );
    await expect(fit(600_000)).rejects.toThrow(
      /got 153600000 bytes, expected at most 134217728 \(a batch of 87 % of this one would fit/,
    );
    const { history } = await fit(400);
    expect(Number.isFinite(history["loss"]![0])).toBe(true);
  });

  it("two models train by turns on one device as each does alone", async () => {
    const data = { data: Float32Array.from({ length: 64 * 4 }, (_, i) => Math.sin(i)), shape: [64, 4] };
    const target = { data: Float32Array.from({ length: 64 }, (_, i) => Math.cos(i)), shape: [64, 1] };
    const make = (units: number): Sequential => {
      const model = new Sequential([new Dense(units, { activation: "tanh", inputShape: [4] }), new Dense(1)]);
      model.compile({ optimizer: new Adam(0.01), loss: "meanSquaredError" });
      return model;
    };
    const losses = async (models: readonly Sequential[]): Promise<number[][]> => {
      const result: number[][] = models.map(() => []);
      for (let step = 0; step < 4; step++) {
        for (const [at, model] of models.entries())
          result[at]!.push((await model.trainOnBatch(data, target)).loss!);
      }
      return result;
    };
    await open();
    const weights = [make(5), make(300)].map((model) => model.getWeights());
    const started = async (at: number): Promise<Sequential> => {
      const model = make(at === 0 ? 5 : 300);
      model.setWeights(await weights[at]!);
      return model;
    };
    const [small] = await losses([await started(0)]);
    const [large] = await losses([await started(1)]);
    expect(await losses([await started(0), await started(1)])).toEqual([small, large]);
  });
});
