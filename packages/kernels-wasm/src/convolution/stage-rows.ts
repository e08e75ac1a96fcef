import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, pushMinimum } from "../gemm/address.js";
import { packTransposed } from "../gemm/pack.js";
import type { DirectProblem } from "./direct-problem.js";
import { copyRun } from "./stage.js";

/**
 * Emits code that places one source image (at `source`) into a padded image `[rows][channels][columns]` at `to`, whose first
 * row is row `firstRow` of the padded whole. The places around it hold 0 already.
 */
export function stageRows(
  module: ModuleBuilder,
  problem: Pick<DirectProblem, "sourceChannels" | "sourceSize" | "origin" | "source" | "channelsLast">,
  staged: readonly [number, number],
) {
  const { sourceChannels: channels, sourceSize, origin, source: strides, channelsLast } = problem;
  const columns = Math.min(sourceSize[1], staged[1] - origin[1]);
  const transposes = channelsLast && channels >= 4 && columns >= 4;
  const transpose = transposes ? packTransposed(module, staged[1]) : 0;
  return (f: FunctionBuilder, to: Local, source: Local, firstRow: Local): void => {
    // All of the image may lie beyond the last window.
    if (columns <= 0) return;
    const [stagedRow, row, at, target, from] = i32Locals(f, 5);
    f.forRange(stagedRow, 0, staged[0], 1, () => {
      f.get(stagedRow, firstRow).emit("i32.add").i32(origin[0]).emit("i32.sub");
      f.tee(row).i32(sourceSize[0]).emit("i32.lt_u");
      f.if(() => {
        const place = () => pushAddress(f, to, [stagedRow, channels * staged[1] * 4], [1, origin[1] * 4]);
        if (transposes) {
          f.forRange(at, 0, columns, 4, () => {
            // The last four columns may overlap those before: the same values are written again.
            pushMinimum(f, () => f.get(at), columns - 4).set(from);
            pushAddress(f, place, [from, 4]);
            pushAddress(f, source, [row, strides.row], [from, strides.column]);
            f.i32(strides.column).i32(channels).i32(3).call(transpose);
          });
          return;
        }
        f.forRange(at, 0, channels, 1, () => {
          pushAddress(f, place, [at, staged[1] * 4]).set(target);
          pushAddress(f, source, [at, strides.channel], [row, strides.row]).set(from);
          copyRun(f, target, from, columns, 4, strides.column);
        });
      });
    });
  };
}
