import type { FunctionBuilder, Local } from "../assembler/index.js";
import { roundUp } from "./address.js";
import { tileColumns, tileRows } from "./micro-kernel.js";

/** Longest run of products between two loads of the result: a packed panel of it fills a third of a 32 KiB L1 cache. */
export const longestBlock = 384;

/** Blocks of equal length, `longest` at most, that cover `length`. */
export const blockLength = (length: number, longest: number): number =>
  Math.ceil(length / Math.ceil(length / longest));

/**
 * Rows and columns of the blocks dealt to threads: large enough that packing costs little (a packed step of a row tile
 * takes about 2.5 cycles and serves `columns`, one of a column panel 3 and serves `rows`; a tile's step takes 4.2),
 * and many enough for 8 threads. A function of the shape only, so results do not depend on the threads.
 */
export function blockShape(batch: number, m: number, n: number): { rows: number; columns: number } {
  let best = { rows: 0, columns: 0, cost: Number.POSITIVE_INFINITY };
  for (const rowLimit of [32, 64, 128, 256]) {
    for (const columnLimit of [32, 64, 128, 256]) {
      const rows = roundUp(blockLength(m, rowLimit), tileRows);
      const columns = roundUp(blockLength(n, columnLimit), tileColumns);
      const blocks = batch * Math.ceil(m / rows) * Math.ceil(n / columns);
      const packing = 1 + (2.5 * tileColumns) / (4.2 * columns) + (3 * tileRows) / (4.2 * rows);
      const idle = [1, 2, 4, 8].reduce(
        (sum, threads) => sum + (Math.ceil(blocks / threads) * threads) / blocks,
        0,
      );
      const cost = packing * idle;
      if (cost < best.cost) best = { rows, columns, cost };
    }
  }
  return best;
}

/** `count = min(size, total - first)` */
export function setClipped(
  f: FunctionBuilder,
  first: Local,
  size: number,
  total: number,
  count: Local,
): void {
  f.i32(size).set(count);
  if (total % size === 0) return;
  f.i32(total).get(first).emit("i32.sub").get(count);
  f.i32(total).get(first).emit("i32.sub").get(count).emit("i32.lt_s", "select").set(count);
}
