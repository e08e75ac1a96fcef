import { flipped, given, real, stretched, strided, transposed } from "../inputs.js";
import { type Attribute, type Operation, type Row, type Sample, samplesOf } from "../sample.js";

/**
 * Dot products of k <= 1025 terms of size up to 4: backends add in other orders, with fused multiply-adds.
 * The result moves by about sqrt(k) 2^-24 of the largest partial sum, which is near the largest element.
 */
const contracted: Operation = {
  forward: { scaled: 4e-6, absolute: 1e-5 },
  gradient: { scaled: 4e-6, absolute: 1e-5 },
};

/**
 * As `contracted`; fast algorithms round more. Winograd's with tiles of 6 x 6 loses two to three bits: its
 * transforms add and subtract numbers larger than the result. Measured on a kernel gradient: 4.3e-6 of its
 * largest element. Source: Barabasz et al. 2020, "Error analysis and improving the accuracy of Winograd
 * convolution for deep neural networks".
 */
const convolved: Operation = { ...contracted, gradient: { scaled: 1e-5, absolute: 1e-5 } };

const product = (name: string, a: number[], b: number[], options?: Attribute, second = false): Row => [
  name,
  [real(a), real(b), ...(options === undefined ? [] : [options])],
  { second },
];

const matmulRows: Row[] = [
  product("1x1x1", [1, 1], [1, 1]),
  product("3x4 by 4x5", [3, 4], [4, 5], undefined, true),
  product("63x64x65", [63, 64], [64, 65]),
  product("65x1025x3", [65, 1025], [1025, 3]),
  product("1x65x1025", [1, 65], [65, 1025]),
  product("1025x1x1", [1025, 1], [1, 1]),
  product("k 300 crosses a block", [9, 300], [300, 17]),
  product("m 130 crosses a block", [130, 9], [9, 7]),
  product("130x300x70 crosses blocks every way", [130, 300], [300, 70]),
  product("transposed, crosses blocks", [260, 66], [37, 260], { transposeA: true, transposeB: true }),
  product("row by matrix", [1, 300], [300, 130]),
  product("matrix by column", [130, 300], [300, 1]),
  product("no rows", [0, 3], [3, 4]),
  product("k 0 gives zeros", [3, 0], [0, 4]),
  product("transposed a", [4, 3], [4, 5], { transposeA: true }, true),
  product("transposed b", [3, 4], [5, 4], { transposeB: true }, true),
  product("both transposed", [65, 9], [33, 65], { transposeA: true, transposeB: true }),
  product("batch", [7, 3, 4], [7, 4, 5], undefined, true),
  product("batch, transposed b", [3, 9, 8], [3, 7, 8], { transposeB: true }),
  product("batch by one matrix", [7, 3, 4], [4, 5]),
  product("one matrix by batch", [3, 4], [7, 4, 5]),
  product("batches broadcast", [2, 1, 3, 4], [3, 4, 5]),
  product("no batch", [0, 3, 4], [4, 5]),
  ["views: transposed", [transposed(real([9, 8])), real([8, 5])], { second: true }],
  ["views: flipped, strided", [flipped(real([9, 8])), strided(real([8, 5]))]],
  ["views: stretched", [stretched(real([9, 8])), stretched(real([8, 5]), 1)]],
  [
    "NaN and Inf stay in their rows",
    [given([1, Number.NaN, 3, 4, Number.POSITIVE_INFINITY, 6], "float32", [3, 2]), real([2, 5], 0.5, 2)],
    { gradient: false },
  ],
];

const convolution = (
  name: string,
  input: number[],
  kernel: number[],
  options?: Attribute,
  second = false,
): Row => product(name, input, kernel, options, second);
const first = { dataFormat: "channelsFirst" };

const conv2dRows: Row[] = [
  convolution("1x1 kernel", [2, 5, 5, 3], [4, 3, 1, 1]),
  convolution("3x3 valid", [2, 7, 6, 3], [4, 3, 3, 3], undefined, true),
  convolution("3x3 same", [2, 7, 6, 3], [4, 3, 3, 3], { padding: "same" }),
  convolution("channels first valid", [2, 3, 7, 6], [4, 3, 3, 3], first, true),
  convolution("channels first same", [2, 3, 7, 6], [4, 3, 3, 3], { ...first, padding: "same" }),
  convolution("even kernel, same", [1, 6, 7, 2], [3, 2, 2, 4], { padding: "same" }),
  convolution("stride 2", [2, 9, 8, 3], [4, 3, 3, 3], { strides: 2 }, true),
  convolution("stride 2, same", [2, 3, 9, 8], [4, 3, 3, 3], { ...first, strides: 2, padding: "same" }),
  convolution("strides 3 and 1", [1, 11, 6, 2], [3, 2, 3, 2], { strides: [3, 1] }),
  convolution("stride over the edge", [1, 8, 8, 1], [1, 1, 3, 3], { strides: 3 }),
  convolution("dilation 2", [1, 9, 8, 2], [3, 2, 3, 3], { dilation: 2 }, true),
  convolution("dilation 2 and 1, same", [1, 2, 9, 8], [3, 2, 3, 3], {
    ...first,
    dilation: [2, 1],
    padding: "same",
  }),
  convolution("given padding", [1, 5, 6, 2], [3, 2, 3, 3], {
    padding: [
      [2, 1],
      [0, 3],
    ],
  }),
  convolution("stride, dilation, padding", [2, 2, 9, 10], [3, 2, 2, 3], {
    ...first,
    strides: [2, 1],
    dilation: [1, 2],
    padding: [
      [1, 0],
      [2, 1],
    ],
  }),
  convolution("kernel as large as the image", [3, 5, 4, 2], [7, 2, 5, 4]),
  convolution("one pixel, one channel", [1, 1, 1, 1], [1, 1, 1, 1]),
  convolution("65 channels and filters", [1, 65, 4, 4], [65, 65, 3, 3], { ...first, padding: "same" }),
  convolution("lecture's first layer", [3, 1, 28, 28], [20, 1, 5, 5], { ...first, padding: "same" }),
  // Large enough for the fast algorithms of backends, at sizes that their tiles do and do not divide.
  convolution("lecture's second layer", [1, 20, 14, 14], [50, 20, 5, 5], { ...first, padding: "same" }),
  convolution("5x5 of 9 to 11 channels, odd size", [2, 9, 13, 11], [11, 9, 5, 5], first),
  convolution("5x5 same, 9 images", [9, 8, 9, 8], [8, 8, 5, 5], { ...first, padding: "same" }),
  convolution("5x5, stride 2", [2, 9, 13, 12], [11, 9, 5, 5], { ...first, strides: 2 }),
  convolution("3x3 of 16 to 24 channels", [3, 16, 12, 13], [24, 16, 3, 3], { ...first, padding: "same" }),
  convolution("3x3 of 16 to 24 channels, last", [2, 12, 13, 16], [24, 16, 3, 3], { padding: "same" }),
  convolution("no image", [0, 5, 5, 2], [3, 2, 3, 3]),
  ["views", [transposed(real([2, 6, 7, 3])), flipped(real([4, 3, 3, 3]))], { second: true }],
  ["strided", [strided(real([1, 5, 5, 2])), strided(real([3, 2, 2, 2]))]],
];

const conv1dRows: Row[] = [
  convolution("valid", [2, 9, 3], [4, 3, 3], undefined, true),
  convolution("same", [2, 9, 3], [4, 3, 4], { padding: "same" }),
  convolution("causal", [2, 9, 3], [4, 3, 3], { padding: "causal" }),
  convolution("causal, dilated", [1, 65, 2], [3, 2, 2], { padding: "causal", dilation: 4 }),
  convolution("stride 2", [1, 10, 2], [3, 2, 3], { strides: 2 }),
  convolution("given padding", [1, 5, 2], [3, 2, 3], { padding: [0, 2] }),
  convolution("channels first", [2, 3, 65], [4, 3, 5], { ...first, padding: "same" }),
  ["transposed", [transposed(real([3, 9, 2])), real([4, 2, 3])]],
];

export const contractionSamples: Sample[] = [
  ...samplesOf("matmul", contracted, matmulRows),
  ...samplesOf("conv2d", convolved, conv2dRows),
  ...samplesOf("conv1d", contracted, conv1dRows),
];
