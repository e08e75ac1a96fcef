// What code from the fuser reaches of the memory bandwidth, as compiled functions run it, beside plain loops of the same
// size: node packages/kernels-wasm/bench/run.mjs bandwidth [threads] [words of names...]
import {
  argMax,
  compile,
  exp,
  RandomStream,
  randomBernoulli,
  sigmoid,
  type Tensor,
  tanh,
  tensor,
  useBackend,
  Variable,
  where,
} from "@hekla/tensor";
import { wasm } from "../src/dense.js";
import { plainLoops } from "./plain-loops.js";

type Body = (x: Tensor, y: Tensor) => Tensor;
/** Name, what is computed of x and y `[rows, columns]`, and how many bytes an element of x that takes. */
const cases: readonly (readonly [string, number, Body])[] = [
  ["copy", 8, (x) => x.add(0)],
  ["triad", 12, (x, y) => x.add(y.multiply(3))],
  ["row added", 8, (x, y) => x.add(y.slice([0, 0], [1, -1]))],
  ["column added", 8, (x, y) => x.add(y.slice([0, 0], [-1, 1]))],
  ["transpose", 8, (x) => x.transpose().add(0)],
  ["channels to the end", 8, (x) => pictures(x).transpose([0, 2, 1]).add(0)],
  ["channels to the front", 8, (x) => pictures(x, true).transpose([0, 2, 1]).add(0)],
  ["transposed operand", 12, (x, y) => x.transpose().add(y.transpose().reshape([x.shape[1]!, x.shape[0]!]))],
  ["every second", 6, (x) => x.slice([0, 0], [-1, x.shape[1]! / 2], { step: [1, 2] }).add(0)],
  ["cast, int32 ops", 8, (x) => x.cast("int32").multiply(3).add(1).cast("float32")],
  ["where", 12, (x, y) => where(x.greater(y), x, y.multiply(0.5))],
  ["exp", 8, (x) => exp(x)],
  ["tanh", 8, (x) => tanh(x)],
  ["sigmoid", 8, (x) => sigmoid(x)],
  ["dropout mask", 8, (x) => where(randomBernoulli(x.shape, stream), x, 0)],
  ["sum of all", 4, (x) => x.sum()],
  ["sum of rows", 4, (x) => x.sum({ axes: 1 })],
  ["sum of columns", 4, (x) => x.sum({ axes: 0 })],
  ["sum of planes, channels first", 4, (x) => planes(x).sum({ axes: [0, 2] })],
  ["sum of the middle axis", 4, (x) => planes(x).sum({ axes: 1 })],
  ["sum over pictures, channels last", 4, (x) => pictures(x, true).sum({ axes: [0, 1] })],
  ["mean and variance of rows", 8, (x) => x.variance({ axes: 1 })],
  ["mean and variance of columns", 8, (x) => x.variance({ axes: 0 })],
  ["max of columns", 4, (x) => x.max({ axes: 0 })],
  ["max of rows", 4, (x) => x.max({ axes: 1 })],
  ["argMax of rows", 4, (x) => argMax(x, { axis: 1 })],
  ["argMax of columns", 4, (x) => argMax(x, { axis: 0 })],
  ["softmax of rows", 8, (x) => x.softmax()],
];
/** `[8, rows / 8 * columns / 512, 512]`: pictures with channels first. */
const planes = (x: Tensor): Tensor => x.reshape([8, x.size / 4096, 512]);
/** `[pictures, 32 channels, 256 pixels]`, or with channels last. */
const pictures = (x: Tensor, last = false): Tensor =>
  x.reshape(last ? [x.size / 8192, 256, 32] : [x.size / 8192, 32, 256]);

const [words, numbers] = [false, true].map((wanted) =>
  process.argv.slice(2).filter((word) => /^\d+$/.test(word) === wanted),
) as [string[], string[]];
const threads = numbers[0] === "2" ? 2 : 1;
const backend = await useBackend(wasm({ threads }));
const stream = new RandomStream(1, "bench");

function milliseconds(run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let warm = 0; warm < 3; warm++) run();
  for (const end = performance.now() + 250; performance.now() < end; ) {
    const before = performance.now();
    run();
    best = Math.min(best, performance.now() - before);
  }
  return best;
}

for (const [rows, columns] of [
  [128, 256],
  [512, 512],
  [4096, 4096],
] as const) {
  const size = rows * columns;
  const { copy, triad } = await plainLoops(size, threads);
  const plain = `plain copy ${copy.toFixed(1)}, triad ${triad.toFixed(1)} GB/s`;
  process.stdout.write(`\n${rows}x${columns}, ${threads} threads: ${plain}\n`);
  const value = (shift: number): Variable =>
    new Variable(
      tensor(
        Float32Array.from({ length: size }, (_, at) => ((at * 7919 + shift) % 4001) / 1000 - 2),
        { shape: [rows, columns] },
      ),
    );
  const [x, y] = [value(1), value(2)] as const;
  for (const [name, bytes, body] of cases) {
    if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
    const first = body(tensor(x.dataSync(), { shape: x.shape }), tensor(y.dataSync(), { shape: y.shape }));
    const out = new Variable(first, { trainable: false });
    const fn = compile(() => out.assign(body(x.read(), y.read())));
    const time = milliseconds(fn);
    const rate = ((size * bytes) / time / 1e6).toFixed(1).padStart(6);
    const each = ((time * 1e6) / size).toFixed(3);
    process.stdout.write(`${name.padEnd(32)} ${rate} GB/s ${each.padStart(8)} ns an element\n`);
    out.dispose();
    fn.dispose();
  }
  x.dispose();
  y.dispose();
}
await backend.dispose();
