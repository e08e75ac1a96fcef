import {
  type Backend,
  type BinaryOp,
  type Dtype,
  type Instruction,
  type Program,
  reference,
  rowMajorStrides,
  type StorageArray,
  type UnaryOp,
} from "@hekla/tensor";
import { afterAll, describe, expect, test } from "vitest";
import { wasm } from "../index.js";
import { chain, TestRandom } from "../testing/random-step.js";
import { runStep, type TestOperand } from "../testing/single-step.js";

const backend = await wasm({ threads: 1 });
const threaded = await Promise.all([2, 3, 4].map((threads) => wasm({ threads })));
const right = reference();
afterAll(async () => {
  for (const each of [backend, ...threaded]) await each.dispose();
});

function run(on: Backend, shape: readonly number[], program: Program, operands: readonly TestOperand[]) {
  return runStep(on, { kind: "elementwise", shape, program }, operands);
}

const whole = (dtype: Dtype, data: number[]): TestOperand => ({
  data: dtype === "float32" ? Float32Array.from(data) : Int32Array.from(data),
  dtype,
  view: { shape: [data.length], strides: [1], offset: 0 },
});

const single = (op: UnaryOp | BinaryOp | "where" | "cast", from: readonly Dtype[], to: Dtype): Program =>
  chain(from, [{ op, args: from.map((_, line) => line), dtype: to }]);

const floats = [
  0,
  -0,
  1,
  -1,
  0.5,
  1.5,
  2.5,
  -2.5,
  3,
  -7.25,
  100,
  -100,
  1e10,
  -1e10,
  NaN,
  Infinity,
  -Infinity,
];
const integers = [0, 1, -1, 2, 3, -3, 7, 31, 32, 33, -100, 2147483647, -2147483648, 65536, 46341];
const bools = [0, 1];

const pairs = (values: number[]): [number[], number[]] => [
  values.flatMap((a) => values.map(() => a)),
  values.flatMap(() => values),
];

const values: Partial<Record<Dtype, number[]>> = { float32: floats, int32: integers, bool: bools };
const unaryOf: Partial<Record<Dtype, UnaryOp[]>> = {
  float32: [
    "negative",
    "abs",
    "sign",
    "floor",
    "ceil",
    "round",
    "sqrt",
    "rsqrt",
    "reciprocal",
    "relu",
    "isNaN",
  ],
  int32: ["negative", "abs", "sign", "floor", "ceil", "round", "relu", "isNaN"],
  bool: ["logicalNot"],
};
const compare: BinaryOp[] = ["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"];
const logical: BinaryOp[] = ["logicalAnd", "logicalOr"];
const binaryOf: Partial<Record<Dtype, BinaryOp[]>> = {
  float32: ["add", "subtract", "multiply", "divide", "maximum", "minimum", "mod", "power", ...compare],
  int32: [
    "add",
    "subtract",
    "multiply",
    "divide",
    "maximum",
    "minimum",
    "mod",
    "power",
    "bitwiseAnd",
    "bitwiseOr",
    "bitwiseXor",
    "shiftLeft",
    "shiftRight",
    ...compare,
  ],
  bool: [...logical, "equal", "notEqual", "less", "greaterEqual", "maximum", "minimum"],
};
const giveBool = new Set<string>([...compare, ...logical, "logicalNot", "isNaN"]);

describe("ops on special values are those of the reference", () => {
  for (const dtype of ["float32", "int32", "bool"] as const) {
    for (const op of unaryOf[dtype]!) {
      test(`${op} ${dtype}`, () => {
        const operand = whole(dtype, values[dtype]!);
        const program = single(op, [dtype], giveBool.has(op) ? "bool" : dtype);
        const shape = [operand.data.length];
        const [actual] = run(backend, shape, program, [operand]);
        const [expected] = run(right, shape, program, [operand]);
        if (op === "rsqrt") expectClose(actual!, expected!);
        else expect(noSign(actual!)).toEqual(noSign(expected!));
      });
    }
    for (const op of binaryOf[dtype]!) {
      test(`${op} ${dtype}`, () => {
        const operands = pairs(values[dtype]!).map((data) => whole(dtype, data));
        const program = single(op, [dtype, dtype], giveBool.has(op) ? "bool" : dtype);
        const shape = [operands[0]!.data.length];
        const [actual] = run(backend, shape, program, operands);
        const [expected] = run(right, shape, program, operands);
        if (op === "power" && dtype === "float32") expectClose(actual!, expected!);
        else expect(noSign(actual!)).toEqual(noSign(expected!));
      });
    }
  }

  test("shifts by a constant, and casts between all types", () => {
    for (const op of ["shiftLeft", "shiftRight"] as const) {
      for (const count of [0, 5, 31, 32, -1]) {
        const program: Program = {
          instructions: [
            { op: "input", index: 0, dtype: "int32" },
            { op: "constant", value: count, dtype: "int32" },
            { op, args: [0, 1], dtype: "int32" },
          ],
          results: [2],
        };
        const operand = whole("int32", integers);
        const shape = [integers.length];
        expect(run(backend, shape, program, [operand])).toEqual(run(right, shape, program, [operand]));
      }
    }
    for (const from of ["float32", "int32", "bool"] as const) {
      for (const to of ["float32", "int32", "bool"] as const) {
        const operand = whole(from, values[from]!);
        const program = single("cast", [from], to);
        const shape = [operand.data.length];
        expect(run(backend, shape, program, [operand])).toEqual(run(right, shape, program, [operand]));
      }
    }
  });
});

/** Signs of zeros are no part of the contract. */
const noSign = (data: StorageArray): StorageArray => data.map((x) => (x === 0 ? 0 : x));

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  for (let at = 0; at < expected.length; at++) {
    const [a, e] = [actual[at]!, expected[at]!];
    if (Number.isFinite(e)) expect(Math.abs(a - e)).toBeLessThanOrEqual(Math.abs(e) * 2 ** -22);
    else expect(a).toEqual(e);
  }
}

// Rounded the same everywhere, so that results can be compared bit for bit.
const affine: Instruction[] = [
  { op: "multiply", args: [0, 1], dtype: "float32" },
  { op: "less", args: [3, 2], dtype: "bool" },
  { op: "where", args: [4, 2, 3], dtype: "float32" },
];
const withCoordinates = (rank: number): Program => ({
  instructions: [
    { op: "input", index: 0, dtype: "float32" },
    ...Array.from({ length: rank }, (_, axis) => ({
      op: "coordinate" as const,
      axis,
      dtype: "int32" as const,
    })),
    { op: "add", args: [1, rank], dtype: "int32" },
    { op: "cast", args: [rank + 1], dtype: "float32" },
    { op: "add", args: [rank + 2, 0], dtype: "float32" },
  ],
  results: [rank + 3],
});

const shapes = [
  [],
  [1],
  [3],
  [4],
  [17],
  [63],
  [64],
  [65],
  [1025],
  [5, 3],
  [3, 65],
  [128, 10],
  [70, 33],
  [2, 1, 40],
  [4, 5, 6],
  [3, 40, 7],
  [2, 3, 4, 5],
  [0],
  [3, 0, 2],
];

test.each(shapes.map((shape) => [shape]))("walks of %j give the reference's bits", (shape) => {
  const random = new TestRandom(shape.length * 1000 + shape.reduce((a, b) => a + b, 7));
  for (let round = 0; round < 4; round++) {
    const operands = [0, 1, 2].map(() => random.operand("float32", shape));
    const program = chain(["float32", "float32", "float32"], affine);
    const expected = run(right, shape, program, operands);
    for (const each of [backend, threaded[1]!]) expect(run(each, shape, program, operands)).toEqual(expected);
    if (shape.length === 0) continue;
    const placed = withCoordinates(shape.length);
    const one = operands.slice(0, 1);
    expect(run(backend, shape, placed, one)).toEqual(run(right, shape, placed, one));
  }
});

test("large steps are shared among threads and give the same bits, transcendental ones too", () => {
  const random = new TestRandom(5);
  const ops: Instruction[] = [
    { op: "tanh", args: [0], dtype: "float32" },
    { op: "exp", args: [1], dtype: "float32" },
    { op: "sin", args: [3], dtype: "float32" },
    { op: "multiply", args: [2, 4], dtype: "float32" },
  ];
  for (const shape of [[100_003], [7, 12_345], [513, 129], [50, 40, 33]]) {
    const operands = [random.operand("float32", shape), random.operand("float32", shape)];
    const program = chain(["float32", "float32"], ops);
    const expected = run(backend, shape, program, operands);
    for (const each of threaded) expect(run(each, shape, program, operands)).toEqual(expected);
  }
});

test("transposed operands, done tile by tile, give the reference's bits on 1 to 4 threads", () => {
  const random = new TestRandom(11);
  const transposed = [
    { shape: [130, 290], strides: [1, 130] },
    { shape: [3, 65, 261], strides: [65 * 261, 1, 65] },
    // Planes as tiles, and large tiles.
    { shape: [66, 128, 33], strides: [128 * 33, 1, 128] },
    { shape: [1040, 1010], strides: [1, 1040] },
    { shape: [17, 2, 258], strides: [-1, 17 * 258, 17] },
  ];
  for (const { shape, strides } of transposed) {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = random.data("float32", size);
    const offset = strides[0]! < 0 ? shape[0]! - 1 : 0;
    const plain = { shape, strides: rowMajorStrides(shape), offset: 0 };
    const operands = [{ shape, strides, offset }, plain, plain].map(
      (view): TestOperand => ({ data, dtype: "float32", view }),
    );
    const program = chain(["float32", "float32", "float32"], affine);
    const expected = run(right, shape, program, operands);
    for (const each of [backend, ...threaded]) expect(run(each, shape, program, operands)).toEqual(expected);
    expect(run(backend, shape, withCoordinates(shape.length), operands.slice(0, 1))).toEqual(
      run(right, shape, withCoordinates(shape.length), operands.slice(0, 1)),
    );
  }
});

test("several results, and a result written over its operand", () => {
  const data = Float32Array.from({ length: 19 }, (_, at) => at - 9);
  const program: Program = {
    instructions: [
      { op: "input", index: 0, dtype: "float32" },
      { op: "relu", args: [0], dtype: "float32" },
      { op: "negative", args: [0], dtype: "float32" },
    ],
    results: [2, 1],
  };
  const view = { shape: [19], strides: [1], offset: 0 };
  expect(run(backend, [19], program, [{ data, dtype: "float32", view }]).map(noSign)).toEqual([
    data.map((x) => -x || 0),
    data.map((x) => Math.max(x, 0)),
  ]);
  // Variable += 1, in place: the input is also the output.
  const executable = backend.prepare({
    key: "in place",
    buffers: [{ kind: "input", dtype: "float32", size: 19, arenaOffset: -1 }],
    inputs: [0],
    assigned: [0],
    persistent: [0],
    outputs: [],
    steps: [
      {
        kind: "elementwise",
        label: "increment",
        shape: [19],
        operands: [{ buffer: 0, view }],
        outputs: [0],
        program: {
          instructions: [
            { op: "input", index: 0, dtype: "float32" },
            { op: "constant", value: 1, dtype: "float32" },
            { op: "add", args: [0, 1], dtype: "float32" },
          ],
          results: [2],
        },
      },
    ],
    arenaBytes: 0,
  });
  const slot = backend.allocate(19, "float32");
  backend.write(slot, data);
  executable.run([slot]);
  executable.run([slot]);
  expect(backend.readSync(slot)).toEqual(data.map((x) => x + 2));
  executable.dispose();
  backend.free(slot);
});

test.each([[7], [1025], [5, 12], [5, 13], [3, 64], [40, 66], [50, 7, 8]])(
  "long programs, and lines of half rate, over %j %j %j",
  (...shape: number[]) => {
    const inner = shape.length - 1;
    const size = shape.reduce((a, b) => a * b, 1);
    const width = shape[inner]!;
    const int = (op: BinaryOp, ...args: number[]): Instruction => ({ op, args, dtype: "int32" });
    const instructions: Instruction[] = [
      { op: "input", index: 0, dtype: "int32" },
      { op: "constant", value: 1, dtype: "int32" },
      { op: "constant", value: width, dtype: "int32" },
      { op: "coordinate", axis: 0, dtype: "int32" },
      { op: "coordinate", axis: inner, dtype: "int32" },
      int("multiply", 3, 2),
      // Even where the width is; else every element is computed by itself.
      shape.length > 1 ? int("add", 5, 4) : int("add", 4, 4),
      int("shiftRight", shape.length > 1 ? 6 : 4, 1),
      int("multiply", 7, 0),
      int("add", 7, 5),
      int("bitwiseAnd", 4, 1),
      int("add", 9, 10),
    ];
    for (let line = 12; line < 60; line++)
      instructions.push(int(line % 2 ? "multiply" : "add", line - 1, line - 4));
    const random = new TestRandom(size);
    for (const last of [7, 8, 9, 11, 59]) {
      const program: Program = { instructions, results: [last, 9] };
      const operand: TestOperand = {
        data: random.data("int32", size),
        dtype: "int32",
        view: { shape, strides: rowMajorStrides(shape), offset: 0 },
      };
      const expected = run(right, shape, program, [operand]);
      for (const each of [backend, ...threaded])
        expect(run(each, shape, program, [operand])).toEqual(expected);
    }
  },
);

test.each([
  [8, 8],
  [33, 70],
  [64, 31],
  [3, 40, 41],
  [100, 9, 35],
])("transposed operands beside others, over %j %j %j", (...shape: number[]) => {
  const random = new TestRandom(shape[0]!);
  const size = shape.reduce((a, b) => a * b, 1);
  const view = (order: readonly number[]): TestOperand["view"] => {
    const stored = rowMajorStrides(order.map((axis) => shape[axis]!));
    return { shape, strides: shape.map((_, axis) => stored[order.indexOf(axis)]!), offset: 0 };
  };
  const axes = shape.map((_, axis) => axis);
  const views = [
    view([...axes].reverse()),
    view(axes),
    view([axes.at(-1)!, ...axes.slice(0, -1)]),
    { shape, strides: shape.map((_, axis) => (axis === 0 ? 1 : 0)), offset: 2 },
  ];
  const operands = views.map((each) => ({
    data: random.data("float32", size),
    dtype: "float32" as const,
    view: each,
  }));
  const program = chain(
    operands.map(() => "float32"),
    [
      { op: "add", args: [0, 1], dtype: "float32" },
      { op: "multiply", args: [4, 2], dtype: "float32" },
      { op: "subtract", args: [5, 3], dtype: "float32" },
    ],
  );
  const expected = run(right, shape, program, operands);
  for (const each of [backend, ...threaded]) expect(run(each, shape, program, operands)).toEqual(expected);
});
