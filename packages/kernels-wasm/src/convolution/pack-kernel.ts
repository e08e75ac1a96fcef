import type { FunctionBuilder, Local } from "../assembler/index.js";
import { i32Locals, pushAddress } from "../gemm/address.js";
import { tileRows } from "../gemm/micro-kernel.js";
import { type KernelParams, splitRange } from "../kernel.js";
import type { DirectProblem } from "./direct-problem.js";

/**
 * Emits the packing of a convolution kernel into row tiles `[blocks][tiles][channels of the block * taps][4]`; rows
 * beyond the result's channels are 0. Threads share the tiles.
 */
export function packKernel(
  f: FunctionBuilder,
  params: KernelParams,
  problem: DirectProblem,
  pointer: Local,
  offset: number,
  blockChannels: number,
): void {
  const { resultChannels, sourceChannels, taps, kernel } = problem;
  const tiles = Math.ceil(resultChannels / tileRows);
  const [tile, end, lane, channel, y, x, to] = i32Locals(f, 7);
  const tapBytes = taps[0] * taps[1] * tileRows * 4;
  splitRange(f, params, tiles, 1, tile, end);
  f.forRange(tile, tile, end, 1, () =>
    f.forRange(channel, 0, sourceChannels, 1, () => {
      // Blocks before this one hold all tiles; in the last block a tile is as long as the channels that are left.
      const block = () => f.get(channel).i32(blockChannels).emit("i32.div_u");
      const lastChannels = sourceChannels - Math.floor((sourceChannels - 1) / blockChannels) * blockChannels;
      pushAddress(f, params.scratch, [block, blockChannels * tiles * tapBytes]);
      f.i32(blockChannels)
        .i32(lastChannels)
        .get(channel)
        .i32(sourceChannels - lastChannels)
        .emit("i32.lt_s", "select");
      f.i32(tapBytes).emit("i32.mul").get(tile).emit("i32.mul", "i32.add");
      f.get(channel).i32(blockChannels).emit("i32.rem_u").i32(tapBytes).emit("i32.mul", "i32.add").set(to);
      f.forRange(y, 0, taps[0], 1, () =>
        f.forRange(x, 0, taps[1], 1, () =>
          f.forRange(lane, 0, tileRows, 1, () => {
            f.get(to);
            const row = () => f.get(tile).i32(tileRows).emit("i32.mul").get(lane).emit("i32.add");
            row()
              .i32(resultChannels)
              .emit("i32.lt_s")
              .if(
                () => {
                  pushAddress(
                    f,
                    pointer,
                    [1, offset * 4 + kernel.first],
                    [row, kernel.result],
                    [channel, kernel.source],
                    [y, kernel.row],
                    [x, kernel.column],
                  );
                  f.load("f32.load");
                },
                () => f.f32(0),
                "f32",
              );
            f.store("f32.store").increment(to, 4);
          }),
        ),
      );
    }),
  );
}
