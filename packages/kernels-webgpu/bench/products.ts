// GFLOP/s of products and convolutions on a GPU, of every way to compute them; the first way is what the
// heuristics pick.
import type { Conv2DRoutine, Routine, Window2D } from "@hekla/tensor";
import { WebGpuBackend } from "../src/backend.js";
import { describeAdapter, findAdapter } from "../src/runtime/find-adapter.js";
import { GpuDevice } from "../src/runtime/gpu-device.js";
import { Machine } from "../src/runtime/machine.js";
import { planOf, timeOf } from "../src/tuned/measure.js";

const words = process.argv.slice(2);
const flag = (name: string): boolean => {
  const at = words.indexOf(name);
  if (at >= 0) words.splice(at, 1);
  return at >= 0;
};
const isSmall = flag("small");
const isPlain = flag("plain");
const isGpu = flag("gpu");
const batch = isSmall ? 4 : 128;

const matmul = (m: number, n: number, k: number, transposeA = false, transposeB = false): Routine => ({
  name: "matmul",
  dtype: "float32",
  batch: 1,
  m,
  n,
  k,
  transposeA,
  transposeB,
  batchedA: true,
  batchedB: true,
});

/** 5x5 windows that keep the size. */
function conv(
  name: Conv2DRoutine["name"],
  dataFormat: Window2D["dataFormat"],
  channels: number,
  filters: number,
  size: number,
): Routine {
  const window: Window2D = {
    dataFormat,
    batch,
    channels,
    inputSize: [size, size],
    outputSize: [size, size],
    windowSize: [5, 5],
    strides: [1, 1],
    dilation: [1, 1],
    padding: [
      [2, 2],
      [2, 2],
    ],
  };
  return { name, dtype: "float32", window, filters };
}

function operationsOf(routine: Routine): number {
  if (routine.name === "matmul") return 2 * routine.batch * routine.m * routine.n * routine.k;
  const { window, filters } = routine as Routine & Conv2DRoutine; // cast: the benchmark has no others
  const { channels, outputSize, windowSize } = window;
  return (
    2 * window.batch * filters * channels * outputSize[0] * outputSize[1] * windowSize[0] * windowSize[1]
  );
}

const sizes = isSmall ? [64, 128, 256] : [1024, 2048, 4096];
const cases: (readonly [string, Routine])[] = [
  ...sizes.map((size) => [`GEMM ${size}`, matmul(size, size, size)] as const),
  [`GEMM ${sizes[1]!} NT`, matmul(sizes[1]!, sizes[1]!, sizes[1]!, false, true)],
  [`GEMM ${sizes[1]!} TN`, matmul(sizes[1]!, sizes[1]!, sizes[1]!, true, false)],
  ["dense 784x128", matmul(batch, 128, 784)],
  ["dense 784x128 dW", matmul(784, 128, batch, true)],
  ["dense 980x10", matmul(batch, 10, 980)],
  ["dense 980x10 dW", matmul(980, 10, batch, true)],
  ...(["channelsFirst", "channelsLast"] as const).flatMap((format) =>
    (["conv2d", "conv2dInputGradient", "conv2dKernelGradient"] as const).flatMap((name) => [
      [`${format} ${name} 1->20`, conv(name, format, 1, 20, 28)] as const,
      [`${format} ${name} 20->40`, conv(name, format, 20, 40, 14)] as const,
    ]),
  ),
];

const wanted = { at: 0, names: [] as readonly string[] };
const choices = {
  choose: (_: string, names: readonly string[]): number => {
    wanted.names = names;
    return wanted.at;
  },
};
const adapter = await findAdapter({});
const device = await GpuDevice.open(adapter, {
  choices,
  ...(isPlain && { tuned: false }),
  ...(isGpu && { software: false }),
});
const backend = new WebGpuBackend(new Machine(device, async () => device, { recover: false }));
console.log(describeAdapter(adapter).name, JSON.stringify({ ...device.traits, choices: undefined }));
for (const [name, routine] of cases) {
  if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
  const plan = planOf(routine);
  const slots = plan.inputs.map((buffer) => backend.allocate(plan.buffers[buffer]!.size, "float32"));
  for (const slot of slots) {
    backend.write(
      slot,
      Float32Array.from({ length: slot.size }, (_, at) => ((at * 37) % 101) / 101 - 0.5),
    );
  }
  wanted.names = ["plain"];
  for (wanted.at = 0; wanted.at < wanted.names.length; wanted.at++) {
    const executable = backend.prepare(plan);
    const runOnce = (): void => {
      for (const slot of executable.run(slots)) backend.free(slot);
    };
    const milliseconds = await timeOf(runOnce, () => device.queue.onSubmittedWorkDone());
    const rate = operationsOf(routine) / milliseconds / 1e6;
    const way = wanted.names[wanted.at]!;
    console.log(
      `${name.padEnd(40)} ${way.padEnd(36)} ${milliseconds.toFixed(3)} ms  ${rate.toFixed(1)} GFLOP/s`,
    );
    executable.dispose();
  }
  for (const slot of slots) backend.free(slot);
}
process.exit(0);
