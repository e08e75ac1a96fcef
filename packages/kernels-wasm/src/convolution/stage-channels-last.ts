import type { Window2D } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, roundUp } from "../gemm/address.js";
import { packTransposed } from "../gemm/pack.js";
import { imageStrides } from "./plain-convolution.js";
import { copyRun } from "./stage.js";

/**
 * Emits code that places one image (at `source`) into the padded image `[height][width][channels]` at `to`, whose first
 * row is row `firstRow` of the padded whole. The places around it hold 0 already.
 */
export function channelsLastStager(
  module: ModuleBuilder,
  window: Window2D,
  staged: readonly [number, number],
) {
  const {
    channels,
    inputSize: [height, width],
    padding,
    dataFormat,
  } = window;
  const [top, left] = [padding[0][0], padding[1][0]];
  const strides = imageStrides(dataFormat, channels, window.inputSize);
  const columns = Math.min(width, staged[1] - left);
  const transposes = dataFormat === "channelsFirst" && channels >= 4;
  const transpose = transposes ? packTransposed(module, channels) : 0;
  return (f: FunctionBuilder, to: Local, source: Local, firstRow: Local): void => {
    // All of the image may lie beyond the last window.
    if (columns <= 0) return;
    const [row, stagedRow, from, target, channel] = i32Locals(f, 5);
    f.forRange(stagedRow, 0, staged[0], 1, () => {
      f.get(stagedRow, firstRow)
        .emit("i32.add")
        .i32(top)
        .emit("i32.sub")
        .tee(row)
        .i32(height)
        .emit("i32.lt_u");
      f.if(() => {
        const place = () =>
          pushAddress(f, to, [stagedRow, staged[1] * channels * 4], [1, left * channels * 4]);
        if (!transposes) {
          const run = dataFormat === "channelsLast" ? columns * channels : columns;
          f.forRange(channel, 0, dataFormat === "channelsLast" ? 1 : channels, 1, () => {
            pushAddress(f, place, [channel, 4]).set(target);
            pushAddress(f, source, [channel, strides.channel], [row, strides.row]).set(from);
            copyRun(f, target, from, run, dataFormat === "channelsLast" ? 4 : channels * 4, 4);
          });
          return;
        }
        f.forRange(channel, 0, roundUp(channels, 4), 4, () =>
          f.scratch("i32", (first) => {
            // The last four channels may overlap those before: the same values are written again.
            f.get(channel)
              .i32(channels - 4)
              .get(channel)
              .i32(channels - 4)
              .emit("i32.lt_s", "select")
              .set(first);
            pushAddress(f, place, [first, 4]);
            pushAddress(f, source, [first, strides.channel], [row, strides.row]);
            f.i32(strides.channel).i32(columns).i32(3).call(transpose);
          }),
        );
      });
    });
  };
}
