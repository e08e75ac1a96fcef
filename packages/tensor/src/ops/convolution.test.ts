import { describe, expect, it } from "vitest";
import {
  conv1d,
  conv2d,
  conv2dTranspose,
  conv3d,
  depthwiseConv2d,
  maxPool3d,
  ones,
  range,
  sum,
  type Tensor,
} from "../index.js";

describe("convolutions: what they refuse", () => {
  const image = ones([2, 5, 5, 4]);
  it.each([
    ["another rank", () => conv2d(image, ones([3, 4, 3])), "conv2d: got 4 and 3 axes"],
    [
      "other channels",
      () => conv2d(image, ones([6, 3, 3, 3])),
      "input has 4 channels but the kernel expects 3",
    ],
    ["channels of groups", () => conv2d(image, ones([6, 4, 3, 3]), { groups: 2 }), "kernel expects 8"],
    ["groups of filters", () => conv2d(image, ones([6, 1, 3, 3]), { groups: 4 }), "divisor of the 6 filters"],
    ["groups of no channel", () => conv2d(image, ones([6, 4, 3, 3]), { groups: 0 }), "got 0 groups"],
    ["a window too large", () => conv2d(image, ones([6, 4, 6, 3])), "does not fit into the input [2,5,5,4]"],
    [
      "a window too large for groups",
      () => conv2d(image, ones([4, 1, 6, 3]), { groups: 4 }),
      "conv2d: the window [6,3] does not fit",
    ],
    ["a stride of 0", () => conv2d(image, ones([6, 4, 3, 3]), { strides: [0, 1] }), "got strides [0,1]"],
    ["an image for steps", () => conv1d(image, ones([6, 4, 3])), "conv1d: got input [2,5,5,4]"],
    ["an image for a volume", () => conv3d(image, ones([6, 4, 3, 3, 3])), "conv3d: got 4 and 5 axes"],
    ["depthwise channels", () => depthwiseConv2d(image, ones([3, 1, 2, 2])), "the kernel expects 3"],
    ["an image to pool as a volume", () => maxPool3d(image), "batch, then depth, height, width, channels"],
    [
      "a negative output padding",
      () => conv2dTranspose(image, ones([4, 2, 3, 3]), { outputPadding: [0, -1] }),
      "got outputPadding [0,-1]",
    ],
    [
      "nothing left",
      () => conv2dTranspose(ones([1, 1, 1, 4]), ones([4, 2, 2, 2]), { padding: "same", outputPadding: 0 }),
      "comes to a result of 0 x 0",
    ],
  ] as [string, () => unknown, string][])("%s", (_name, run, message) => {
    expect(run).toThrow(message);
  });
});

/** Numbers that repeat nowhere. */
const wave = (shape: readonly [number, number, number, number], speed: number): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return range(0, size).multiply(speed).sin().reshape(shape);
};

describe("conv2dTranspose", () => {
  it.each([
    // size, window, stride, dilation, padding, outputPadding, result: `keras.layers.Conv2DTranspose` 3.15
    [5, 3, 2, 1, "valid", undefined, 11],
    [5, 3, 2, 1, "same", undefined, 10],
    [4, 2, 3, 1, "valid", undefined, 12],
    [4, 2, 3, 1, "same", undefined, 12],
    [5, 3, 2, 1, "valid", 1, 12],
    [5, 3, 2, 1, "same", 1, 10],
    [5, 4, 2, 1, "same", 1, 9],
    [5, 3, 1, 3, "valid", undefined, 11],
    [5, 3, 1, 3, "same", undefined, 5],
  ] as const)("size %i, window %i, stride %i, dilation %i, %s, %s", (...row) => {
    const [size, window, strides, dilation, padding, outputPadding, result] = row;
    const options = { strides, dilation, padding, ...(outputPadding === undefined ? {} : { outputPadding }) };
    const { shape } = conv2dTranspose(ones([1, size, 1, 2]), ones([2, 3, window, 1]), options);
    expect(shape.slice(0, 2)).toEqual([1, result]);
  });

  it("is the adjoint of conv2d: sum(conv2d(x, k) * y) = sum(x * conv2dTranspose(y, k))", async () => {
    const [x, y, kernel] = [wave([2, 9, 8, 3], 1), wave([2, 4, 4, 5], 2), wave([5, 3, 3, 2], 3)];
    const there = await sum(conv2d(x, kernel, { strides: 2 }).multiply(y)).item();
    const back = await sum(conv2dTranspose(y, kernel, { strides: 2, outputPadding: 0 }).multiply(x)).item();
    expect(Math.abs(there)).toBeGreaterThan(1);
    expect(back).toBeCloseTo(there, 4);
  });
});
