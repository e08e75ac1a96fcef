import { referenceRoutines, storageArray } from "@hekla/tensor";
import { floats, integers, type PlainCase, plainCase } from "./plain-case.js";

const flags = [false, true];
const fillings = [{}, { beyond: "zero" }, { beyond: "nan" }] as const;

/** Gathers and scatters, with few and many updates. */
export function* gatherCases(): Iterable<PlainCase> {
  for (const [outer, axisSize, inner, count] of [
    [1, 7, 1, 20],
    [3, 5, 4, 6],
    [2, 9, 3, 50],
    [1, 5, 2, 1500],
    [2, 9, 2, 1100],
    [4, 3, 1, 1],
    [2, 3, 4, 0],
    [0, 3, 4, 5],
    [1, 0, 1, 0],
  ] as const) {
    const sizes = { outer, axisSize, inner, count };
    const [source, moved] = [outer * axisSize * inner, outer * count * inner];
    const wild = integers(count, -2, axisSize + 2);
    const each = integers(moved, -2, axisSize + 2);
    const dtype = "float32";
    for (const filling of fillings) {
      yield plainCase({ name: "gather", dtype, ...sizes, ...filling }, [floats(source), wild], moved);
      yield plainCase({ name: "scatterAdd", dtype, ...sizes, ...filling }, [wild, floats(moved)], source);
    }
    const whole = integers(source, -99, 99);
    yield plainCase({ name: "gather", dtype: "int32", ...sizes }, [whole, wild], moved);
    yield plainCase({ name: "gatherAlong", dtype, ...sizes }, [floats(source), each], moved);
    yield plainCase({ name: "scatterAddAlong", dtype, ...sizes }, [each, floats(moved)], source);
    const updates = integers(moved, -1000, 1000);
    yield plainCase({ name: "scatterAdd", dtype: "int32", ...sizes }, [wild, updates], source);
  }
}

/** Of many operands too. */
export function* concatCases(): Iterable<PlainCase> {
  for (const [outer, inner, sizes] of [
    [3, 4, [2, 0, 5]],
    [1, 1, [1, 1]],
    [2, 3, [1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 1, 2, 3]],
    [2, 3, Array.from({ length: 40 }, (_, i) => i % 3)],
    [2, 3, [0, 0]],
    [0, 3, [1, 2]],
  ] as const) {
    const operands = sizes.map((size) => floats(outer * size * inner));
    const total = sizes.reduce<number>((sum, size) => sum + size, 0) * outer * inner;
    yield plainCase({ name: "concat", dtype: "float32", outer, sizes, inner }, operands, total);
  }
}

/** With gaps, and of nothing. */
export function* padCases(): Iterable<PlainCase> {
  for (const [inputShape, outputShape, low, interior] of [
    [
      [2, 3, 4],
      [4, 3, 9],
      [1, 0, 2],
      [0, 0, 0],
    ],
    [
      [2, 3, 4],
      [3, 7, 10],
      [0, 1, 0],
      [1, 1, 2],
    ],
    [[70], [900], [17], [3]],
    [
      [2, 0],
      [4, 3],
      [1, 1],
      [0, 0],
    ],
    [[], [], [], []],
  ] as const) {
    const size = (shape: readonly number[]) => shape.reduce((product, axis) => product * axis, 1);
    const routine = { name: "pad", inputShape, outputShape, low, interior } as const;
    const result = size(outputShape);
    yield plainCase({ ...routine, dtype: "float32", value: -1.5 }, [floats(size(inputShape))], result);
    yield plainCase({ ...routine, dtype: "int32", value: 7 }, [integers(size(inputShape), -9, 9)], result);
  }
}

/** Running sums in both directions. */
export function* cumsumCases(): Iterable<PlainCase> {
  for (const [outer, axisSize, inner] of [
    [3, 65, 5],
    [1, 1, 1],
    [2, 128, 1],
    [1, 1500, 2],
    [2, 0, 3],
  ] as const)
    for (const reverse of flags)
      for (const exclusive of flags) {
        const size = outer * axisSize * inner;
        const routine = { name: "cumsum", outer, axisSize, inner, reverse, exclusive } as const;
        yield plainCase({ ...routine, dtype: "float32" }, [floats(size)], size);
        yield plainCase({ ...routine, dtype: "int32" }, [integers(size, -1e9, 1e9)], size);
      }
  const long = { outer: 1, axisSize: 17_000, inner: 1, reverse: false, exclusive: false } as const;
  yield plainCase({ name: "cumsum", dtype: "float32", ...long }, [floats(17_000)], 17_000);
}

/** Rows with equal elements and NaN, in one block and in several. */
export function* argsortCases(): Iterable<PlainCase> {
  for (const [outer, axisSize, count] of [
    [1, 1, 1],
    [3, 2, 2],
    [2, 63, 63],
    [5, 65, 7],
    [2, 64, 10],
    [2, 1025, 1025],
    [1, 300, 3],
    [1, 2100, 1500],
    [2, 5, 0],
    [0, 5, 5],
    [2, 0, 0],
  ] as const)
    for (const descending of flags) {
      const routine = { name: "argsort", outer, axisSize, count, descending } as const;
      const values = floats(outer * axisSize).map((value) => Math.round(value * 3));
      if (values.length > 1) values[1] = Number.NaN;
      if (values.length > 60)
        values.set([Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], 50);
      yield plainCase({ ...routine, dtype: "float32" }, [values], outer * count, { dtype: "int32" });
      yield plainCase({ ...routine, dtype: "int32" }, [integers(outer * axisSize, -5, 5)], outer * count);
    }
}

/** The result of `distinct`. */
function distinctOf(indices: Int32Array, axisSize: number, clamps: boolean): Int32Array {
  const count = indices.length;
  const out = storageArray("int32", 1 + 3 * count) as Int32Array; // cast: so is int32 stored
  referenceRoutines.distinct({ name: "distinct", dtype: "int32", axisSize, count, clamps }, [indices], out);
  return out;
}

/** Distinct indices, and products with the rows they name. */
export function* distinctCases(): Iterable<PlainCase> {
  for (const [axisSize, count, inner, columns] of [
    [7, 1, 8, 9],
    [5, 40, 9, 8],
    [300, 90, 8, 8],
    [4, 300, 8, 10],
    [40, 1300, 8, 8],
  ] as const)
    for (const filling of fillings) {
      const clamps = !("beyond" in filling);
      const indices = integers(count, -1, axisSize + 1);
      yield plainCase(
        { name: "distinct", dtype: "int32", axisSize, count, clamps },
        [indices],
        1 + 3 * count,
      );
      const sizes = { axisSize, count, inner, columns, dtype: "float32", ...filling } as const;
      const [table, kernel] = [floats(axisSize * inner), floats(inner * columns)];
      const dy = floats(count * columns);
      const list = distinctOf(indices, axisSize, clamps);
      yield plainCase({ name: "matmulGathered", ...sizes }, [table, list, kernel], dy.length);
      const ofTable = table.length;
      yield plainCase({ name: "matmulGatheredTableGradient", ...sizes }, [dy, list, kernel], ofTable);
      const ofKernel = kernel.length;
      yield plainCase({ name: "matmulGatheredKernelGradient", ...sizes }, [table, list, dy], ofKernel);
    }
  yield plainCase(
    { name: "distinct", dtype: "int32", axisSize: 3, count: 0, clamps: true },
    [new Int32Array()],
    1,
  );
}
