import { flipped, real, strided, transposed } from "../inputs.js";
import { type Attribute, type Operation, type Row, type Sample, samplesOf } from "../sample.js";

/** Dot products of k <= 1250 terms of size up to 4, as in `contractions.ts`. */
export const contracted: Operation = {
  forward: { scaled: 4e-6, absolute: 1e-5 },
  gradient: { scaled: 4e-6, absolute: 1e-5 },
};

/**
 * As `contracted`; fast algorithms round more. Winograd's with tiles of 6 x 6 loses two to three bits: its
 * transforms add and subtract numbers larger than the result. Measured on a kernel gradient: 4.3e-6 of its
 * largest element. Source: Barabasz et al. 2020, "Error analysis and improving the accuracy of Winograd
 * convolution for deep neural networks".
 */
export const convolved: Operation = { ...contracted, gradient: { scaled: 1e-5, absolute: 1e-5 } };

/** A convolution of an input of one shape with a kernel of another. */
export const convolution = (
  name: string,
  input: number[],
  kernel: number[],
  options?: Attribute,
  second = false,
): Row => [name, [real(input), real(kernel), ...(options === undefined ? [] : [options])], { second }];
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
  convolution("2 groups", [2, 6, 7, 4], [6, 2, 3, 3], { groups: 2, padding: "same" }, true),
  convolution("3 groups, stride 2", [1, 6, 9, 8], [3, 2, 3, 2], { ...first, groups: 3, strides: 2 }),
  convolution("groups of one channel", [2, 6, 7, 3], [6, 1, 3, 3], { groups: 3, padding: "same" }, true),
  convolution("no image", [0, 5, 5, 2], [3, 2, 3, 3]),
  convolution("no image, groups", [0, 5, 5, 4], [4, 2, 3, 3], { groups: 2 }),
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
  convolution("2 groups, causal", [2, 9, 4], [6, 2, 3], { groups: 2, padding: "causal", dilation: 2 }),
  ["transposed", [transposed(real([3, 9, 2])), real([4, 2, 3])]],
];

export const convolutionSamples: Sample[] = [
  ...samplesOf("conv2d", convolved, conv2dRows),
  ...samplesOf("conv1d", contracted, conv1dRows),
];
