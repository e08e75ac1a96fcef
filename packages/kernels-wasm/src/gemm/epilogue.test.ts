import {
  type Epilogue,
  type MatmulRoutine,
  type Operand,
  type RoutineStep,
  referenceRoutines,
} from "@hekla/tensor";
import { describe, expect, test } from "vitest";
import { ModuleBuilder } from "../assembler/index.js";
import { hasRelaxedSimd } from "../runtime/features.js";
import { runRoutine } from "../testing/run-routine.js";
import { emitMatmul } from "./matmul.js";

const float32 = "float32" as const;
/** Whether A is packed depends on it. */
const relaxed = await hasRelaxedSimd();
const random = (size: number, seed: number) =>
  Float32Array.from({ length: size }, (_, at) => Math.sin((at + 1) * 12.9898 + seed) * 0.9);

type Shape = Pick<MatmulRoutine, "m" | "n" | "k"> & Partial<MatmulRoutine>;
type Access = (at: number[]) => number;

/** Operands of an epilogue beside the result, each with what it is at a place of the result. */
const operandKinds: Record<
  string,
  (shape: number[], buffer: number) => { operand: Operand; at: Access; size: number }
> = {
  bias: (shape, buffer) => ({
    operand: {
      buffer,
      view: { shape, strides: shape.map((_, axis) => (axis === shape.length - 1 ? 1 : 0)), offset: 2 },
    },
    at: (place) => place.at(-1)! + 2,
    size: shape.at(-1)! + 2,
  }),
  residual: (shape, buffer) => {
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    return {
      operand: { buffer, view: { shape, strides, offset: 0 } },
      at: (place) => place.reduce((sum, index, axis) => sum + index * strides[axis]!, 0),
      size: shape.reduce((a, b) => a * b, 1),
    };
  },
  column: (shape, buffer) => {
    const [m] = [shape.at(-2)!];
    return {
      operand: {
        buffer,
        view: { shape, strides: shape.map((_, axis) => (axis === shape.length - 2 ? -1 : 0)), offset: m - 1 },
      },
      at: (place) => m - 1 - place.at(-2)!,
      size: m,
    };
  },
  transposed: (shape, buffer) => {
    const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1));
    return {
      operand: { buffer, view: { shape, strides, offset: 0 } },
      at: (place) => place.reduce((sum, index, axis) => sum + index * strides[axis]!, 0),
      size: shape.reduce((a, b) => a * b, 1),
    };
  },
};

/** `max(result * operand - coordinate, operand)` and whether the result is above the operand. */
function program(coordinates: boolean, rank: number): Epilogue["program"] {
  const input = (index: number) => ({ op: "input", index, dtype: float32 }) as const;
  const cast = [
    { op: "coordinate", axis: rank - 1, dtype: "int32" },
    { op: "cast", args: [5], dtype: float32 },
    { op: "subtract", args: [4, 6], dtype: float32 },
  ] as const;
  return {
    instructions: [
      input(0),
      input(1),
      { op: "multiply", args: [0, 1], dtype: float32 },
      { op: "greater", args: [0, 1], dtype: "bool" },
      { op: "maximum", args: [2, 1], dtype: float32 },
      ...(coordinates ? cast : []),
    ],
    results: [coordinates ? 7 : 4, 3],
  };
}

function check(shape: Shape, kind: string, split: number[] | undefined, coordinates = false) {
  const { m, n, k, batch = 1, transposeA = false, transposeB = false, batchedB = true } = shape;
  const resultShape = split ?? (batch > 1 ? [batch, m, n] : [m, n]);
  const size = batch * m * n;
  const { operand, at, size: operandSize } = operandKinds[kind]!(resultShape, 2);
  const buffers = [
    random(batch * m * k, 1),
    random((batchedB ? batch : 1) * n * k, 2),
    random(operandSize, 3),
  ];
  const routine = {
    name: "matmul",
    dtype: float32,
    batch,
    m,
    n,
    k,
    transposeA,
    transposeB,
    batchedA: true,
    batchedB,
  } as const;
  const whole = (buffer: number) => ({
    buffer,
    view: { shape: [buffers[buffer]!.length], strides: [1], offset: 0 },
  });
  const base = {
    kind: "routine",
    label: "",
    routine,
    reference: referenceRoutines.matmul,
    operands: [whole(0), whole(1)],
  } as const;
  const raw = { ...base, output: 3 } satisfies RoutineStep;
  const epilogue = {
    shape: resultShape,
    operands: [undefined, operand],
    program: program(coordinates, resultShape.length),
    outputs: [3, 4],
  };
  const step: RoutineStep = { ...base, output: undefined, epilogue };
  const results = [
    { size, dtype: float32 },
    { size, dtype: "int32" },
  ] as const;
  for (const relaxedSimd of relaxed ? [false, true] : [false]) {
    const plain = runRoutine(raw, [...buffers, results[0]], { relaxedSimd })[3]!;
    const one = runRoutine(step, [...buffers, ...results], { relaxedSimd });
    const wanted = Float32Array.from(plain, (value, index) => {
      const place = unflatten(index, resultShape);
      const other = buffers[2]![at(place)]!;
      const larger = Math.max(Math.fround(value * other), other);
      return coordinates ? larger - place.at(-1)! : larger;
    });
    expect(one[3], JSON.stringify({ shape, kind })).toEqual(wanted);
    expect(one[4]).toEqual(
      Int32Array.from(plain, (value, index) =>
        value > buffers[2]![at(unflatten(index, resultShape))]! ? 1 : 0,
      ),
    );
    const three = runRoutine(step, [...buffers, ...results], { relaxedSimd, threads: 3 });
    expect(three.slice(3)).toEqual(one.slice(3));
  }
}

function unflatten(index: number, shape: number[]): number[] {
  const place: number[] = [];
  for (const size of [...shape].reverse()) {
    place.unshift(index % size);
    index = Math.floor(index / size);
  }
  return place;
}

/** One for each way in which a product is computed. */
const shapes: Record<string, Shape> = {
  "panels of each thread": { m: 37, n: 24, k: 30 },
  "panels of each thread, the last not full": { m: 37, n: 29, k: 30 },
  "B read in place": { m: 9, n: 27, k: 30 },
  "rows read in place that lie along the sum": { m: 64, n: 40, k: 9, transposeA: true },
  "packed rows": { m: 40, n: 29, k: 70, transposeA: true },
  "everything packed": { m: 700, n: 16, k: 300, transposeB: true },
  "several parts of the sum": { m: 75, n: 29, k: 1100 },
  "parts shared out": { m: 11, n: 13, k: 1300 },
  "one row": { m: 1, n: 61, k: 19 },
  "one column": { m: 61, n: 1, k: 19 },
  "three columns": { m: 23, n: 3, k: 19 },
  "ten columns": { m: 23, n: 10, k: 19 },
  "lane sums": { m: 7, n: 23, k: 19, transposeB: true },
  "a batch": { batch: 3, m: 9, n: 13, k: 8 },
  "a batch with one B": { batch: 3, m: 9, n: 13, k: 8, batchedB: false },
  "a batch of transposed A with one B": { batch: 3, m: 9, n: 13, k: 8, transposeA: true, batchedB: false },
};

describe.each(Object.entries(shapes))("epilogue of a product: %s", (_, shape) => {
  test.each(Object.keys(operandKinds))("with an operand: %s", (kind) => check(shape, kind, undefined));
  test("with coordinates", () => check(shape, "residual", undefined, true));
});

test("epilogues whose shape cuts rows or joins them", () => {
  check({ m: 12, n: 24, k: 10 }, "residual", [12, 3, 8]);
  check({ m: 12, n: 24, k: 10 }, "column", [12, 3, 8]);
  check({ m: 12, n: 24, k: 10 }, "transposed", [3, 4, 24]);
  check({ m: 12, n: 24, k: 10 }, "bias", [3, 4, 24], true);
  check({ m: 12, n: 24, k: 10 }, "residual", [288]);
  check({ m: 12, n: 24, k: 10 }, "bias", [6, 48]);
  check({ m: 61, n: 1, k: 19 }, "residual", [61]);
});

test("an epilogue runs on blocks, one that draws random numbers for pairs of neighbours on rows", () => {
  const product = { name: "matmul", dtype: float32, m: 12, n: 24, k: 10, batch: 1 } as const;
  const routine = { ...product, transposeA: false, transposeB: false, batchedA: true, batchedB: true };
  const finished = (instructions: Epilogue["program"]["instructions"]) => {
    const memory = { initial: 1, maximum: 1, shared: false };
    const module = new ModuleBuilder(memory, { relaxedSimd: false, tuned: true });
    const program = { instructions, results: [instructions.length - 1] };
    return emitMatmul(module, routine, [0, 0], {
      shape: [12, 24],
      operands: [undefined],
      program,
      outputs: [2],
    }).finished;
  };
  const raw = { op: "input", index: 0, dtype: float32 } as const;
  expect(finished([raw, { op: "exp", args: [0], dtype: float32 }])).toBe(true);
  const pairs: Epilogue["program"]["instructions"] = [
    raw,
    { op: "coordinate", axis: 1, dtype: "int32" },
    { op: "constant", value: 1, dtype: "int32" },
    { op: "shiftRight", args: [1, 2], dtype: "int32" },
    { op: "cast", args: [3], dtype: float32 },
    { op: "add", args: [0, 4], dtype: float32 },
  ];
  expect(finished(pairs)).toBe(false);
});
