import type { Window2D } from "../routine.js";
import type { Tensor } from "../tensor.js";
import { pad } from "./moves.js";
import { flip, reshape, slice, transpose } from "./views.js";
import { imageShape } from "./windows.js";

type Spatial = readonly [number, number];
const spatial = <T>(of: (axis: 0 | 1) => T): [T, T] => [of(0), of(1)];

/** Whether `subPixelGradient` takes these windows, and saves products. */
export const hasSubPixels = ({ strides, dilation, windowSize, padding }: Window2D): boolean =>
  Math.max(...strides) > 1 &&
  [0, 1].every(
    (axis) =>
      (strides[axis] === 1 || dilation[axis] === 1) &&
      padding[axis]![0] <= (windowSize[axis]! - 1) * dilation[axis]!,
  );

/**
 * The input gradient of a convolution with strides as one with none, without the products by the zeros between the
 * spread-out gradients. Places of the input that differ by the stride see the same taps of the kernel: those taps are
 * filters of their own, each of which gives every s-th place of the result.
 * Source: W. Shi et al. 2016, "Is the deconvolution layer the same as a convolutional layer?"
 * @param convolve the convolution with stride 1: (window, filters, input, kernel)
 */
export function subPixelGradient(
  window: Window2D,
  filters: number,
  dy: Tensor,
  kernel: Tensor,
  convolve: (window: Window2D, filters: number, input: Tensor, kernel: Tensor) => Tensor,
): Tensor {
  const { dataFormat, batch, channels, inputSize, outputSize, windowSize, strides, dilation, padding } =
    window;
  // Place i of the input is i + padding = cell * stride + phase; it sees the taps phase, phase + stride, ...
  const phases = spatial((axis) => Math.min(strides[axis], windowSize[axis]));
  const taps = spatial((axis) => Math.ceil(windowSize[axis] / strides[axis]));
  const first = spatial((axis) => Math.floor(padding[axis][0] / strides[axis]));
  const cells = spatial(
    (axis) => Math.floor((padding[axis][0] + inputSize[axis] - 1) / strides[axis]) + 1 - first[axis],
  );
  const before = spatial((axis) => (taps[axis] - 1) * dilation[axis] - first[axis]);
  const reach = spatial((axis) => cells[axis] + (taps[axis] - 1) * dilation[axis] - before[axis]);
  const cellWindow: Window2D = {
    dataFormat,
    batch,
    channels: filters,
    inputSize: outputSize,
    outputSize: cells,
    windowSize: taps,
    strides: [1, 1],
    dilation,
    padding: spatial((axis) => [before[axis], Math.max(reach[axis] - outputSize[axis], 0)]),
  };
  const count = phases[0] * phases[1] * channels;
  const result = convolve(cellWindow, count, dy, phaseKernel(kernel, strides, phases, taps));
  return unfolded(result, window, phases, cells, first);
}

/** `[filters, channels, height, width]` as `[phases * channels, filters, tapsDown, tapsAcross]`, turned around. */
function phaseKernel(kernel: Tensor, strides: Spatial, phases: Spatial, taps: Spatial): Tensor {
  const [filters, channels, height, width] = kernel.shape as [number, number, number, number];
  const [down, across] = spatial((axis) => taps[axis] * strides[axis]);
  const whole = pad(kernel, [
    [0, 0],
    [0, 0],
    [0, down - height],
    [0, across - width],
  ]);
  const apart = reshape(whole, [filters, channels, taps[0], strides[0], taps[1], strides[1]]);
  const used = slice(apart, [0, 0, 0, 0, 0, 0], [filters, channels, taps[0], phases[0], taps[1], phases[1]]);
  const ordered = transpose(flip(used, [2, 4]), [3, 5, 1, 0, 2, 4]);
  return reshape(ordered, [phases[0] * phases[1] * channels, filters, ...taps]);
}

/** The phases, which are channels, laid out among the cells; then the part that is the input. */
function unfolded(x: Tensor, window: Window2D, phases: Spatial, cells: Spatial, first: Spatial): Tensor {
  const { dataFormat, batch, channels, inputSize, strides, padding } = window;
  const isFirst = dataFormat === "channelsFirst";
  const apart = isFirst
    ? transpose(reshape(x, [batch, ...phases, channels, ...cells]), [0, 3, 4, 1, 5, 2])
    : transpose(reshape(x, [batch, ...cells, ...phases, channels]), [0, 1, 3, 2, 4, 5]);
  const [row, column] = isFirst ? [3, 5] : [2, 4];
  // With strides above the window no tap reaches some phases.
  const widths = apart.shape.map((_, axis) =>
    axis === row || axis === column
      ? ([0, strides[axis === row ? 0 : 1] - phases[axis === row ? 0 : 1]] as const)
      : ([0, 0] as const),
  );
  const size = spatial((axis) => cells[axis] * strides[axis]);
  const image = reshape(pad(apart, widths), imageShape(dataFormat, batch, channels, size));
  const start = spatial((axis) => padding[axis][0] - first[axis] * strides[axis]);
  const from = isFirst ? [0, 0, ...start] : [0, ...start, 0];
  return slice(image, from, imageShape(dataFormat, batch, channels, inputSize));
}
