import { type Dtype, type Program, type Reduction, reference, rowMajorStrides, sizeOf } from "@hekla/tensor";
import { afterAll, describe, expect, test } from "vitest";
import { wasm } from "../index.js";
import { TestRandom } from "../testing/random-step.js";
import { runStep, type TestOperand } from "../testing/single-step.js";

const backend = await wasm({ threads: 1 });
const threaded = await Promise.all([2, 3, 4].map((threads) => wasm({ threads })));
const right = reference();
afterAll(async () => {
  for (const each of [backend, ...threaded]) await each.dispose();
});

const reductions: Reduction[] = ["sum", "product", "max", "min", "argMax", "argMin"];
const identity = (dtype: Dtype): Program => ({
  instructions: [{ op: "input", index: 0, dtype }],
  results: [0],
});
const square: Program = {
  instructions: [
    { op: "input", index: 0, dtype: "float32" },
    { op: "input", index: 1, dtype: "float32" },
    { op: "multiply", args: [0, 1], dtype: "float32" },
  ],
  results: [2],
};

const absolute: Program = {
  instructions: [...square.instructions, { op: "abs", args: [2], dtype: "float32" }],
  results: [3],
};

function expectSame(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let at = 0; at < expected.length; at++) {
    const [a, e] = [actual[at]!, expected[at]!];
    if (tolerance === 0 || !Number.isFinite(e)) expect(a).toEqual(e === 0 ? a * 0 : e);
    else expect(Math.abs(a - e)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(e)));
  }
}

const cases: [number[], number[]][] = [
  [[1], [0]],
  [[3], [0]],
  [[4], [0]],
  [[65], [0]],
  [[1025], [0]],
  [[5, 3], [0]],
  [[5, 3], [1]],
  [
    [5, 3],
    [0, 1],
  ],
  [[128, 10], [1]],
  [[128, 10], [0]],
  [[7, 65], [1]],
  [[65, 7], [0]],
  [[3, 4, 5], [1]],
  [
    [3, 4, 5],
    [0, 2],
  ],
  [
    [3, 17, 20],
    [0, 1],
  ],
  [
    [2, 3, 4, 5],
    [1, 3],
  ],
  [
    [2, 3, 4, 5],
    [0, 2],
  ],
  [[2, 1, 5], [1]],
  [[6, 1], [1]],
  [[0], [0]],
  [[3, 0], [1]],
  [[3, 0], [0]],
  [[0, 5], [0]],
  [[40, 1500], [0]],
  [[2, 3000], [0]],
  [[1500, 40], [1]],
  [[5], []],
  [[6, 14, 2], [2]],
  [[9, 5, 3], [2]],
  [[4, 7, 4], [2]],
  [
    [3, 2, 19, 2],
    [1, 3],
  ],
  [
    [3000, 6, 3],
    [0, 2],
  ],
];

describe.each(reductions)("%s", (reduction) => {
  test.each(cases)("of %j over %j", (shape, axes) => {
    if (reduction.startsWith("arg") && (axes.length !== 1 || shape[axes[0]!] === 0)) return;
    const random = new TestRandom(shape.length * 31 + axes.length);
    for (let round = 0; round < (reduction === "sum" ? 3 : 1); round++) {
      for (const dtype of ["float32", "int32"] as const) {
        const operand = random.operand(dtype, shape);
        if (reduction === "product" && dtype === "float32")
          operand.data.forEach((x, at) => (operand.data[at] = 1 + x / 64));
        const step = { kind: "reduce" as const, reduction, shape, axes, program: identity(dtype) };
        const [actual] = runStep(backend, step, [operand]);
        const [expected] = runStep(right, step, [operand]);
        const rounds = dtype === "float32" && (reduction === "sum" || reduction === "product");
        expectSame(actual!, expected!, rounds ? 2e-5 : 0);
      }
    }
  });

  test("NaN wins, infinities and ties", () => {
    if (reduction === "sum" || reduction === "product") return;
    const rows = [
      [1, NaN, 3, NaN],
      [NaN, 1, 2, 3],
      [-Infinity, -Infinity, -Infinity],
      [Infinity, 5, Infinity],
      [2, 7, 7, 2, 7, 2, 2],
      [-0, 0],
      [Infinity, NaN],
    ];
    for (const row of rows) {
      for (const [shape, axes] of [
        [[row.length], [0]],
        [[row.length, 5], [0]],
        [[5, row.length], [1]],
      ] as const) {
        const columns = shape.length === 2 && axes[0] === 0;
        const view = { shape, strides: shape.length === 1 ? [1] : columns ? [1, 0] : [0, 1], offset: 0 };
        const operand: TestOperand = { data: Float32Array.from(row), dtype: "float32", view };
        const step = { kind: "reduce" as const, reduction, shape, axes, program: identity("float32") };
        expectSame(runStep(backend, step, [operand])[0]!, runStep(right, step, [operand])[0]!, 0);
      }
    }
  });
});

test.each(["max", "min", "argMax", "argMin"] as const)(
  "%s from memory, row by row, with NaN among them",
  (reduction) => {
    for (const [shape, axis] of [
      [[5, 900, 70], 1],
      [[40, 66, 402], 1],
      [[3000, 97], 0],
    ] as const) {
      const data = new TestRandom(5).data("float32", sizeOf(shape));
      for (let at = 0; at < data.length; at += 30_011) data[at] = Number.NaN;
      for (let at = 7; at < data.length; at += 1009) data[at] = 3e38;
      const view = { shape, strides: rowMajorStrides(shape), offset: 0 };
      const step = { kind: "reduce" as const, reduction, shape, axes: [axis], program: identity("float32") };
      const operand: TestOperand = { data, dtype: "float32", view };
      const [expected] = runStep(right, step, [operand]);
      for (const each of [backend, threaded[0]!])
        expectSame(runStep(each, step, [operand])[0]!, expected!, 0);
    }
  },
);

test("several results of a program get the bits that they would get alone", () => {
  const three: Program = { instructions: absolute.instructions, results: [0, 2, 3] };
  const shapes: [number[], number[]][] = [
    ...cases,
    [
      [32, 20, 24, 24],
      [0, 2, 3],
    ],
    [[300_001], [0]],
    [[20_000, 33], [0]],
  ];
  for (const [shape, axes] of shapes) {
    const random = new TestRandom(7);
    // The second round has operands in odd order, whose values are written out first.
    for (let round = 0; round < 2; round++) {
      const operands = [0, 1].map(() => random.operand("float32", shape));
      for (const reduction of ["sum", "max"] as const) {
        const step = { kind: "reduce" as const, reduction, shape, axes, program: three };
        const together = runStep(threaded[0]!, step, operands);
        three.results.forEach((line, at) => {
          const alone = { ...step, program: { ...three, results: [line] } };
          expect(together[at], `${reduction} of ${shape} over ${axes}`).toEqual(
            runStep(backend, alone, operands)[0],
          );
        });
      }
    }
  }
});

const large: [number[], number[]][] = [
  [[300_001], [0]],
  [[3, 100_000], [1]],
  [[100_000, 3], [0]],
  [[3000, 70], [0]],
  [[70, 3000], [1]],
  [
    [32, 20, 24, 24],
    [0, 2, 3],
  ],
  [
    [32, 24, 24, 20],
    [0, 1, 2],
  ],
  [[40, 5000], [0]],
  [[20_000, 33], [0]],
  [[3600, 300], [0]],
  [[5, 900, 70], [1]],
  [
    [200, 33, 65],
    [0, 2],
  ],
];

test.each(large)(
  "sums of %j over %j: the same bits on 1 to 4 threads, close to double precision",
  (shape, axes) => {
    const random = new TestRandom(99);
    const size = shape.reduce((a, b) => a * b, 1);
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    const view = { shape, strides, offset: 0 };
    const operands = [0, 1].map(
      (): TestOperand => ({ data: random.data("float32", size), dtype: "float32", view }),
    );
    const step = { kind: "reduce" as const, reduction: "sum" as const, shape, axes, program: square };
    const [alone] = runStep(backend, step, operands);
    for (const each of threaded) expect(runStep(each, step, operands)[0]).toEqual(alone);
    const [expected] = runStep(right, step, operands);
    const [sizes] = runStep(right, { ...step, program: absolute }, operands);
    // Within 1 ulp of the sum of sizes: far less than any one term.
    alone!.forEach((sum, at) =>
      expect(Math.abs(sum - expected![at]!)).toBeLessThanOrEqual(2 ** -24 * sizes![at]!),
    );
  },
);
