import { type RoutineStep, referenceRoutines } from "@hekla/tensor";
import { describe, expect, test } from "vitest";
import { type RunOptions, runRoutine } from "../testing/run-routine.js";

interface Case {
  batch?: number;
  m: number;
  n: number;
  k: number;
  transposeA?: boolean;
  transposeB?: boolean;
  batchedA?: boolean;
  batchedB?: boolean;
  offsets?: [number, number];
}

let seed = 1;
const random = (size: number) =>
  Float32Array.from({ length: size }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    return (seed >> 8) / 2 ** 23;
  });

function run(options: Case, runOptions: RunOptions) {
  const {
    batch = 1,
    m,
    n,
    k,
    transposeA = false,
    transposeB = false,
    batchedA = true,
    batchedB = true,
  } = options;
  const [offsetA, offsetB] = options.offsets ?? [0, 0];
  seed = m * 31 + n * 7 + k + 1;
  const a = random((batchedA ? batch : 1) * m * k + offsetA);
  const b = random((batchedB ? batch : 1) * n * k + offsetB);
  const step: RoutineStep = {
    kind: "routine",
    label: "",
    routine: { name: "matmul", dtype: "float32", batch, m, n, k, transposeA, transposeB, batchedA, batchedB },
    reference: referenceRoutines.matmul,
    operands: [
      { buffer: 0, view: { shape: [a.length - offsetA], strides: [1], offset: offsetA } },
      { buffer: 1, view: { shape: [b.length - offsetB], strides: [1], offset: offsetB } },
    ],
    output: 2,
  };
  const result = runRoutine(step, [a, b, { size: batch * m * n, dtype: "float32" }], runOptions)[2]!;
  const expected = Float64Array.from({ length: batch * m * n }, (_, at) => {
    const [p, i, j] = [Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n];
    let sum = 0;
    for (let step = 0; step < k; step++) {
      const aAt = offsetA + (batchedA ? p * m * k : 0) + (transposeA ? step * m + i : i * k + step);
      const bAt = offsetB + (batchedB ? p * n * k : 0) + (transposeB ? j * k + step : step * n + j);
      sum += a[aAt]! * b[bAt]!;
    }
    return sum;
  });
  return { result, expected };
}

function expectClose(options: Case, runOptions: RunOptions) {
  const { result, expected } = run(options, runOptions);
  const tolerance = 1e-6 * Math.sqrt(options.k) + 1e-7 * options.k;
  let worst = 0;
  result.forEach(
    (value, at) =>
      (worst = Math.max(worst, Number.isNaN(value) ? Infinity : Math.abs(value - expected[at]!))),
  );
  expect(worst, JSON.stringify({ ...options, ...runOptions })).toBeLessThanOrEqual(tolerance);
}

const flags = [false, true];

describe.each([true, false])("matmul, tuned %s", (tuned) => {
  test("sizes around the tile and block edges", () => {
    for (const m of [1, 2, 3, 4, 5, 63, 64, 65]) {
      for (const n of [1, 3, 8, 9, 64, 65]) {
        for (const k of [1, 3, 64, 65]) expectClose({ m, n, k }, { tuned });
      }
    }
  });
  test("every combination of transposes, batches and offsets", () => {
    for (const transposeA of flags)
      for (const transposeB of flags) {
        for (const [m, n, k] of [
          [1, 1, 1],
          [1, 17, 9],
          [7, 1, 6],
          [9, 13, 31],
          [70, 33, 65],
        ] as const) {
          expectClose({ m, n, k, transposeA, transposeB, offsets: [3, 5] }, { tuned });
          for (const batchedA of flags)
            for (const batchedB of flags) {
              expectClose(
                { batch: 3, m, n, k, transposeA, transposeB, batchedA, batchedB, offsets: [1, 2] },
                { tuned },
              );
            }
        }
      }
  });
  test("long and empty sums", () => {
    for (const transposeA of flags)
      for (const transposeB of flags) {
        expectClose({ m: 5, n: 11, k: 1025, transposeA, transposeB }, { tuned });
        expectClose({ batch: 2, m: 11, n: 17, k: 3001, transposeA, transposeB, offsets: [1, 2] }, { tuned });
        expectClose({ m: 31, n: 66, k: 1025, transposeA, transposeB }, { tuned });
        expectClose({ m: 1, n: 1025, k: 70, transposeA, transposeB }, { tuned });
        expectClose({ m: 1025, n: 1, k: 70, transposeA, transposeB }, { tuned });
        expectClose({ batch: 3, m: 1, n: 33, k: 70, transposeA, transposeB, offsets: [1, 2] }, { tuned });
        expectClose({ m: 3, n: 5, k: 0, transposeA, transposeB }, { tuned });
        expectClose({ m: 0, n: 5, k: 3, transposeA, transposeB }, { tuned });
        expectClose({ m: 3, n: 0, k: 3, batch: 2, transposeA, transposeB }, { tuned });
      }
  });
  test("the same bits for any number of threads", () => {
    for (const options of [
      { m: 300, n: 290, k: 40 },
      { batch: 5, m: 9, n: 10, k: 11 },
      { batch: 2, m: 1, n: 70, k: 9 },
      { m: 2, n: 700, k: 33 },
      { m: 11, n: 10, k: 3001 },
    ]) {
      const one = run(options, { tuned, threads: 1 }).result;
      for (const threads of [2, 3, 7]) expect(run(options, { tuned, threads }).result).toEqual(one);
    }
  });
});
