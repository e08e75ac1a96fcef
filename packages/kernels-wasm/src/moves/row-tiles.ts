import type { FunctionBuilder, Int, Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals } from "../gemm/address.js";
import { transposeFour } from "../gemm/pack.js";

/** Rows of a packed tile. */
export const rowsOfTile = 5;

/** The function `(to, from0, ..., from4, k)`: five rows of `k` floats, anywhere in memory, as a tile `[k][5]`. */
export function packRowTile(module: ModuleBuilder): number {
  return module.once("pack row tile", () =>
    module.function("pack row tile", Array<"i32">(7).fill("i32"), [], (f) => {
      const [to, ...others] = f.params as [Local, ...Local[]];
      const [rows, k] = [others.slice(0, rowsOfTile), others[rowsOfTile]!];
      const [last, four] = [rows[4]!, f.local("v128")];
      const [at, blocks] = i32Locals(f, 2);
      const advance = (steps: number) => {
        for (const row of rows) f.increment(row, steps * 4);
        f.increment(to, steps * rowsOfTile * 4);
      };
      f.get(k).i32(-4).emit("i32.and").set(blocks);
      f.forRange(at, 0, blocks, 4, () => {
        transposeFour(f, rows.slice(0, 4), (step, push) => {
          f.get(to);
          push();
          f.store("v128.store", step * rowsOfTile * 4);
        });
        f.get(last).load("v128.load").set(four);
        for (let step = 0; step < 4; step++) {
          f.get(to, four).memoryLane("v128.store32_lane", step, (step * rowsOfTile + 4) * 4);
        }
        advance(4);
      });
      f.forRange(at, blocks, k, 1, () => {
        rows.forEach((row, of) =>
          f
            .get(to, row)
            .load("f32.load")
            .store("f32.store", of * 4),
        );
        advance(1);
      });
    }),
  );
}

/**
 * The function `(from, places, to)`: adds up rows of `columns` floats, `width` floats apart, whose places are equal: they
 * are numbered in the order in which they come, and a sum starts with the first of its rows.
 */
export function sumRows(module: ModuleBuilder, count: number, columns: number, width: number): number {
  return module.once(`sum rows ${count} ${columns} ${width}`, () =>
    module.function("sum rows", Array<"i32">(3).fill("i32"), [], (f) => {
      const [from, places, to] = f.params as [Local, Local, Local];
      const [end, next, place, sum] = i32Locals(f, 4);
      const each = (body: (offset: number, type: "v128" | "f32") => void) => {
        const whole = columns - (columns % 4);
        for (let at = 0; at < whole; at += 4) body(at * 4, "v128");
        for (let at = whole; at < columns; at++) body(at * 4, "f32");
      };
      f.get(places)
        .i32(count * 4)
        .emit("i32.add")
        .set(end);
      f.loop((nextRow) => {
        f.get(places).load("i32.load").tee(place);
        f.i32(width * 4)
          .emit("i32.mul")
          .get(to)
          .emit("i32.add")
          .set(sum);
        f.get(place, next).emit("i32.eq");
        f.if(
          () => {
            each((offset, type) =>
              f.get(sum, from).load(`${type}.load`, offset).store(`${type}.store`, offset),
            );
            f.increment(next, 1);
          },
          () =>
            each((offset, type) => {
              f.get(sum, sum).load(`${type}.load`, offset).get(from).load(`${type}.load`, offset);
              f.emit(type === "v128" ? "f32x4.add" : "f32.add").store(`${type}.store`, offset);
            }),
        );
        f.increment(from, width * 4);
        f.get(places).i32(4).emit("i32.add").tee(places).get(end).emit("i32.ne").brIf(nextRow);
      });
    }),
  );
}

/** Sets `start` and `end` to this thread's share of `count` units, a number that is known at run time. */
export function splitCount(
  f: FunctionBuilder,
  { thread, threads }: { readonly thread: Local; readonly threads: Local },
  count: Local,
  start: Local,
  end: Local,
): void {
  setShare(f, thread, count, threads, start, end);
}

/** The `index`th of `shares` runs that share out `count`: its first and the one behind its last. */
export function setShare(
  f: FunctionBuilder,
  index: Local,
  count: Local,
  shares: Int,
  first: Local,
  end: Local,
): void {
  f.get(index, count).emit("i32.mul").int(shares).emit("i32.div_u").set(first);
  f.get(index).i32(1).emit("i32.add").get(count).emit("i32.mul").int(shares).emit("i32.div_u").set(end);
}
