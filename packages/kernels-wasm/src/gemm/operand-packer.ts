import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { packOneRow, packRows, packTransposed } from "./pack.js";

/** How a matrix operand lies in memory: `size` rows (of A) or columns (of B) by `k` products. */
export interface OperandLayout {
  readonly size: number;
  readonly k: number;
  /** True where rows (of A) or columns (of B) are neighbours in memory: `[k][size]`; else `[size][k]`. */
  readonly innermost: boolean;
  /** Rows or columns of one packed panel. */
  readonly width: number;
}

/** Emits code that packs `count` rows or columns by `steps` products from `from` to panels `[steps][width]` at `to`. */
export type OperandPacker = (f: FunctionBuilder, to: Local, from: Local, count: Local, steps: Local) => void;

/** A packer for an operand; moves the locals `to` and `from`. Blocks start at multiples of `width`. */
export const operandPacker = (module: ModuleBuilder, layout: OperandLayout): OperandPacker =>
  layout.innermost ? innermostPacker(module, layout) : transposingPacker(module, layout);

function innermostPacker(module: ModuleBuilder, { size, width }: OperandLayout): OperandPacker {
  const whole = packRows(module, width, width);
  const partial = size % width === 0 ? whole : packRows(module, size % width, width);
  return (f, to, from, count, steps) =>
    f.scratch("i32", (at) => {
      const pack = (functionIndex: number) =>
        f
          .get(to, from)
          .i32(size * 4)
          .get(steps)
          .call(functionIndex);
      f.forRange(at, 0, count, width, () => {
        if (partial === whole) pack(whole);
        else
          f.get(count, at)
            .emit("i32.sub")
            .i32(width)
            .emit("i32.ge_s")
            .if(
              () => pack(whole),
              () => pack(partial),
            );
        f.increment(to, () =>
          f
            .get(steps)
            .i32(width * 4)
            .emit("i32.mul"),
        ).increment(from, width * 4);
      });
    });
}

function transposingPacker(module: ModuleBuilder, { k, width }: OperandLayout): OperandPacker {
  const transpose = packTransposed(module, width);
  const odd = width % 4 === 1 ? packOneRow(module, width) : undefined;
  return (f, to, from, count, steps) =>
    f.scratch("i32", (left) => {
      const place = (line: number) =>
        f
          .get(to)
          .i32(line * 4)
          .emit("i32.add")
          .get(from)
          .i32(line * k * 4)
          .emit("i32.add");
      const four = (line: number) => {
        place(line).i32(k * 4);
        f.get(steps, left)
          .i32(line + 1)
          .emit("i32.sub")
          .call(transpose);
      };
      f.get(count).set(left);
      f.loop((next) => {
        four(0);
        for (let line = 4; line < width; line += 4) {
          f.get(left)
            .i32(line)
            .emit("i32.gt_s")
            .if(() => (line + 1 === width ? place(line).get(steps).call(odd!) : four(line)));
        }
        f.increment(from, width * k * 4).increment(left, -width);
        f.increment(to, () =>
          f
            .get(steps)
            .i32(width * 4)
            .emit("i32.mul"),
        );
        f.get(left).i32(0).emit("i32.gt_s").brIf(next);
      });
    });
}
