// The largest errors of vector functions over all float32, every stride-th bit pattern, against double precision:
// node packages/kernels-wasm/bench/run.mjs ulp [stride] [names...]
// Stride 1, all there are, takes 2 to 6 minutes a function.
import type { UnaryOp } from "@hekla/tensor";
import { hasRelaxedSimd } from "../src/runtime/features.js";
import { exactly, largestError, vectorFunction } from "../src/testing/vector-function.js";

const words = process.argv.slice(2);
const stride = /^\d+$/.test(words[0] ?? "") ? Number(words.shift()) : 61;
const ops = (words.length > 0 ? words : ["exp", "log", "tanh", "sigmoid"]) as UnaryOp[];
const modes = (await hasRelaxedSimd()) ? [false, true] : [false];
const modeName = (relaxed: boolean): string => (relaxed ? "relaxed" : "plain");

const total = Math.ceil(2 ** 32 / stride);
const chunk = Math.min(2 ** 20, total);
const patterns = new Uint32Array(chunk);
const floats = new Float32Array(patterns.buffer);

console.log(`every ${stride}th float32, ${total} in all: the largest error in ulp, and where`);
for (const op of ops) {
  const started = performance.now();
  const kernels = modes.map((relaxed) => vectorFunction(op, chunk, relaxed));
  const worst = modes.map(() => ({ ulps: 0, x: 0, actual: 0, exact: 0 }));
  for (let first = 0; first < total; first += chunk) {
    // The last chunk ends with floats of the one before, so that none is left out and all are as long.
    const from = Math.min(first, total - chunk);
    for (let k = 0; k < chunk; k++) patterns[k] = (from + k) * stride;
    const exact = exactly(op, [floats]);
    kernels.forEach((kernel, mode) => {
      const actual = kernel([floats]);
      const { ulps, at } = largestError(actual, exact);
      if (ulps > worst[mode]!.ulps)
        worst[mode] = { ulps, x: floats[at]!, actual: actual[at]!, exact: exact[at]! };
    });
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  worst.forEach(({ ulps, x, actual, exact }, mode) => {
    const where = `at ${x}: ${actual}, exactly ${exact}`;
    console.log(
      `${op.padEnd(9)} ${modeName(modes[mode]!).padEnd(8)} ${ulps.toFixed(4)}  ${where}  (${seconds} s)`,
    );
  });
}
