// What the check of WebGPU runs in a page's worker.
import { wgslAllowances } from "@hekla/conformance";
import { wasm } from "@hekla/kernels-wasm";
import { webgpu } from "@hekla/kernels-webgpu";
import { type Backend, reference, useBackend } from "@hekla/tensor";
import { DataSource, mnistCnn, resolveConfig } from "@hekla/zoo";
import { type Conformance, conformanceOf, type Share } from "./conformance.js";

/** A share of the sample table. */
export const conform = (share: Share): Promise<Conformance> =>
  conformanceOf(() => webgpu(), wgslAllowances, share);

/** Trains the digit network on built-in digits; the loss of each epoch. `duringStep` is called after the third step. */
async function losses(backend: Backend, duringStep: () => void = () => {}): Promise<readonly number[]> {
  await useBackend(backend);
  let steps = 0;
  const { history } = await mnistCnn.train({
    config: resolveConfig(mnistCnn.config, {
      epochs: 3,
      batchSize: 16,
      limit: 64,
      warmup: 0.5,
      augmentShift: 0,
    }),
    data: new DataSource({ synthetic: "always" }),
    callbacks: [
      {
        onBatchEnd: () => {
          if (++steps === 3) duringStep();
        },
      },
    ],
  });
  await useBackend(reference());
  await backend.dispose();
  return history["loss"]!;
}

/** The losses of a training on wasm, on the GPU, and on a GPU whose device goes in the middle of an epoch. */
export async function train(): Promise<{
  readonly expected: readonly number[];
  readonly actual: readonly number[];
  readonly disturbed: readonly number[];
  readonly device: string;
}> {
  const expected = await losses(await wasm({ threads: 1 }));
  const gpu = await webgpu();
  const device = gpu.device?.name ?? "";
  const actual = await losses(gpu);
  const lost = await webgpu();
  // cast: the device as WebGPU knows it
  const destroy = (): void => (lost as unknown as { gpuDevice: { destroy(): void } }).gpuDevice.destroy();
  return { expected, actual, disturbed: await losses(lost, destroy), device };
}
