import type { MatmulRoutine } from "@hekla/tensor";
import type { Local, ModuleBuilder } from "../assembler/index.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { i32Locals, pushAddress, unflatten } from "./address.js";
import { multiplyAdd } from "./micro-kernel.js";

/** Columns done together: eight accumulators hide the latency of an addition. */
const stripColumns = 32;

/** One row times a matrix stored row by row: nothing is used twice, so nothing is packed. */
export const isVectorMatrix = ({ m, n, transposeB }: MatmulRoutine): boolean =>
  m === 1 && !transposeB && n >= stripColumns;

/** Strips of columns are dealt to threads; the last strip may overlap the one before: the same values again. */
export function emitVectorMatrix(
  module: ModuleBuilder,
  routine: MatmulRoutine,
  offsets: readonly number[],
): Kernel {
  const { batch, n, k } = routine;
  const strips = Math.ceil(n / stripColumns);
  const phase = kernelFunction(module, "vector matrix", 2, 1, (f, params) => {
    const [strip, end, index, part, column, aAt, bAt, aEnd] = i32Locals(f, 8);
    const accumulators = Array.from({ length: stripColumns / 4 }, () => f.local("v128"));
    const [a, b] = [f.local("v128"), f.local("v128")];
    splitRange(f, params, batch * strips, 1, strip, end);
    f.forRange(strip, strip, end, 1, () => {
      unflatten(f, strip, [batch, strips], [index, part]);
      const last = n - stripColumns;
      f.get(part).i32(stripColumns).emit("i32.mul").set(column);
      f.get(column).i32(last).get(column).i32(last).emit("i32.lt_s", "select").set(column);
      const place = (pointer: Local, offset: number, matrixBytes: number) =>
        pushAddress(f, pointer, [1, offset * 4], [index, matrixBytes]);
      place(params.operands[0]!, offsets[0]!, routine.batchedA ? k * 4 : 0).set(aAt);
      place(params.operands[1]!, offsets[1]!, routine.batchedB ? k * n * 4 : 0);
      f.get(column).i32(4).emit("i32.mul", "i32.add").set(bAt);
      f.get(aAt)
        .i32(k * 4)
        .emit("i32.add")
        .set(aEnd);
      for (const accumulator of accumulators) f.f32x4(0).set(accumulator);
      f.loop((next) => {
        f.get(aAt).load("v128.load32_splat").set(a);
        accumulators.forEach((accumulator, at) => {
          f.get(bAt)
            .load("v128.load", at * 16)
            .set(b);
          multiplyAdd(f, module, a, b, accumulator);
        });
        f.increment(bAt, n * 4);
        f.get(aAt).i32(4).emit("i32.add").tee(aAt).get(aEnd).emit("i32.ne").brIf(next);
      });
      pushAddress(f, params.outputs[0]!, [index, n * 4], [column, 4]).set(bAt);
      accumulators.forEach((accumulator, at) => f.get(bAt, accumulator).store("v128.store", at * 16));
    });
  });
  return { phases: [phase], scratchBytes: 0 };
}
