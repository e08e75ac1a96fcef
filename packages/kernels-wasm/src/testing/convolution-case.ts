import {
  type Conv2DRoutine,
  type DataFormat,
  type RoutineStep,
  referenceRoutines,
  type Window2D,
} from "@hekla/tensor";
import { expect } from "vitest";
import { type RunOptions, runRoutine } from "./run-routine.js";

export type Pair = readonly [number, number];
/** A convolution to try, and its gradients; default: two images, three channels, five filters. */
export interface ConvolutionCase {
  batch?: number;
  channels?: number;
  filters?: number;
  size: Pair;
  window: Pair;
  strides?: Pair;
  dilation?: Pair;
  padding?: readonly [Pair, Pair];
  offsets?: Pair;
}

let seed = 1;
const random = (size: number) =>
  Float32Array.from({ length: size }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    return (seed >> 8) / 2 ** 23;
  });

function windowOf(options: ConvolutionCase, dataFormat: DataFormat): Window2D {
  const { batch = 2, channels = 3, size, window, strides = [1, 1], dilation = [1, 1] } = options;
  const padding = options.padding ?? [
    [0, 0],
    [0, 0],
  ];
  const outputSize = [0, 1].map(
    (axis) =>
      Math.floor(
        (size[axis]! + padding[axis]![0] + padding[axis]![1] - (window[axis]! - 1) * dilation[axis]! - 1) /
          strides[axis]!,
      ) + 1,
  ) as [number, number];
  return {
    dataFormat,
    batch,
    channels,
    inputSize: size,
    outputSize,
    windowSize: window,
    strides,
    dilation,
    padding,
  };
}

/** All (input, kernel, output) places that meet, by the definition; indices into the three arrays. */
function eachMeeting(
  w: Window2D,
  filters: number,
  visit: (input: number, kernel: number, output: number) => void,
): void {
  const at = (channels: number, [height, width]: Pair, b: number, c: number, y: number, x: number) =>
    w.dataFormat === "channelsFirst"
      ? ((b * channels + c) * height + y) * width + x
      : ((b * height + y) * width + x) * channels + c;
  for (let b = 0; b < w.batch; b++)
    for (let f = 0; f < filters; f++)
      for (let c = 0; c < w.channels; c++)
        for (let oy = 0; oy < w.outputSize[0]; oy++)
          for (let ox = 0; ox < w.outputSize[1]; ox++)
            for (let ky = 0; ky < w.windowSize[0]; ky++)
              for (let kx = 0; kx < w.windowSize[1]; kx++) {
                const y = oy * w.strides[0] + ky * w.dilation[0] - w.padding[0][0];
                const x = ox * w.strides[1] + kx * w.dilation[1] - w.padding[1][0];
                if (y < 0 || x < 0 || y >= w.inputSize[0] || x >= w.inputSize[1]) continue;
                visit(
                  at(w.channels, w.inputSize, b, c, y, x),
                  ((f * w.channels + c) * w.windowSize[0] + ky) * w.windowSize[1] + kx,
                  at(filters, w.outputSize, b, f, oy, ox),
                );
              }
}

/** The convolution and its gradients. */
export const convolutionNames = ["conv2d", "conv2dInputGradient", "conv2dKernelGradient"] as const;

/** The result of a tuned or plain kernel, what the definition gives, and the products of each sum. */
export function runConvolution(
  name: Conv2DRoutine["name"],
  options: ConvolutionCase,
  dataFormat: DataFormat,
  runOptions: RunOptions,
) {
  const window = windowOf(options, dataFormat);
  const filters = options.filters ?? 5;
  const [offsetA, offsetB] = options.offsets ?? [0, 0];
  seed = filters * 100 + window.channels;
  const input = random(window.batch * window.channels * window.inputSize[0] * window.inputSize[1]);
  const kernel = random(filters * window.channels * window.windowSize[0] * window.windowSize[1]);
  const output = random(window.batch * filters * window.outputSize[0] * window.outputSize[1]);
  const roles = { conv2d: [0, 1, 2], conv2dInputGradient: [2, 1, 0], conv2dKernelGradient: [0, 2, 1] }[name];
  const arrays = [input, kernel, output];
  const [a, b, result] = roles.map((role) => arrays[role]!) as [Float32Array, Float32Array, Float32Array];
  const step: RoutineStep = {
    kind: "routine",
    label: "",
    routine: { name, dtype: "float32", window, filters },
    reference: referenceRoutines[name],
    operands: [
      { buffer: 0, view: { shape: [a.length], strides: [1], offset: offsetA } },
      { buffer: 1, view: { shape: [b.length], strides: [1], offset: offsetB } },
    ],
    output: 2,
  };
  const padded = (data: Float32Array, offset: number) => Float32Array.from([...random(offset), ...data]);
  const buffers = [
    padded(a, offsetA),
    padded(b, offsetB),
    { size: result.length, dtype: "float32" as const },
  ];
  const got = runRoutine(step, buffers, runOptions)[2]!;
  const expected = () => {
    const sums = new Float64Array(result.length);
    eachMeeting(window, filters, (i, k, o) => {
      if (name === "conv2d") sums[o]! += a[i]! * b[k]!;
      else if (name === "conv2dInputGradient") sums[i]! += a[o]! * b[k]!;
      else sums[k]! += a[i]! * b[o]!;
    });
    return sums;
  };
  const taps = window.windowSize[0] * window.windowSize[1];
  const terms = {
    conv2d: window.channels * taps,
    conv2dInputGradient: filters * taps,
    conv2dKernelGradient: window.batch * window.outputSize[0] * window.outputSize[1],
  }[name];
  return { got, expected, terms };
}

/**
 * Holds all three against the definition, in both formats.
 *
 * @param growth How many times the rounding error of a plain sum is allowed.
 */
export function expectConvolutions(options: ConvolutionCase, runOptions: RunOptions, growth = 1): void {
  for (const dataFormat of ["channelsFirst", "channelsLast"] as const) {
    for (const name of convolutionNames) {
      const { got, expected, terms } = runConvolution(name, options, dataFormat, runOptions);
      const wanted = expected();
      let worst = 0;
      got.forEach((value, at) => {
        worst = Math.max(
          worst,
          Number.isNaN(value) ? Number.POSITIVE_INFINITY : Math.abs(value - wanted[at]!),
        );
      });
      const what = JSON.stringify({ name, dataFormat, ...options, ...runOptions });
      expect(worst, what).toBeLessThanOrEqual(growth * (1e-6 * Math.sqrt(terms) + 1e-7 * terms));
    }
  }
}
