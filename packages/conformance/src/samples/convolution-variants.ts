import { flipped, real, strided, transposed } from "../inputs.js";
import { type Row, type Sample, samplesOf } from "../sample.js";
import { contracted, convolution, convolved } from "./convolutions.js";

const first = { dataFormat: "channelsFirst" };
const same = { padding: "same" };

/** The kernel is [channels, filters, height, width] here. */
const conv2dTransposeRows: Row[] = [
  convolution("3x3", [2, 5, 4, 3], [3, 4, 3, 3], undefined, true),
  convolution("same", [2, 5, 4, 3], [3, 4, 3, 3], same),
  convolution("channels first", [2, 3, 5, 4], [3, 4, 3, 2], first, true),
  convolution("stride 2", [2, 4, 5, 3], [3, 2, 3, 3], { strides: 2 }, true),
  convolution("stride 2, same", [2, 4, 5, 3], [3, 2, 3, 3], { ...same, strides: 2 }),
  convolution("4x4, stride 2, same, first", [2, 3, 4, 5], [3, 2, 4, 4], { ...first, ...same, strides: 2 }),
  convolution("stride above the window", [1, 3, 4, 2], [2, 3, 2, 1], { strides: 3 }),
  convolution("stride above the window, same", [1, 3, 4, 2], [2, 3, 2, 1], { ...same, strides: 3 }),
  convolution("strides 3 and 1", [1, 3, 4, 2], [2, 3, 3, 2], { strides: [3, 1] }),
  convolution("output padding", [1, 3, 4, 2], [2, 3, 3, 3], { strides: 3, outputPadding: [2, 1] }),
  convolution("output padding, same", [1, 3, 4, 2], [2, 3, 4, 3], {
    ...same,
    strides: 3,
    outputPadding: [2, 0],
  }),
  convolution("no output padding, same", [1, 2, 4, 3], [2, 3, 5, 2], {
    ...first,
    ...same,
    strides: 2,
    outputPadding: 0,
  }),
  convolution("dilation 2", [1, 4, 5, 2], [2, 3, 3, 2], { dilation: 2 }, true),
  convolution("dilation 1 and 3, same", [1, 4, 5, 2], [2, 3, 2, 3], { ...same, dilation: [1, 3] }),
  convolution("one pixel", [2, 1, 1, 3], [3, 4, 4, 4]),
  convolution("9 to 17 channels, last", [2, 7, 7, 9], [9, 17, 4, 4], { ...same, strides: 2 }),
  convolution("9 to 17 channels, first", [2, 9, 7, 7], [9, 17, 5, 5], { ...first, ...same }),
  convolution("no image", [0, 5, 5, 2], [2, 3, 3, 3]),
  ["views", [transposed(real([3, 4, 5, 2])), flipped(real([2, 4, 3, 3]))], { second: true }],
];

/** Large enough for the kernels that `conv2d` has for pictures, whose gradients these share, and so their tolerance. */
const conv2dTransposePictures: Row[] = [
  convolution("64 tiles of Winograd's, 3x3, first", [4, 9, 16, 16], [9, 8, 3, 3], { ...first, ...same }),
  convolution("64 tiles of Winograd's, 5x5, last", [4, 14, 15, 8], [8, 10, 5, 5], same),
  convolution("1 to 12 channels, pictures", [3, 17, 22, 1], [1, 12, 3, 3], same),
  convolution("14 to 2 channels, pictures", [3, 14, 17, 22], [14, 2, 4, 5], { ...first, ...same }),
  convolution("pictures, stride 2", [3, 12, 13, 9], [9, 10, 4, 4], { ...same, strides: 2 }),
];

const conv1dTransposeRows: Row[] = [
  convolution("valid", [2, 5, 3], [3, 4, 3], undefined, true),
  convolution("stride 2, same", [2, 5, 3], [3, 4, 3], { ...same, strides: 2 }),
  convolution("output padding", [1, 5, 2], [2, 3, 3], { strides: 3, outputPadding: 1 }),
  convolution("output padding, same", [1, 5, 2], [2, 3, 4], { ...same, strides: 3, outputPadding: 2 }),
  convolution("dilation 3", [1, 5, 2], [2, 3, 3], { dilation: 3 }),
  convolution("channels first", [2, 3, 9], [3, 2, 5], { ...first, strides: 4 }),
];

const conv3dRows: Row[] = [
  convolution("3x3x3", [2, 4, 5, 6, 2], [3, 2, 3, 3, 3], undefined, true),
  convolution("same", [2, 4, 5, 6, 2], [3, 2, 3, 3, 3], same),
  convolution("channels first", [2, 2, 4, 5, 6], [3, 2, 2, 3, 3], first, true),
  convolution("channels first, same", [1, 2, 4, 5, 6], [3, 2, 2, 3, 4], { ...first, ...same }),
  convolution("stride 2", [1, 6, 7, 6, 2], [3, 2, 3, 2, 3], { strides: 2 }),
  convolution("strides 2, 1, 3, same", [1, 5, 4, 7, 2], [3, 2, 3, 2, 3], { ...same, strides: [2, 1, 3] }),
  convolution("dilation 2", [1, 6, 7, 6, 2], [3, 2, 2, 3, 2], { dilation: 2 }),
  convolution("dilation 3, 1, 2, same", [1, 2, 6, 4, 6], [3, 2, 2, 3, 2], {
    ...first,
    ...same,
    dilation: [3, 1, 2],
  }),
  convolution("given padding", [1, 3, 4, 5, 2], [2, 2, 3, 2, 3], {
    padding: [
      [2, 0],
      [0, 1],
      [1, 2],
    ],
  }),
  convolution("flat windows", [2, 4, 5, 6, 2], [3, 2, 1, 3, 3], same, true),
  convolution("flat windows, stride 2", [2, 5, 5, 6, 2], [3, 2, 1, 2, 2], { strides: 2 }),
  convolution("windows of one pixel's depth", [2, 2, 7, 3, 3], [3, 2, 3, 1, 1], first),
  convolution("2 groups", [1, 4, 4, 5, 4], [4, 2, 2, 3, 3], { groups: 2 }),
  convolution("groups of one channel", [1, 3, 4, 4, 4], [6, 1, 2, 2, 2], { ...first, groups: 3 }),
  convolution("9 to 17 channels", [1, 5, 6, 7, 9], [17, 9, 3, 3, 3], same),
  convolution("no volume", [0, 4, 4, 4, 2], [3, 2, 3, 3, 3]),
  ["views", [transposed(real([2, 6, 5, 4, 2])), flipped(real([3, 2, 2, 3, 3]))], { second: true }],
];

/** The kernel is [channels, filters, depth, height, width] here. */
const conv3dTransposeRows: Row[] = [
  convolution("3x3x3", [2, 3, 4, 3, 2], [2, 3, 3, 3, 3], undefined, true),
  convolution("stride 2, same", [1, 3, 4, 3, 2], [2, 3, 3, 2, 3], { ...same, strides: 2 }),
  convolution("channels first", [2, 2, 3, 4, 3], [2, 3, 2, 3, 3], { ...first, strides: [2, 1, 2] }, true),
  convolution("channels first, same", [1, 2, 3, 4, 3], [2, 3, 4, 3, 2], { ...first, ...same, strides: 2 }),
  convolution("stride above the window", [1, 3, 2, 3, 2], [2, 3, 2, 1, 2], { strides: 3 }),
  convolution("stride above the window, same", [1, 3, 2, 3, 2], [2, 3, 1, 2, 2], { ...same, strides: 3 }),
  convolution("output padding", [1, 2, 3, 2, 2], [2, 2, 3, 3, 3], { strides: 3, outputPadding: [2, 0, 1] }),
  convolution("output padding, same", [1, 3, 2, 2, 2], [2, 2, 4, 3, 3], {
    ...same,
    strides: 3,
    outputPadding: 2,
  }),
  convolution("dilation 2", [1, 3, 4, 3, 2], [2, 3, 2, 3, 2], { dilation: 2 }),
  convolution("flat windows", [1, 3, 4, 3, 2], [2, 3, 1, 3, 3], { strides: [1, 2, 2] }),
  convolution("no volume", [0, 3, 3, 3, 2], [2, 3, 2, 2, 2]),
];

/** The kernel is [channels, multiplier, height, width] here. */
const depthwiseConv2dRows: Row[] = [
  convolution("3x3", [2, 6, 7, 3], [3, 1, 3, 3], undefined, true),
  convolution("same", [2, 6, 7, 5], [5, 1, 3, 3], same),
  convolution("channels first", [2, 3, 6, 7], [3, 1, 3, 3], first, true),
  convolution("channels first, same", [2, 3, 6, 7], [3, 1, 2, 4], { ...first, ...same }),
  convolution("2 kernels a channel", [2, 6, 7, 3], [3, 2, 3, 3], same, true),
  convolution("3 kernels a channel, first", [1, 2, 6, 7], [2, 3, 3, 2], { ...first, ...same, strides: 2 }),
  convolution("stride 2", [2, 8, 9, 4], [4, 1, 3, 3], { strides: 2 }, true),
  convolution("stride 2, same", [2, 7, 8, 4], [4, 1, 3, 3], { ...same, strides: 2 }),
  convolution("stride above the window", [1, 8, 8, 2], [2, 1, 2, 1], { strides: 3 }),
  convolution("dilation 2", [1, 8, 9, 3], [3, 1, 3, 2], { dilation: 2 }, true),
  convolution("dilation 1 and 2, same, first", [1, 3, 6, 7], [3, 2, 2, 3], {
    ...first,
    ...same,
    dilation: [1, 2],
  }),
  convolution("stride, dilation, padding", [2, 9, 10, 2], [2, 2, 2, 3], {
    strides: [2, 1],
    dilation: [1, 2],
    padding: [
      [3, 0],
      [2, 1],
    ],
  }),
  convolution("padding above the window", [1, 4, 3, 2], [2, 1, 2, 1], {
    padding: [
      [3, 2],
      [2, 0],
    ],
  }),
  convolution("5x5 of 65 channels", [1, 9, 8, 65], [65, 1, 5, 5], same),
  convolution("7x7 of 8 channels, first", [2, 8, 14, 14], [8, 1, 7, 7], { ...first, ...same }),
  convolution("1x1", [1, 4, 5, 3], [3, 2, 1, 1]),
  convolution("no image", [0, 5, 5, 2], [2, 1, 3, 3]),
  ["views", [transposed(real([2, 7, 6, 3])), flipped(real([3, 2, 3, 3]))], { second: true }],
  ["strided", [strided(real([1, 5, 5, 2])), strided(real([2, 1, 2, 2]))]],
];

const depthwiseConv1dRows: Row[] = [
  convolution("valid", [2, 9, 3], [3, 1, 3], undefined, true),
  convolution("same, 2 kernels", [2, 9, 3], [3, 2, 4], same),
  convolution("causal, dilated", [1, 65, 2], [2, 1, 2], { padding: "causal", dilation: 4 }),
  convolution("stride 2, first", [1, 3, 10], [3, 2, 3], { ...first, strides: 2 }),
];

export const convolutionVariantSamples: Sample[] = [
  ...samplesOf("conv2dTranspose", contracted, conv2dTransposeRows),
  ...samplesOf("conv2dTranspose", convolved, conv2dTransposePictures),
  ...samplesOf("conv1dTranspose", contracted, conv1dTransposeRows),
  ...samplesOf("conv3d", contracted, conv3dRows),
  ...samplesOf("conv3dTranspose", contracted, conv3dTransposeRows),
  ...samplesOf("depthwiseConv2d", contracted, depthwiseConv2dRows),
  ...samplesOf("depthwiseConv1d", contracted, depthwiseConv1dRows),
];
