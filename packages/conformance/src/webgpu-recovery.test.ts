import { wasm } from "@hekla/kernels-wasm";
import { type GpuSource, webgpu } from "@hekla/kernels-webgpu";
import { Dense, type History, Sequential } from "@hekla/layers";
import { Adam } from "@hekla/optim";
import { type Backend, DeviceError, HostRandom, reference, Tensor, tensor, useBackend } from "@hekla/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { dawnSource, hasAdapter } from "./testing/webgpu-adapter.js";

const random = new HostRandom(5, "data");
const inputs = Float32Array.from({ length: 320 * 12 }, () => random.normal());
const targets = Float32Array.from({ length: 320 }, (_, i) => Math.sin(inputs[12 * i]!) + inputs[12 * i + 1]!);

/** Trains a small network; `duringStep` is called in the middle of an epoch, after step `at`. */
async function train(
  backend: Backend,
  duringStep: () => void = () => {},
  { epochs = 4, at = 15 } = {},
): Promise<readonly number[]> {
  await useBackend(backend);
  const model = new Sequential([new Dense(16, { activation: "tanh", inputShape: [12] }), new Dense(1)]);
  model.compile({ optimizer: new Adam(0.01), loss: "meanSquaredError" });
  let steps = 0;
  const history: History = await model.fit(
    { data: inputs, shape: [320, 12] },
    { data: targets, shape: [320, 1] },
    {
      batchSize: 32,
      epochs,
      seed: 3,
      verbose: 0,
      callbacks: [
        {
          onBatchEnd: () => {
            if (++steps === at) duringStep();
          },
        },
      ],
    },
  );
  return history.history["loss"]!;
}

const destroy = (backend: Backend): void =>
  (backend as unknown as { gpuDevice: { destroy(): void } }).gpuDevice.destroy(); // cast: WebGPU's own type stays inside

describe.skipIf(!(await hasAdapter()))("a device that is lost in the middle of an epoch", () => {
  const opened: Backend[] = [];
  const open = async (options: Parameters<typeof webgpu>[0] = {}): Promise<Backend> => {
    const backend = await webgpu(options);
    opened.push(backend);
    return backend;
  };
  afterAll(async () => {
    await useBackend(reference());
    for (const backend of opened) await backend.dispose();
  });

  it("is replaced, and training ends with the bits that it would have", async () => {
    const undisturbed = await train(await open());
    const backend = await open();
    expect(await train(backend, () => destroy(backend))).toEqual(undisturbed);
  });

  it("goes on from a copy of its memory that was made on the way, not from the beginning", async () => {
    const length = { epochs: 50, at: 490 };
    const undisturbed = await train(await open(), () => {}, length);
    const backend = await open();
    expect(await train(backend, () => destroy(backend), length)).toEqual(undisturbed);
  });

  it("leaves the work to another backend where no device comes back", async () => {
    const undisturbed = await train(await open());
    let adapters = 0;
    const real = await dawnSource();
    const gpu: GpuSource = {
      requestAdapter: async (options) => (adapters++ === 0 ? real.requestAdapter(options) : null),
    };
    const backend = await open({ gpu, fallback: () => wasm({ threads: 1 }) });
    const losses = await train(backend, () => destroy(backend));
    expect(losses).toHaveLength(4);
    losses.forEach((loss, epoch) => expect(Math.abs(loss / undisturbed[epoch]! - 1)).toBeLessThan(1e-4));
  });

  it("says what is lost where nothing is kept", async () => {
    const backend = await open({ recover: false });
    await expect(train(backend, () => destroy(backend))).rejects.toThrow(DeviceError);
    await expect(train(backend)).rejects.toThrow(/the device was lost/);
  });

  it("keeps tensors that were computed before, through two losses", async () => {
    const backend = await open();
    await useBackend(backend);
    const first = tensor([1, 2, 3]).multiply(2);
    destroy(backend);
    await first.data();
    const second = first.add(1);
    destroy(backend);
    expect(second).toBeInstanceOf(Tensor);
    expect([...(await second.data())]).toEqual([3, 5, 7]);
  });
});
