import {
  HostRandom,
  identityView,
  type Pool2DRoutine,
  type Routine,
  type RoutineStep,
  reference,
  referenceRoutines,
  type StorageArray,
} from "@hekla/tensor";
import { describe, expect, test } from "vitest";
import { runRoutine } from "../testing/run-routine.js";

/** The routine's result by the reference backend. */
function expected(
  step: RoutineStep,
  inputs: readonly StorageArray[],
  size: number,
  dtype: "float32" | "int32",
) {
  const backend = reference();
  const buffers = [
    ...inputs.map((data) => ({
      kind: "input" as const,
      size: data.length,
      arenaOffset: -1,
      dtype: data instanceof Float32Array ? ("float32" as const) : ("int32" as const),
    })),
    { kind: "output" as const, dtype, size, arenaOffset: 0 },
  ];
  const positions = inputs.map((_, i) => i);
  const executable = backend.prepare({
    key: "",
    buffers,
    inputs: positions,
    assigned: [],
    persistent: [],
    outputs: [inputs.length],
    steps: [step],
    arenaBytes: 0,
  });
  const slots = inputs.map((data) =>
    backend.upload(data, data instanceof Float32Array ? "float32" : "int32"),
  );
  return backend.readSync(executable.run(slots)[0]!);
}

function check(
  routine: Routine,
  inputs: readonly StorageArray[],
  size: number,
  dtype: "float32" | "int32" = "float32",
  offset = 0,
): void {
  const shifted = inputs.map((data) => {
    const moved = new (data.constructor as Float32ArrayConstructor)(data.length + offset);
    moved.set(data as Float32Array, offset);
    return moved;
  });
  const step: RoutineStep = {
    kind: "routine",
    label: "",
    routine,
    reference: referenceRoutines[routine.name],
    output: inputs.length,
    operands: inputs.map((data, buffer) => ({ buffer, view: { ...identityView([data.length]), offset } })),
  };
  const want = expected(step, shifted, size, dtype);
  for (const [threads, tuned] of [
    [1, true],
    [3, true],
    [2, false],
  ] as const) {
    const got = runRoutine(step, [...shifted, { size, dtype }], { threads, tuned }).at(-1)!;
    expect(got.length).toBe(want.length);
    got.forEach((value, i) => {
      const close =
        Object.is(value, want[i]) ||
        Math.abs(value - want[i]!) <= 1e-6 * (1 + Math.abs(want[i]!)) ||
        (Number.isNaN(value) && Number.isNaN(want[i]!));
      if (!close)
        expect.fail(`${routine.name} ${JSON.stringify(routine)}: [${i}] got ${value}, expected ${want[i]}`);
    });
  }
}

const random = new HostRandom(1, "routines");
const floats = (n: number): Float32Array => Float32Array.from({ length: n }, () => random.normal());
const integers = (n: number, below: number): Int32Array =>
  Int32Array.from({ length: n }, () => random.integer(below));

type Pair = readonly [number, number];

describe("pooling", () => {
  /** Batch, channels; input size; window; strides; padding. */
  const sizes: [Pair, Pair, Pair, Pair, readonly [number, number, number, number]][] = [
    [
      [2, 3],
      [8, 8],
      [2, 2],
      [2, 2],
      [0, 0, 0, 0],
    ],
    [
      [1, 2],
      [14, 14],
      [2, 2],
      [2, 2],
      [0, 0, 0, 0],
    ],
    [
      [3, 1],
      [28, 28],
      [2, 2],
      [2, 2],
      [0, 0, 0, 0],
    ],
    [
      [1, 2],
      [7, 5],
      [2, 2],
      [2, 2],
      [0, 1, 0, 1],
    ],
    [
      [2, 2],
      [9, 6],
      [3, 2],
      [2, 1],
      [1, 1, 0, 0],
    ],
    [
      [1, 3],
      [5, 5],
      [3, 3],
      [1, 1],
      [1, 1, 1, 1],
    ],
    [
      [2, 7],
      [9, 8],
      [3, 3],
      [2, 2],
      [0, 1, 1, 0],
    ],
    [
      [20, 6],
      [8, 6],
      [2, 2],
      [2, 2],
      [0, 0, 0, 0],
    ],
    [
      [1, 41],
      [6, 7],
      [3, 2],
      [1, 1],
      [1, 1, 0, 1],
    ],
    [
      [1, 64],
      [9, 9],
      [2, 2],
      [3, 3],
      [0, 0, 0, 0],
    ],
    [
      [2, 5],
      [9, 10],
      [7, 7],
      [1, 3],
      [3, 3, 2, 3],
    ],
    [
      [1, 4],
      [3, 3],
      [2, 2],
      [2, 2],
      [3, 2, 0, 4],
    ],
  ];
  const geometries = sizes.map(
    ([[batch, channels], inputSize, windowSize, strides, [top, bottom, left, right]]) => ({
      ...{ batch, channels, inputSize, windowSize, strides },
      padding: [
        [top, bottom],
        [left, right],
      ] as const,
    }),
  );
  const names = [
    "maxPool2d",
    "maxPool2dGradient",
    "maxPool2dGather",
    "averagePool2d",
    "averagePool2dGradient",
  ] as const;
  test.each(names)("%s", (name) => {
    for (const { batch, channels, inputSize, windowSize, strides, padding } of geometries) {
      for (const dataFormat of ["channelsFirst", "channelsLast"] as const) {
        const outputSize = inputSize.map(
          (size, axis) =>
            Math.floor((size + padding[axis]![0] + padding[axis]![1] - windowSize[axis]!) / strides[axis]!) +
            1,
        ) as [number, number];
        const routine: Pool2DRoutine & { dtype: "float32" } = {
          name,
          dtype: "float32",
          window: {
            dataFormat,
            batch,
            channels,
            inputSize,
            outputSize,
            windowSize,
            strides,
            dilation: [1, 1],
            padding,
          },
        };
        const large = batch * channels * inputSize[0] * inputSize[1];
        const small = batch * channels * outputSize[0] * outputSize[1];
        // Rounded values are often equal: the first of them must win. NaN wins over numbers.
        const x = floats(large).map((value) => Math.round(value * 2));
        x[5] = Number.NaN;
        const inputs = {
          maxPool2d: [x],
          maxPool2dGradient: [x, floats(small)],
          maxPool2dGather: [x, floats(large)],
          averagePool2d: [floats(large)],
          averagePool2dGradient: [floats(small)],
        }[name];
        check(routine, inputs, name.endsWith("Gradient") ? large : small, "float32", 3);
      }
    }
  });
});

describe("moves", () => {
  test("gathers and scatters", () => {
    for (const [outer, axisSize, inner, count] of [
      [1, 7, 1, 20],
      [3, 5, 4, 6],
      [2, 9, 130, 11],
      [1, 300, 17, 500],
      [4, 3, 1, 1],
    ] as const) {
      const sizes = { outer, axisSize, inner, count };
      const dtype = "float32";
      const wild = integers(count, axisSize + 4).map((index) => index - 2);
      check(
        { name: "gather", dtype, ...sizes },
        [floats(outer * axisSize * inner), wild],
        outer * count * inner,
        dtype,
        2,
      );
      check(
        { name: "scatterAdd", dtype, ...sizes },
        [wild, floats(outer * count * inner)],
        outer * axisSize * inner,
        dtype,
        2,
      );
      const each = integers(outer * count * inner, axisSize);
      check(
        { name: "gatherAlong", dtype, ...sizes },
        [floats(outer * axisSize * inner), each],
        each.length,
        dtype,
        1,
      );
      check(
        { name: "scatterAddAlong", dtype, ...sizes },
        [each, floats(each.length)],
        outer * axisSize * inner,
        dtype,
        1,
      );
      check(
        { name: "scatterAdd", dtype: "int32", ...sizes },
        [wild, integers(outer * count * inner, 1000)],
        outer * axisSize * inner,
        "int32",
      );
    }
  });

  test("concat and pad", () => {
    check(
      { name: "concat", dtype: "float32", outer: 3, sizes: [2, 0, 5], inner: 4 },
      [floats(24), floats(0), floats(60)],
      84,
      "float32",
      1,
    );
    check(
      { name: "concat", dtype: "int32", outer: 1, sizes: [1, 1], inner: 1 },
      [integers(1, 9), integers(1, 9)],
      2,
      "int32",
    );
    const pad = { name: "pad", dtype: "float32", inputShape: [2, 3, 4], value: -1.5 } as const;
    check(
      { ...pad, outputShape: [4, 3, 9], low: [1, 0, 2], interior: [0, 0, 0] },
      [floats(24)],
      108,
      "float32",
      1,
    );
    check(
      { ...pad, outputShape: [3, 7, 10], low: [0, 1, 0], interior: [1, 1, 2], value: 0 },
      [floats(24)],
      210,
    );
    check(
      { ...pad, dtype: "int32", inputShape: [70], outputShape: [9000], low: [17], interior: [3], value: 7 },
      [integers(70, 99)],
      9000,
      "int32",
    );
  });

  test("running sums", () => {
    for (const reverse of [false, true]) {
      for (const exclusive of [false, true]) {
        const routine = { name: "cumsum", outer: 3, axisSize: 65, inner: 5, reverse, exclusive } as const;
        check({ ...routine, dtype: "float32" }, [floats(975)], 975, "float32", 1);
        check({ ...routine, dtype: "int32" }, [integers(975, 1000)], 975, "int32");
      }
    }
  });

  test("sorting is stable, with NaN last", () => {
    for (const [outer, axisSize, count] of [
      [1, 1, 1],
      [3, 2, 2],
      [2, 63, 63],
      [5, 65, 7],
      [2, 1025, 1025],
      [70, 64, 64],
    ] as const) {
      for (const descending of [false, true]) {
        const routine = { name: "argsort", outer, axisSize, count, descending } as const;
        const values = floats(outer * axisSize).map((value) => Math.round(value * 3));
        values[1 % values.length] = Number.NaN;
        values[values.length - 1] = Number.NEGATIVE_INFINITY;
        check({ ...routine, dtype: "float32" }, [values], outer * count, "int32", 2);
        check({ ...routine, dtype: "int32" }, [integers(outer * axisSize, 10)], outer * count, "int32");
      }
    }
  });
});
