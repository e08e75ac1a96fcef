import type { Conv2DRoutine, Window2D } from "@hekla/tensor";
import { floats, integers, type PlainCase, plainCase } from "./plain-case.js";

const flags = [false, true];

/** Products with all flags, and sizes of 0. */
export function* matmulCases(): Iterable<PlainCase> {
  for (const [batch, m, n, k] of [
    [1, 1, 1, 1],
    [2, 3, 5, 7],
    [3, 4, 2, 700],
    [1, 2, 3, 5000],
    [2, 3, 4, 0],
    [0, 3, 4, 2],
    [1, 0, 3, 4],
  ] as const) {
    for (const transposeA of flags)
      for (const transposeB of flags)
        for (const batchedA of flags)
          for (const batchedB of flags) {
            const routine = {
              name: "matmul",
              batch,
              m,
              n,
              k,
              transposeA,
              transposeB,
              batchedA,
              batchedB,
            } as const;
            const [a, b] = [(batchedA ? batch : 1) * m * k, (batchedB ? batch : 1) * k * n];
            yield plainCase({ ...routine, dtype: "float32" }, [floats(a), floats(b)], batch * m * n);
          }
  }
  const routine = {
    name: "matmul",
    batch: 1,
    m: 3,
    n: 4,
    k: 2000,
    transposeA: false,
    transposeB: false,
  } as const;
  const wrapping = [integers(6000, -9e8, 9e8), integers(8000, -9, 9)];
  yield plainCase({ ...routine, dtype: "int32", batchedA: true, batchedB: true }, wrapping, 12);
}

/** A sum that a single float32 would lose digits in. */
export function* longSumCases(): Iterable<PlainCase> {
  const k = 200_000;
  const row = new Float32Array(k).fill(0.1);
  const routine = { name: "matmul", batch: 1, m: 1, n: 1, k, transposeA: false, transposeB: false } as const;
  const whole = { ...routine, dtype: "float32", batchedA: false, batchedB: false } as const;
  yield plainCase(whole, [row, row], 1, { tolerance: 3e-7 });
}

type Pair = readonly [number, number];
interface Case {
  batch?: number;
  channels?: number;
  filters?: number;
  size: Pair;
  window: Pair;
  strides?: Pair;
  dilation?: Pair;
  padding?: readonly [Pair, Pair];
}

const cases: readonly Case[] = [
  { size: [5, 6], window: [3, 2] },
  {
    size: [7, 7],
    window: [3, 3],
    padding: [
      [1, 1],
      [1, 1],
    ],
  }, // prettier-ignore
  {
    size: [9, 8],
    window: [3, 3],
    strides: [2, 2],
    padding: [
      [0, 1],
      [1, 0],
    ],
  },
  {
    size: [9, 11],
    window: [2, 3],
    strides: [3, 2],
    padding: [
      [2, 2],
      [1, 1],
    ],
  },
  {
    size: [11, 12],
    window: [3, 3],
    dilation: [2, 3],
    padding: [
      [2, 1],
      [3, 3],
    ],
  },
  {
    size: [13, 11],
    window: [3, 4],
    strides: [2, 3],
    dilation: [3, 2],
    padding: [
      [4, 3],
      [1, 2],
    ],
  },
  {
    size: [12, 12],
    window: [3, 3],
    strides: [2, 4],
    dilation: [4, 2],
    padding: [
      [3, 3],
      [2, 2],
    ],
  },
  {
    size: [10, 14],
    window: [2, 2],
    strides: [6, 4],
    dilation: [4, 6],
    padding: [
      [3, 3],
      [5, 2],
    ],
  },
  {
    size: [3, 3],
    window: [3, 3],
    padding: [
      [5, 5],
      [4, 4],
    ],
  },
  {
    size: [3, 3],
    window: [5, 5],
    padding: [
      [1, 1],
      [1, 1],
    ],
  },
  { size: [1, 1], window: [1, 1], strides: [2, 2] },
  { size: [4, 4], window: [1, 1], strides: [3, 3], channels: 600, filters: 2, batch: 1 },
  { size: [6, 5], window: [2, 2], batch: 40, channels: 1, filters: 1 },
  { size: [5, 5], window: [2, 2], channels: 0 },
  { size: [5, 5], window: [2, 2], filters: 0 },
  { size: [5, 5], window: [2, 2], batch: 0 },
];

/** The convolution and its gradients, in both formats. */
export function* convolutionCases(): Iterable<PlainCase> {
  for (const { size, window: windowSize, ...rest } of cases) {
    const { batch = 2, channels = 3, filters = 4, strides = [1, 1], dilation = [1, 1] } = rest;
    const padding =
      rest.padding ??
      ([
        [0, 0],
        [0, 0],
      ] as const);
    const outputOf = (axis: 0 | 1): number => {
      const extent = (windowSize[axis] - 1) * dilation[axis] + 1;
      return Math.floor((size[axis] + padding[axis][0] + padding[axis][1] - extent) / strides[axis]) + 1;
    };
    const outputSize: Pair = [outputOf(0), outputOf(1)];
    for (const dataFormat of ["channelsFirst", "channelsLast"] as const) {
      const geometry = { dataFormat, batch, channels, strides, dilation, padding } as const;
      const window: Window2D = { ...geometry, inputSize: size, outputSize, windowSize };
      const input = floats(batch * channels * size[0] * size[1]);
      const kernel = floats(filters * channels * windowSize[0] * windowSize[1]);
      const output = floats(batch * filters * outputSize[0] * outputSize[1]);
      const routine = (name: Conv2DRoutine["name"]) => ({ name, dtype: "float32", window, filters }) as const;
      yield plainCase(routine("conv2d"), [input, kernel], output.length);
      yield plainCase(routine("conv2dInputGradient"), [output, kernel], input.length);
      yield plainCase(routine("conv2dKernelGradient"), [input, output], kernel.length);
    }
  }
}

/** Masked products, with features that are 0 and masks that hide NaN. */
export function* maskedCases(): Iterable<PlainCase> {
  for (const [batch, steps, features, gates, units] of [
    [3, 4, 8, 2, 8],
    [1, 5, 9, 4, 10],
    [70, 4, 8, 1, 8],
  ] as const) {
    const sizes = { batch, steps, features, gates, units };
    const x = floats(batch * steps * features);
    for (let step = 0; step < steps; step++) x[step * features + 3] = 0;
    const masks = Float32Array.from(integers(batch * gates * features, 0, 3));
    const kernel = floats(features * gates * units);
    kernel.fill(Number.NaN, 3 * gates * units, 4 * gates * units);
    const dy = floats(batch * steps * gates * units);
    const dtype = "float32";
    const [ofX, ofKernel] = [x.length, kernel.length];
    yield plainCase({ name: "maskedMatmul", dtype, ...sizes }, [x, masks, kernel], dy.length);
    yield plainCase({ name: "maskedMatmulInputGradient", dtype, ...sizes }, [dy, masks, kernel], ofX);
    yield plainCase({ name: "maskedMatmulKernelGradient", dtype, ...sizes }, [x, masks, dy], ofKernel);
  }
}
