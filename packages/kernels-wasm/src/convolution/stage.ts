import type { FunctionBuilder, Local } from "../assembler/index.js";
import { i32Locals, pushAddress } from "../gemm/address.js";
import type { Chunking, DirectProblem } from "./direct-problem.js";

/** Runs of up to this many vectors are copied without a loop. */
const longestUnrolled = 16;

/**
 * Emits code that places one source image (at `source`) into the padded image `[channels][height][width]` at `to`, whose
 * first row is row `firstRow` of the padded whole. The places around it hold 0 already.
 */
export function stageImage(
  f: FunctionBuilder,
  problem: DirectProblem,
  { staged }: Chunking,
  to: Local,
  source: Local,
  firstRow: Local,
): void {
  const { sourceChannels, sourceSize, origin, spread, source: strides } = problem;
  const [channel, row, end, target, from] = i32Locals(f, 5);
  const firstColumn = Math.max(0, Math.ceil(-origin[1] / spread[1]));
  const columns =
    Math.min(sourceSize[1], Math.floor((staged[1] - 1 - origin[1]) / spread[1]) + 1) - firstColumn;
  if (columns <= 0) return;
  // Rows r with 0 <= origin + r * spread - firstRow < staged height.
  const clamp = (bound: () => void, to: Local) => {
    bound();
    f.set(to);
    f.get(to).i32(0).get(to).i32(0).emit("i32.gt_s", "select").set(to);
    f.get(to).i32(sourceSize[0]).get(to).i32(sourceSize[0]).emit("i32.lt_s", "select").set(to);
  };
  const first = f.local("i32");
  const offsetRow = (constant: number) =>
    f
      .get(firstRow)
      .i32(constant + spread[0] - 1)
      .emit("i32.add")
      .i32(spread[0])
      .emit("i32.div_s");
  clamp(() => offsetRow(-origin[0]), first);
  clamp(() => offsetRow(staged[0] - origin[0]), end);
  f.forRange(channel, 0, sourceChannels, 1, () =>
    f.forRange(row, first, end, 1, () => {
      pushAddress(
        f,
        source,
        [channel, strides.channel],
        [row, strides.row],
        [1, firstColumn * strides.column],
      ).set(from);
      pushAddress(
        f,
        to,
        [channel, staged[0] * staged[1] * 4],
        [row, spread[0] * staged[1] * 4],
        [1, (origin[0] * staged[1] + origin[1] + firstColumn * spread[1]) * 4],
      );
      f.get(firstRow)
        .i32(staged[1] * 4)
        .emit("i32.mul", "i32.sub")
        .set(target);
      copyRun(f, target, from, columns, spread[1] * 4, strides.column);
    }),
  );
}

/** Copies `count` floats with byte strides; moves neither pointer in the dense case. */
export function copyRun(
  f: FunctionBuilder,
  to: Local,
  from: Local,
  count: number,
  toStride: number,
  fromStride: number,
): void {
  const vector = (offset: number) => f.get(to, from).load("v128.load", offset).store("v128.store", offset);
  if (toStride === 4 && fromStride === 4 && count >= 4) {
    const whole = Math.floor(count / 4);
    if (whole <= longestUnrolled) {
      for (let at = 0; at < whole; at++) vector(at * 16);
      if (count % 4) vector((count - 4) * 4);
      return;
    }
    f.scratch("i32", (at) =>
      f.forRange(at, 0, whole * 16, 16, () =>
        f.get(to, at).emit("i32.add").get(from, at).emit("i32.add").load("v128.load").store("v128.store"),
      ),
    );
    if (count % 4) vector((count - 4) * 4);
    return;
  }
  f.scratch("i32", (at) =>
    f.forRange(at, 0, count, 1, () => {
      f.get(to, from).load("i32.load").store("i32.store");
      f.increment(to, toStride).increment(from, fromStride);
    }),
  );
}
