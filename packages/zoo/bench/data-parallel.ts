// Time of a training step of hyperspectral-ae with one worker and with more, on the made-up scene:
//   node packages/zoo/bench/run.mjs data-parallel [WORKERS=2] [ROUNDS=5]
// A round measures each setting once, one after the other, so that a slow phase of the machine hits all; shown is the median over
// rounds, of steps and of the ratios within a round. "in ops": one shard, whose every op the threads share.
import { syntheticScene, takeRows } from "@hekla/datasets";
import { wasm } from "@hekla/kernels-wasm";
import { Adam } from "@hekla/optim";
import { type HostArray, useBackend } from "@hekla/tensor";
import { resolveConfig } from "../src/config.js";
import { DataParallelStep } from "../src/data-parallel/data-parallel-step.js";
import { hyperspectralAe } from "../src/hyperspectral/hyperspectral-ae.js";
import type { HyperspectralConfig } from "../src/hyperspectral/hyperspectral-config.js";
import { hyperspectralLoss, hyperspectralNetwork } from "../src/hyperspectral/hyperspectral-network.js";
import { cutPatches, framed, patchCorners } from "../src/hyperspectral/scene-data.js";

const [, , , workers = 2, rounds = 5] = process.argv.map(Number);
const scene = syntheticScene({ height: 95, width: 95, bands: 156, materials: 3 });
const works: readonly [name: string, values: Partial<HyperspectralConfig>][] = [
  ["unmixing, 256 pixels", {}],
  ["unmixing, 1024 pixels", { batchSize: 1024 }],
  ["convolutional, 16 patches of 16 x 16", hyperspectralAe.presets["convolutional"]!.values],
  ["bottleneck, 128 pixels", hyperspectralAe.presets["bottleneck"]!.values],
];

/** Milliseconds a step, and the weights after the steps. */
async function measure(values: Partial<HyperspectralConfig>, threads: number, shards: number) {
  const settings = resolveConfig(hyperspectralAe.config, values, { shards });
  const backend = await useBackend(wasm({ threads }));
  await (backend as { allThreads?(): Promise<void> }).allThreads?.();
  const network = hyperspectralNetwork(settings);
  const step = new DataParallelStep({
    network,
    optimizer: new Adam(1e-3),
    loss: hyperspectralLoss(network, settings),
    shards,
  });
  const batch = batchOf(settings);
  for (let warm = 0; warm < 20; warm++) await step.train(batch);
  const times: number[] = [];
  const until = performance.now() + 300;
  while (times.length < 30 || performance.now() < until) {
    const began = performance.now();
    await step.train(batch);
    times.push(performance.now() - began);
    if (times.length === 30) weights = network.weights.map((weight) => weight.dataSync().join()).join();
  }
  step.dispose();
  await backend.dispose();
  return { time: median(times), weights };
}
let weights = "";

function batchOf(settings: HyperspectralConfig): HostArray {
  const { variant, batchSize, patch } = settings;
  if (variant !== "convolutional")
    return takeRows(
      scene.pixels,
      Array.from({ length: batchSize }, (_, at) => at * 7),
    );
  const picture = framed(scene);
  return cutPatches(picture, patchCorners(picture, patch, batchSize, 1), patch);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

console.log(
  `step, ms                              1 worker  ${workers} workers  speed-up (range)      in ops, ${workers} threads`,
);
for (const [name, values] of works) {
  const times: [number, number, number][] = [];
  for (let round = 0; round < rounds; round++) {
    const one = await measure(values, 1, 4);
    const more = await measure(values, workers, 4);
    const inOps = await measure(values, workers, 1);
    if (one.weights !== more.weights)
      throw new Error(`${name}: other weights with ${workers} workers than with one`);
    times.push([one.time, more.time, inOps.time]);
  }
  const column = (at: number) => median(times.map((row) => row[at]!));
  const ratios = times.map(([one, more]) => one / more).sort((a, b) => a - b);
  const range = `${median(ratios).toFixed(2)} (${ratios[0]!.toFixed(2)} to ${ratios.at(-1)!.toFixed(2)})`;
  console.log(
    name.padEnd(38) +
      column(0).toFixed(3).padStart(8) +
      column(1).toFixed(3).padStart(11) +
      range.padStart(23) +
      column(2).toFixed(3).padStart(14),
  );
}
