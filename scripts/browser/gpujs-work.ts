// What the check of gpu.js runs in a page's worker.
import { syntheticDigits } from "@hekla/datasets";
import { type GpuJsMode, gpujs } from "@hekla/kernels-webgpu/gpujs";
import type { Sequential } from "@hekla/layers";
import { add, type Backend, memory, reference, tensor, useBackend, Variable } from "@hekla/tensor";
import { DataSource, digitsOptimizer, mnistCnn, mnistMlp, resolveConfig } from "@hekla/zoo";
import { type Conformance, conformanceOf, type Share } from "./conformance.js";

/**
 * Samples of one step of each model; the reference backend takes seconds for a larger batch of the second.
 */
const models = [
  { zoo: mnistMlp, batchSize: 32 },
  { zoo: mnistCnn, batchSize: 4 },
] as const;
const steps = 20;
type Task = (typeof models)[number];

/** The losses of the first training steps on built-in digits. */
async function losses(backend: Backend, { zoo, batchSize }: Task): Promise<number[]> {
  await useBackend(backend);
  const config = resolveConfig(zoo.config, { batchSize });
  const model = zoo.build(config) as Sequential; // cast: that is what both build
  const optimizer = digitsOptimizer(config, steps);
  model.compile({ loss: "categoricalCrossentropy", optimizer });
  const { x, y } = syntheticDigits(7, steps * batchSize);
  const shape = model.batchInputShape!.slice(1) as number[]; // cast: only the batch size is unknown
  const result: number[] = [];
  for (let step = 0; step < steps; step++) {
    const part = (data: typeof x.data, width: number) =>
      data.subarray(step * batchSize * width, (step + 1) * batchSize * width);
    const images = { data: part(x.data, 28 * 28), shape: [batchSize, ...shape] };
    const { loss } = await model.trainOnBatch(images, { data: part(y.data, 10), shape: [batchSize, 10] });
    result.push(loss!);
  }
  await useBackend(reference());
  await backend.dispose();
  return result;
}

/** How a model's losses compare with those of the reference backend. */
export interface Agreement {
  readonly id: string;
  /** The largest relative difference. */
  readonly worst: number;
  readonly last: number;
}

/** Trains each model on the reference backend and on gpu.js. */
export async function agree(mode: GpuJsMode): Promise<Agreement[]> {
  const results: Agreement[] = [];
  for (const task of models) {
    const expected = await losses(reference(), task);
    const actual = await losses(await gpujs({ mode }), task);
    const errors = actual.map((loss, step) => Math.abs(loss / expected[step]! - 1));
    results.push({ id: task.zoo.id, worst: Math.max(...errors), last: actual.at(-1)! });
  }
  return results;
}

/** Trains the digit network on 64 built-in digits; the loss of each epoch. */
export async function train(mode: GpuJsMode): Promise<{ losses: readonly number[]; seconds: number }> {
  const backend = await useBackend(gpujs({ mode }));
  const config = resolveConfig(mnistCnn.config, {
    ...{ epochs: 3, batchSize: 16, limit: 64 },
    ...{ warmup: 0.5, augmentShift: 0 },
  });
  const { history, seconds } = await mnistCnn.train({
    config,
    data: new DataSource({ synthetic: "always" }),
  });
  await useBackend(reference());
  await backend.dispose();
  return { losses: history["loss"]!, seconds };
}

/** A share of the sample table. */
export const conform = (mode: GpuJsMode, share: Share): Promise<Conformance> =>
  conformanceOf(() => gpujs({ mode }), { flushesSubnormals: mode === "webgl2" }, share);

declare const gc: undefined | (() => void);

/** What there is in textures and in slots after some steps of training, and after many. */
export async function leak(mode: GpuJsMode) {
  const prototype = WebGL2RenderingContext.prototype;
  const { createTexture, deleteTexture } = prototype;
  const alive = new Set<WebGLTexture>();
  prototype.createTexture = function () {
    const texture = createTexture.call(this);
    alive.add(texture);
    return texture;
  };
  prototype.deleteTexture = function (texture) {
    if (texture) alive.delete(texture);
    deleteTexture.call(this, texture);
  };
  const backend = await useBackend(gpujs({ mode }));
  const config = resolveConfig(mnistMlp.config, { batchSize: 32 });
  const model = mnistMlp.build(config) as Sequential; // cast: that is what it builds
  model.compile({ loss: "categoricalCrossentropy", optimizer: digitsOptimizer(config, 100) });
  const { x, y } = syntheticDigits(7, 32);
  const images = { data: x.data, shape: [32, 28 * 28] };
  const after = async (count: number) => {
    for (let step = 0; step < count; step++) await model.trainOnBatch(images, y);
    // Results that nobody has any more go with the garbage, in a turn of their own.
    for (let turn = 0; turn < 5; turn++) {
      gc?.();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { textures: alive.size, ...memory() };
  };
  const result = { early: await after(20), late: await after(200), end: 0 };
  await useBackend(reference());
  await backend.dispose();
  result.end = alive.size;
  Object.assign(prototype, { createTexture, deleteTexture });
  return result;
}

/** What comes of a backend whose context is lost, and of another one after it. */
export async function lose(mode: GpuJsMode) {
  const { getContext } = OffscreenCanvas.prototype;
  let context: unknown;
  OffscreenCanvas.prototype.getContext = function (this: OffscreenCanvas, ...given: [never]) {
    context = getContext.apply(this, given);
    return context;
  } as typeof getContext; // cast: the same function, and what it gave is kept
  const backend = await useBackend(gpujs({ mode }));
  OffscreenCanvas.prototype.getContext = getContext;
  const kept = new Variable(tensor([1, 2]));
  const before = Array.from(await add(kept.read(), 1).data());
  // cast: that of the backend
  (context as WebGL2RenderingContext).getExtension("WEBGL_lose_context")!.loseContext();
  const problem = (error: unknown): string => String(error);
  const read = await kept.data().then(String, problem);
  let run = "";
  try {
    add(kept.read(), 2);
  } catch (error) {
    run = problem(error);
  }
  await useBackend(reference());
  await backend.dispose();
  const next = await useBackend(gpujs({ mode }));
  const after = Array.from(await add(tensor([1, 2]), 1).data());
  const { device } = next;
  await useBackend(reference());
  await next.dispose();
  return { before, read, run, after, device };
}
