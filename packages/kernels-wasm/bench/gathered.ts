// Products with embedded tokens, forward and with both gradients: each distinct token once, beside one row after the other.
import {
  compile,
  gather,
  grad,
  matmul,
  matmulGathered,
  multiply,
  sum,
  type Tensor,
  tensor,
  useBackend,
} from "@hekla/tensor";
import { wasm } from "../src/index.js";

const [count, words, features, columns] = [1280, 2002, 128, 256];
const threads = Number(process.argv[2] ?? 1);

const values = (...shape: number[]): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Float32Array.from({ length: size }, () => Math.random() - 0.5),
    { shape },
  );
};

/** Sentences of 11 words of Zipf's law behind padding. */
const sentences = (at: number): number =>
  at % 40 < 29 ? 0 : Math.floor(Math.exp(Math.random() * Math.log(2000)));

const cases: readonly (readonly [string, (at: number) => number])[] = [
  ["all tokens distinct", (at) => words - 1 - at],
  ["sentences behind padding", sentences],
  ["all tokens equal", () => 5],
];

await useBackend(wasm({ threads }));
const [table, kernel, direction] = [
  values(words, features),
  values(features, columns),
  values(count, columns),
];
for (const [name, token] of cases) {
  const indices = tensor(
    Int32Array.from({ length: count }, (_, at) => token(at)),
    { shape: [32, 40] },
  );
  const runs = [matmul, matmulGathered].flatMap((product) => {
    const forward = (t: Tensor, i: Tensor, k: Tensor): Tensor => product(gather(t, i), k);
    const projected = (t: Tensor, i: Tensor, k: Tensor): Tensor =>
      sum(multiply(forward(t, i, k).reshape([count, columns]), direction));
    return [
      compile((t: Tensor, i: Tensor, k: Tensor) => [forward(t, i, k)]),
      compile((t: Tensor, i: Tensor, k: Tensor) => grad(projected, [0, 2])(t, i, k)),
    ];
  });
  const least = runs.map(() => Number.POSITIVE_INFINITY);
  for (let turn = 0; turn < 150; turn++) {
    // Workers start between turns.
    await new Promise((resolve) => setTimeout(resolve));
    runs.forEach((run, at) => {
      const before = performance.now();
      const results = run(table, indices, kernel);
      least[at] = Math.min(least[at]!, performance.now() - before);
      for (const result of results) result.dispose();
    });
  }
  const [forward, gradients, forwardShared, gradientsShared] = least.map((ms) => ms.toFixed(3));
  const distinct = new Set(Array.from({ length: count }, (_, at) => token(at))).size;
  console.log(
    `${name.padEnd(26)} ${String(distinct).padStart(5)} distinct   forward ${forward} -> ${forwardShared} ms` +
      `   gradients ${gradients} -> ${gradientsShared} ms`,
  );
}
