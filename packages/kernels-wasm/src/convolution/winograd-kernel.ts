import type { FunctionBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress } from "../gemm/address.js";
import { tileRows } from "../gemm/micro-kernel.js";
import { type KernelParams, splitRange } from "../kernel.js";
import type { DirectProblem } from "./direct-problem.js";
import { type Filtering, transformSquare, transformTaps } from "./winograd-transforms.js";

/** The kernel, four of the result's channels at a time, to packed row tiles `[products][tiles][source channels][4]`. */
export function transformKernel(
  f: FunctionBuilder,
  params: KernelParams,
  problem: DirectProblem,
  offset: number,
  filtering: Filtering,
): void {
  const { taps, size } = filtering;
  const { resultChannels, sourceChannels, kernel } = problem;
  const rowTiles = Math.ceil(resultChannels / tileRows);
  const [tile, end, channel, target] = i32Locals(f, 4);
  const sources = Array.from({ length: tileRows }, () => f.local("i32"));
  splitRange(f, params, rowTiles, 1, tile, end);
  f.forRange(tile, tile, end, 1, () =>
    f.forRange(channel, 0, sourceChannels, 1, () => {
      sources.forEach((source, lane) => {
        f.get(tile).i32(tileRows).emit("i32.mul").i32(lane).emit("i32.add").set(target);
        f.get(target)
          .i32(resultChannels - 1)
          .get(target)
          .i32(resultChannels - 1)
          .emit("i32.lt_s", "select")
          .set(target);
        // Taps are read at growing offsets: from the last one in memory where the kernel is turned around.
        const turned = Math.min(0, (taps - 1) * kernel.row + (taps - 1) * kernel.column);
        pushAddress(
          f,
          params.operands[1]!,
          [1, offset * 4 + kernel.first + turned],
          [target, kernel.result],
          [channel, kernel.source],
        );
        f.set(source);
      });
      pushAddress(f, params.scratch, [tile, sourceChannels * tileRows * 4], [channel, tileRows * 4]).set(
        target,
      );
      const place = (y: number, x: number) => y * Math.abs(kernel.row) + x * Math.abs(kernel.column);
      transformSquare(
        f,
        taps,
        taps,
        size,
        transformTaps(filtering),
        (y, line) =>
          line.forEach((value, x) => {
            const at = kernel.row > 0 ? place(y, x) : place(taps - 1 - y, taps - 1 - x);
            f.get(sources[3]!, sources[2]!, sources[1]!, sources[0]!).load("v128.load32_zero", at);
            for (const lane of [1, 2, 3]) f.memoryLane("v128.load32_lane", lane, at);
            f.set(value);
          }),
        (y, x, push) => {
          f.get(target);
          push();
          f.store("v128.store", (y * size + x) * rowTiles * tileRows * sourceChannels * 4);
        },
      );
    }),
  );
}
