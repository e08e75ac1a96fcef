import type { FunctionBuilder, Local } from "../assembler/index.js";

/** Longest run of products between two loads of the result: a packed panel of it fills a third of a 32 KiB L1 cache. */
export const longestBlock = 384;

/** Blocks of equal length, `longest` at most, that cover `length`. */
export const blockLength = (length: number, longest: number): number =>
  Math.ceil(length / Math.ceil(length / longest));

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
