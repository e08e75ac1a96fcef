import type { Conv2DRoutine, MatmulRoutine, Window2D } from "@hekla/tensor";
import { floats, type PlainCase, plainCase } from "./plain-case.js";

/** A product of random matrices. */
export function matmulCase(
  [m, n, k]: readonly [number, number, number],
  flags: Partial<MatmulRoutine> = {},
): PlainCase {
  const routine = {
    name: "matmul",
    dtype: "float32",
    batch: 1,
    m,
    n,
    k,
    transposeA: false,
    transposeB: false,
    batchedA: true,
    batchedB: true,
    ...flags,
  } as const;
  const { batch, batchedA, batchedB } = routine;
  const operands = [floats((batchedA ? batch : 1) * m * k), floats((batchedB ? batch : 1) * k * n)];
  return plainCase(routine, operands, batch * m * n, { tolerance: 2e-6 });
}

/** A convolution with a padding that keeps the size, or one of its gradients, on random images. */
export function convolutionCase(
  name: Conv2DRoutine["name"],
  dataFormat: Window2D["dataFormat"],
  [batch, channels, size, filters, taps, stride]: readonly [number, number, number, number, number, number],
): PlainCase {
  const [before, after] = [Math.floor((taps - 1) / 2), Math.ceil((taps - 1) / 2)];
  const outputSize = Math.floor((size - 1) / stride) + 1;
  const window: Window2D = {
    dataFormat,
    batch,
    channels,
    inputSize: [size, size],
    outputSize: [outputSize, outputSize],
    windowSize: [taps, taps],
    strides: [stride, stride],
    dilation: [1, 1],
    padding: [
      [before, after],
      [before, after],
    ],
  };
  const input = floats(batch * channels * size * size);
  const kernel = floats(filters * channels * taps * taps);
  const output = floats(batch * filters * outputSize * outputSize);
  const operands =
    name === "conv2d" ? [input, kernel] : name === "conv2dInputGradient" ? [output, kernel] : [input, output];
  const result = name === "conv2d" ? output : name === "conv2dInputGradient" ? input : kernel;
  const routine = { name, dtype: "float32", window, filters } as const;
  return plainCase(routine, operands, result.length, { tolerance: 2e-6 });
}
