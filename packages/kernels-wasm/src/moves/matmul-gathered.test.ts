import { createHash } from "node:crypto";
import {
  HostRandom,
  identityView,
  type MatmulGatheredRoutine,
  type Routine,
  type RoutineStep,
  referenceRoutines,
  type StorageArray,
} from "@hekla/tensor";
import { describe, expect, test } from "vitest";
import { hasRelaxedSimd } from "../runtime/features.js";
import { type RunOptions, runRoutine } from "../testing/run-routine.js";

const relaxedSimd = await hasRelaxedSimd();
const random = new HostRandom(3, "gathered");
const floats = (size: number) => Float32Array.from({ length: size }, () => random.normal());
/** For comparisons of long results, which `toEqual` takes seconds for. */
const bits = (values: Float32Array | Int32Array) => createHash("sha256").update(values).digest("hex");
const names = ["matmulGathered", "matmulGatheredTableGradient", "matmulGatheredKernelGradient"] as const;

/** The result of a routine by itself: by the reference, or by its kernel with operands that do not start a buffer. */
function run(
  routine: Routine,
  operands: readonly (Float32Array | Int32Array)[],
  size: number,
  options?: RunOptions,
): Float32Array | Int32Array {
  const dtype = routine.dtype === "int32" ? "int32" : "float32";
  if (!options) {
    const out = dtype === "int32" ? new Int32Array(size) : new Float32Array(size);
    // cast: the table's type has no routine of any name
    const byReference = referenceRoutines[routine.name] as (
      routine: Routine,
      operands: readonly StorageArray[],
      out: StorageArray,
    ) => void;
    byReference(routine, operands, out);
    return out;
  }
  const moved = operands.map((data) => {
    const copy = new (data.constructor as typeof Float32Array)(data.length + 1);
    copy.set(data, 1);
    return copy;
  });
  const step: RoutineStep = {
    kind: "routine",
    label: "",
    routine,
    reference: referenceRoutines[routine.name],
    operands: operands.map((data, buffer) => ({
      buffer,
      view: { ...identityView([data.length]), offset: 1 },
    })),
    output: operands.length,
  };
  return runRoutine(step, [...moved, { size, dtype }], options).at(-1)!;
}

interface Case {
  readonly axisSize: number;
  readonly count: number;
  readonly inner: number;
  readonly columns: number;
  readonly beyond?: "zero" | "nan";
  readonly indices: Int32Array;
}

const draw = (count: number, from: number, to: number) =>
  Int32Array.from({ length: count }, () => from + random.integer(to - from));
const sizes = { axisSize: 60, count: 100, inner: 24, columns: 40 };

const cases: [string, Case][] = [
  ["few words, much padding", { ...sizes, indices: draw(100, -40, 12).map((i) => Math.max(i, 0)) }],
  ["all equal", { ...sizes, indices: new Int32Array(100).fill(7) }],
  ["all distinct", { ...sizes, axisSize: 100, indices: Int32Array.from({ length: 100 }, (_, i) => 99 - i) }],
  ["out of range, clamped", { ...sizes, indices: draw(100, -20, 80) }],
  ["out of range, 0", { ...sizes, beyond: "zero", indices: draw(100, -20, 80) }],
  ["out of range, NaN", { ...sizes, beyond: "nan", indices: draw(100, -2, 62) }],
  ["odd sizes", { axisSize: 9, count: 37, inner: 13, columns: 11, indices: draw(37, 0, 9) }],
  ["8 by 8", { axisSize: 300, count: 41, inner: 8, columns: 8, indices: draw(41, 0, 300) }],
  [
    "sums in parts",
    { axisSize: 2000, count: 700, inner: 9, columns: 530, indices: draw(700, 0, 9000).map((i) => i % 2000) },
  ],
  ["a sentence of 3 words", { axisSize: 9, count: 3, inner: 9, columns: 67, indices: draw(3, 0, 9) }],
];

describe.each(cases)("gathered rows: %s", (_name, { indices, ...shape }) => {
  const { axisSize, count, inner, columns, beyond } = shape;
  const distinct = { name: "distinct", dtype: "int32", axisSize, count, clamps: !beyond } as const;
  const list = run(distinct, [indices], 1 + 3 * count) as Int32Array;
  const [table, kernel, dy] = [floats(axisSize * inner), floats(inner * columns), floats(count * columns)];
  const operands = {
    matmulGathered: [table, list, kernel],
    matmulGatheredTableGradient: [dy, list, kernel],
    matmulGatheredKernelGradient: [table, list, dy],
  };
  const results = {
    matmulGathered: count * columns,
    matmulGatheredTableGradient: axisSize * inner,
    matmulGatheredKernelGradient: inner * columns,
  };

  test("distinct indices", () => {
    expect(new Set(list.subarray(1 + count, 1 + count + list[0]!)).size).toBe(list[0]);
    for (const tuned of [true, false])
      expect(run(distinct, [indices], 1 + 3 * count, { tuned })).toEqual(list);
  });

  test.each(names)("%s", (name) => {
    const routine: MatmulGatheredRoutine & { dtype: "float32" } = { name, dtype: "float32", ...shape };
    const expected = run(routine, operands[name], results[name]);
    const terms =
      { matmulGathered: inner, matmulGatheredTableGradient: columns * count }[name as string] ?? count;
    for (const options of [{}, { tuned: false }, ...(relaxedSimd ? [{ relaxedSimd }] : [])]) {
      const actual = run(routine, operands[name], results[name], options);
      const wrong = [...actual].filter((value, at) => {
        const right = expected[at]!;
        const near = Math.abs(value - right) <= 1e-6 * Math.sqrt(terms) * (4 + Math.abs(right));
        return !near && !(Number.isNaN(right) && Number.isNaN(value));
      });
      expect(wrong).toEqual([]);
      for (const threads of [2, 3, 7])
        expect(bits(run(routine, operands[name], results[name], { ...options, threads }))).toBe(bits(actual));
    }
  });

  test("the product has the bits of matmul", () => {
    if (count < 16) return;
    const indexOf = (place: number) => list[1 + count + list[1 + 2 * count + place]!]!;
    const filling = new Float32Array(inner).fill(beyond === "nan" ? Number.NaN : 0);
    const x = new Float32Array(count * inner);
    for (let row = 0; row < count; row++) {
      const index = indexOf(row);
      x.set(index === axisSize ? filling : table.subarray(index * inner, (index + 1) * inner), row * inner);
    }
    const matmul = {
      ...({ name: "matmul", dtype: "float32", batch: 1, m: count, n: columns, k: inner } as const),
      ...{ transposeA: false, transposeB: false, batchedA: false, batchedB: false },
    };
    const routine = { name: "matmulGathered", dtype: "float32", ...shape } as const;
    for (const options of [{}, { tuned: false }, ...(relaxedSimd ? [{ relaxedSimd }] : [])]) {
      const plain = run(matmul, [x, kernel], count * columns, options);
      expect(bits(run(routine, [table, list, kernel], count * columns, options))).toBe(bits(plain));
    }
  });
});
