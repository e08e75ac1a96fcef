import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { pushMinimum } from "../gemm/address.js";
import { multiplyAdd } from "../gemm/micro-kernel.js";

/** Accumulators of 4 rows of 8 columns, and what is multiplied. */
export interface MaskedTile {
  readonly sums: readonly Local[];
  readonly columns: readonly [Local, Local];
  readonly factor: Local;
}

export const maskedTile = (f: FunctionBuilder): MaskedTile => ({
  sums: Array.from({ length: 8 }, () => f.local("v128")),
  columns: [f.local("v128"), f.local("v128")],
  factor: f.local("v128"),
});

/** Adds the products of four numbers, `row` of which `push` loads to all lanes, and the 8 at `b`. */
export function multiplyRows(
  f: FunctionBuilder,
  module: ModuleBuilder,
  { sums, columns, factor }: MaskedTile,
  b: Local,
  push: (row: number) => void,
): void {
  columns.forEach((column, v) =>
    f
      .get(b)
      .load("v128.load", v * 16)
      .set(column),
  );
  for (let row = 0; row < 4; row++) {
    push(row);
    f.set(factor);
    columns.forEach((column, v) => multiplyAdd(f, module, factor, column, sums[row * 2 + v]!));
  }
}

/** `start = min(at, size - least)`: the last tile lies over the one before, where it does not fit behind it. */
export function setTileStart(f: FunctionBuilder, at: Local, size: number, least: number, start: Local): void {
  if (size % least === 0) f.get(at).set(start);
  else pushMinimum(f, () => f.get(at), size - least).set(start);
}
