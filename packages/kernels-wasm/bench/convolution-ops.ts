// Ops that are compositions of routines, as a compiled function runs them: forward, and all gradients at once.
import {
  type Conv2DOptions,
  compile,
  conv2d,
  conv2dTranspose,
  conv3d,
  depthwiseConv2d,
  grad,
  multiply,
  sum,
  type Tensor,
  tensor,
  useBackend,
} from "@hekla/tensor";
import { wasm } from "../src/index.js";

type Op = (input: Tensor, kernel: Tensor, options: Conv2DOptions) => Tensor;

/** Name, op, input with channels last, kernel, strides. */
const cases: readonly (readonly [string, Op, number[], number[], number])[] = [
  ["conv2d 3x3, stride 2", conv2d, [4, 28, 28, 64], [64, 64, 3, 3], 2],
  ["conv2d 1x1, stride 2", conv2d, [4, 28, 28, 64], [128, 64, 1, 1], 2],
  ["conv2dTranspose 4x4, stride 2", conv2dTranspose as Op, [32, 7, 7, 64], [64, 32, 4, 4], 2],
  ["conv3d 3x3x3", conv3d as Op, [8, 16, 16, 16, 16], [32, 16, 3, 3, 3], 1],
  ["depthwiseConv2d 3x3", depthwiseConv2d, [8, 32, 32, 32], [32, 1, 3, 3], 1],
  ["depthwiseConv2d 5x5", depthwiseConv2d, [4, 28, 28, 48], [48, 1, 5, 5], 1],
];

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
const values = (shape: readonly number[]): Tensor =>
  tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => Math.random() - 0.5),
    { shape },
  );

function best(run: () => readonly Tensor[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let warm = 0; warm < 3; warm++) for (const result of run()) result.dispose();
  for (const start = performance.now(); performance.now() - start < 500; ) {
    const before = performance.now();
    const results = run();
    least = Math.min(least, performance.now() - before);
    for (const result of results) result.dispose();
  }
  return least;
}

const backend = await useBackend(wasm({ threads: 1 }));
for (const [name, op, shape, kernelShape, strides] of cases) {
  for (const dataFormat of ["channelsLast", "channelsFirst"] as const) {
    const last = dataFormat === "channelsLast";
    const input = values(last ? shape : [shape[0]!, shape.at(-1)!, ...shape.slice(1, -1)]);
    const kernel = values(kernelShape);
    const run = (x: Tensor, k: Tensor): Tensor => op(x, k, { strides, padding: "same", dataFormat });
    const forward = compile(run);
    const shapeOut = forward(input, kernel).shape;
    const weights = values(shapeOut);
    const backward = compile((x: Tensor, k: Tensor, w: Tensor) =>
      grad((a: Tensor, b: Tensor) => sum(multiply(run(a, b), w)), [0, 1])(x, k),
    );
    // Each kernel element once for each place of the smaller side: without padding, that is.
    const places = Math.min(
      sizeOf(shapeOut) / shapeOut[last ? shapeOut.length - 1 : 1]!,
      sizeOf(shape) / shape.at(-1)!,
    );
    const flops = 2 * places * sizeOf(kernelShape);
    const [there, back] = [
      best(() => [forward(input, kernel)]),
      best(() => backward(input, kernel, weights)),
    ];
    const rate = (flops / there / 1e6).toFixed(1).padStart(5);
    console.log(
      `${name.padEnd(30)} ${dataFormat.padEnd(13)} ${there.toFixed(2).padStart(6)} ms ${rate} GFLOP/s, ` +
        `gradients ${back.toFixed(2).padStart(6)} ms`,
    );
  }
}
await backend.dispose();
