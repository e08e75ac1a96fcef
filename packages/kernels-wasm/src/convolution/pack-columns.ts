import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { tileColumns } from "../gemm/micro-kernel.js";
import type { Chunking, DirectProblem } from "./direct-problem.js";

const panelBytes = tileColumns * 4;
const longestUnrolled = 64;

/**
 * `(to, columns, from, channels)`: one panel `[channels * taps][8]` of the im2col matrix, which is never built as a
 * whole: for each channel of the padded image at `from` and each tap, the 8 pixels whose byte offsets stand in the
 * table at `columns`. Four neighbouring pixels of a row are one vector.
 */
export function packColumns(module: ModuleBuilder, problem: DirectProblem, { staged }: Chunking): number {
  const { taps, dilation } = problem;
  const key = `pack columns ${[...taps, ...dilation, ...staged].join(" ")}`;
  return module.once(key, () =>
    module.function(key, Array<"i32">(4).fill("i32"), [], (f) => {
      const [to, columns, from, channels] = f.params as [Local, Local, Local, Local];
      const pixels = Array.from({ length: 4 }, () => f.local("i32"));
      const target = f.local("i32");
      const left = f.local("i32");
      const row = f.local("i32");

      /** All taps of all channels of one group of four pixels; `store` stores a tap at `bytes` from the pixels. */
      const walk = (moving: readonly Local[], store: (bytes: number, slot: number) => void) => {
        const tapRow = (rowBytes: number, slot: number) => {
          for (let x = 0; x < taps[1]; x++) store(rowBytes + x * dilation[1] * 4, (slot + x) * panelBytes);
        };
        const rowBytes = dilation[0] * staged[1] * 4;
        f.get(channels).set(left);
        f.loop((nextChannel) => {
          if (taps[0] * taps[1] <= longestUnrolled) {
            for (let y = 0; y < taps[0]; y++) tapRow(y * rowBytes, y * taps[1]);
            for (const pixel of moving) f.increment(pixel, staged[0] * staged[1] * 4);
            f.increment(target, taps[0] * taps[1] * panelBytes);
          } else {
            f.forRange(row, 0, taps[0], 1, () => {
              tapRow(0, 0);
              for (const pixel of moving) f.increment(pixel, rowBytes);
              f.increment(target, taps[1] * panelBytes);
            });
            for (const pixel of moving) f.increment(pixel, staged[0] * staged[1] * 4 - taps[0] * rowBytes);
          }
          f.get(left).i32(1).emit("i32.sub").tee(left).brIf(nextChannel);
        });
      };
      for (let group = 0; group < tileColumns / 4; group++) {
        pixels.forEach((pixel, lane) =>
          f
            .get(from, columns)
            .load("i32.load", group * 16 + lane * 4)
            .emit("i32.add")
            .set(pixel),
        );
        f.get(to)
          .i32(group * 16)
          .emit("i32.add")
          .set(target);
        const [first, second, third, fourth] = pixels as [Local, Local, Local, Local];
        follows(f, first, second);
        follows(f, third, fourth);
        f.emit("i32.and").if(
          () => {
            follows(f, second, third);
            f.if(
              () =>
                walk([first], (bytes, slot) =>
                  f.get(target, first).load("v128.load", bytes).store("v128.store", slot),
                ),
              () =>
                walk([first, third], (bytes, slot) =>
                  f
                    .get(target, third, first)
                    .load("v128.load64_zero", bytes)
                    .memoryLane("v128.load64_lane", 1, bytes)
                    .store("v128.store", slot),
                ),
            );
          },
          () =>
            walk(pixels, (bytes, slot) => {
              f.get(target, fourth, third, second, first).load("v128.load32_zero", bytes);
              for (const lane of [1, 2, 3]) f.memoryLane("v128.load32_lane", lane, bytes);
              f.store("v128.store", slot);
            }),
        );
      }
    }),
  );
}

/** Pushes whether `next` is the float behind `pixel`. */
const follows = (f: FunctionBuilder, pixel: Local, next: Local): FunctionBuilder =>
  f.get(next, pixel).emit("i32.sub").i32(4).emit("i32.eq");
