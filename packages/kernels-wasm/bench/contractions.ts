import {
  type Conv2DRoutine,
  type MatmulRoutine,
  type Plan,
  type Pool2DRoutine,
  type RecurrentRoutine,
  type Routine,
  recurrentLayout,
  referenceRoutines,
  type Window2D,
} from "@hekla/tensor";
import { wasm } from "../src/index.js";
import { measurePeak } from "./peak.js";

const batch = 128;

/** The digit network's convolutions: 5x5 windows, same padding, channels first. */
function conv(name: Conv2DRoutine["name"], channels: number, filters: number, size: number): Routine {
  const window: Window2D = {
    dataFormat: "channelsFirst",
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

function pool(name: Pool2DRoutine["name"], channels: number, size: number): Routine {
  const window: Window2D = {
    dataFormat: "channelsFirst",
    batch,
    channels,
    inputSize: [size, size],
    outputSize: [size / 2, size / 2],
    windowSize: [2, 2],
    strides: [2, 2],
    dilation: [1, 1],
    padding: [
      [0, 0],
      [0, 0],
    ],
  };
  return { name, dtype: "float32", window };
}

/** 50 steps of 64 units, what the gradient wants kept. */
const recurrent = (name: RecurrentRoutine["name"]): Routine => ({
  name,
  dtype: "float32",
  batch: 32,
  steps: 50,
  units: 64,
  activation: "tanh",
  recurrentActivation: "sigmoid",
  resetAfter: true,
  bias: name.startsWith("gru"),
  hidden: false,
  cell: false,
  mask: false,
  keep: true,
  recurrentMasks: 0,
});

/** Name, routine, how often a training step of the digit network runs it. */
const cases: readonly (readonly [string, Routine, number])[] = [
  ["matmul 128", matmul(128, 128, 128), 0],
  ["matmul 512", matmul(512, 512, 512), 0],
  ["matmul 1024", matmul(1024, 1024, 1024), 0],
  ["mlp1 forward", matmul(batch, 128, 784), 0],
  ["mlp1 dW", matmul(784, 128, batch, true), 0],
  ["mlp2 dX", matmul(batch, 128, 128, false, true), 0],
  ["mlp3 forward", matmul(batch, 10, 128), 0],
  ["mlp3 dX", matmul(batch, 128, 10, false, true), 0],
  ["mlp3 dW", matmul(128, 10, batch, true), 0],
  ["conv1 forward", conv("conv2d", 1, 20, 28), 1],
  ["conv1 dW", conv("conv2dKernelGradient", 1, 20, 28), 1],
  ["conv2 forward", conv("conv2d", 20, 50, 14), 1],
  ["conv2 dX", conv("conv2dInputGradient", 20, 50, 14), 1],
  ["conv2 dW", conv("conv2dKernelGradient", 20, 50, 14), 1],
  ["dense1 forward", matmul(batch, 500, 2450), 1],
  ["dense1 dX", matmul(batch, 2450, 500, false, true), 1],
  ["dense1 dW", matmul(2450, 500, batch, true), 1],
  ["dense2 forward", matmul(batch, 10, 500), 1],
  ["dense2 dX", matmul(batch, 500, 10, false, true), 1],
  ["dense2 dW", matmul(500, 10, batch, true), 1],
  ["4 rows", matmul(4, 128, 784), 0],
  ["4 rows dX", matmul(4, 128, 128, false, true), 0],
  ["4 rows dW", matmul(784, 128, 4, true), 0],
  ["16 rows", matmul(16, 128, 784), 0],
  ["vector x matrix", matmul(1, 1024, 1024), 0],
  ["vector x matrix^T", matmul(1, 1024, 1024, false, true), 0],
  ["pool1", pool("maxPool2d", 20, 28), 1],
  ["pool1 gradient", pool("maxPool2dGradient", 20, 28), 1],
  ["pool2 gradient", pool("maxPool2dGradient", 50, 14), 1],
  ["lstm", recurrent("lstmSequence"), 0],
  ["lstm gradient", recurrent("lstmSequenceGradient"), 0],
  ["gru", recurrent("gruSequence"), 0],
  ["gru gradient", recurrent("gruSequenceGradient"), 0],
  ["simpleRnn", recurrent("simpleRnnSequence"), 0],
  ["simpleRnn gradient", recurrent("simpleRnnSequenceGradient"), 0],
];

const sequenceOf = (name: RecurrentRoutine["name"]) =>
  name.replace("Gradient", "") as RecurrentRoutine["name"];

const pixels = (window: Window2D, size: readonly [number, number]) => window.batch * size[0] * size[1];

function sizes(routine: Routine): { operands: number[]; result: number; flops: number } {
  if (routine.name === "matmul") {
    const { m, n, k } = routine as MatmulRoutine;
    return { operands: [m * k, k * n], result: m * n, flops: 2 * m * n * k };
  }
  if ("steps" in routine) {
    const { batch, steps, units } = routine;
    const { operands, gates, states, size } = recurrentLayout(routine);
    const width = gates * units;
    const elements: Partial<Record<(typeof operands)[number], number>> = {
      projected: batch * steps * width,
      kernel: units * width,
      bias: width,
      sequence: recurrentLayout({ ...routine, name: sequenceOf(routine.name) }).size,
      gradient: states,
    };
    return {
      operands: operands.map((name) => elements[name]!),
      result: size,
      flops: 2 * batch * steps * units * width,
    };
  }
  const { window, name } = routine as Conv2DRoutine | Pool2DRoutine;
  const input = pixels(window, window.inputSize) * window.channels;
  if (!("filters" in routine)) {
    const output = pixels(window, window.outputSize) * window.channels;
    return name === "maxPool2d"
      ? { operands: [input], result: output, flops: 0 }
      : { operands: [input, output], result: input, flops: 0 };
  }
  const kernel = routine.filters * window.channels * window.windowSize[0] * window.windowSize[1];
  const output = pixels(window, window.outputSize) * routine.filters;
  const flops = 2 * kernel * pixels(window, window.outputSize);
  if (name === "conv2d") return { operands: [input, kernel], result: output, flops };
  return name === "conv2dInputGradient"
    ? { operands: [output, kernel], result: input, flops }
    : { operands: [input, output], result: kernel, flops };
}

// "plain" in place of relaxed SIMD: what every engine has.
const relaxedSimd = !process.argv.includes("plain");
const only = process.argv.slice(2).filter((word) => !/^\d+$/.test(word) && word !== "plain");
const threadCounts = process.argv
  .slice(2)
  .filter((word) => /^\d+$/.test(word))
  .map(Number);
for (const threads of threadCounts.length ? threadCounts : [1, 2]) {
  const backend = await wasm({ threads, relaxedSimd });
  const peak = measurePeak({ relaxed: backend.features.relaxedSimd });
  console.log(`${threads} peak of one core, registers only: ${peak.toFixed(1)} GFLOP/s`);
  let stepMs = 0;
  let stepFlops = 0;
  for (const [label, routine, count] of cases) {
    if (only.length && !only.some((word) => label.includes(word))) continue;
    const { operands, result, flops } = sizes(routine);
    const identity = (size: number) => ({ shape: [size], strides: [1], offset: 0 });
    const plan: Plan = {
      key: label,
      buffers: [
        ...operands.map((size) => ({ kind: "input", dtype: "float32", size, arenaOffset: -1 }) as const),
        { kind: "temporary", dtype: "float32", size: result, arenaOffset: 0 },
      ],
      inputs: operands.map((_, at) => at),
      persistent: operands.map((_, at) => at),
      assigned: [],
      outputs: [],
      steps: [
        {
          kind: "routine",
          label,
          routine,
          reference: referenceRoutines[routine.name],
          output: operands.length,
          operands: operands.map((size, buffer) => ({ buffer, view: identity(size) })),
        },
      ],
      arenaBytes: result * 4,
    };
    const slots = operands.map((size) => {
      const slot = backend.allocate(size, "float32");
      backend.write(
        slot,
        Float32Array.from({ length: size }, () => Math.random() - 0.5),
      );
      return slot;
    });
    const executable = backend.prepare(plan);
    for (let warm = 0; warm < 5; warm++) executable.run(slots);
    await new Promise((resolve) => setTimeout(resolve, 50));
    let best = Number.POSITIVE_INFINITY;
    let runs = 0;
    const cpu = process.cpuUsage();
    for (const start = performance.now(); performance.now() - start < 400 || runs < 10; runs++) {
      const before = performance.now();
      executable.run(slots);
      best = Math.min(best, performance.now() - before);
    }
    const cpuMs = process.cpuUsage(cpu).user / 1000 / runs;
    stepMs += count * best;
    stepFlops += count * flops;
    const share = Math.round((100 * flops) / best / 1e6 / peak / threads);
    const rate = flops ? `${(flops / best / 1e6).toFixed(1)} GFLOP/s ${share} %` : "";
    console.log(
      `${threads} ${label.padEnd(18)} ${best.toFixed(3).padStart(9)} ms best ${rate.padStart(19)}` +
        `${cpuMs.toFixed(3).padStart(10)} ms CPU ${(flops / cpuMs / 1e6).toFixed(1).padStart(6)} GFLOP/CPU-s`,
    );
    executable.dispose();
    for (const slot of slots) backend.free(slot);
  }
  if (stepFlops > 0)
    console.log(
      `${threads} a training step: ${stepMs.toFixed(1)} ms, ${(stepFlops / stepMs / 1e6).toFixed(1)} GFLOP/s`,
    );
  await backend.dispose();
}
