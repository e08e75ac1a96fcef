import type { StorageArray } from "../dtype.js";
import type { Conv2DRoutine, Window2D } from "../routine.js";

/** Strides of an image batch in elements: batch, channel, row, column. */
export interface ImageStrides {
  readonly batch: number;
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

export function imageStrides(
  format: Window2D["dataFormat"],
  channels: number,
  [height, width]: readonly [number, number],
): ImageStrides {
  return format === "channelsFirst"
    ? { batch: channels * height * width, channel: height * width, row: width, column: 1 }
    : { batch: channels * height * width, channel: 1, row: width * channels, column: channels };
}

/** Calls `visit(output row, output column, tap row, tap column, input row, input column)` for taps inside the input. */
export function eachTap(
  window: Window2D,
  visit: (oy: number, ox: number, ky: number, kx: number, iy: number, ix: number) => void,
): void {
  const { outputSize, windowSize, inputSize, strides, dilation, padding } = window;
  for (let oy = 0; oy < outputSize[0]; oy++) {
    for (let ox = 0; ox < outputSize[1]; ox++) {
      for (let ky = 0; ky < windowSize[0]; ky++) {
        const iy = oy * strides[0] + ky * dilation[0] - padding[0][0];
        if (iy < 0 || iy >= inputSize[0]) continue;
        for (let kx = 0; kx < windowSize[1]; kx++) {
          const ix = ox * strides[1] + kx * dilation[1] - padding[1][0];
          if (ix >= 0 && ix < inputSize[1]) visit(oy, ox, ky, kx, iy, ix);
        }
      }
    }
  }
}

/**
 * All three convolutions are the same sum over (batch, filter, channel, tap): two of input, kernel and output are
 * read, the third is added up.
 */
export function conv2d(routine: Conv2DRoutine, operands: readonly StorageArray[], out: StorageArray): void {
  const [first, second] = operands as [StorageArray, StorageArray];
  const { window, filters, name } = routine;
  const { batch, channels, windowSize } = window;
  const input = imageStrides(window.dataFormat, channels, window.inputSize);
  const output = imageStrides(window.dataFormat, filters, window.outputSize);
  const taps = windowSize[0] * windowSize[1];
  const total = new Float64Array(out.length);
  eachTap(window, (oy, ox, ky, kx, iy, ix) => {
    for (let i = 0; i < batch; i++) {
      const inputAt = i * input.batch + iy * input.row + ix * input.column;
      const outputAt = i * output.batch + oy * output.row + ox * output.column;
      for (let f = 0; f < filters; f++) {
        const y = outputAt + f * output.channel;
        for (let c = 0; c < channels; c++) {
          const x = inputAt + c * input.channel;
          const w = (f * channels + c) * taps + ky * windowSize[1] + kx;
          if (name === "conv2d") total[y]! += first[x]! * second[w]!;
          else if (name === "conv2dInputGradient") total[x]! += first[y]! * second[w]!;
          else total[w]! += first[x]! * second[y]!;
        }
      }
    }
  });
  out.set(total);
}
