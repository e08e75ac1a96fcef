import type { FunctionBuilder, Int, Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, pushMinimum } from "../gemm/address.js";
import { clearTile, multiplyAdd, registerTile, tileColumns, tileRows } from "../gemm/micro-kernel.js";
import { packRows, packTransposed } from "../gemm/pack.js";
import { type KernelParams, splitRange } from "../kernel.js";

/**
 * Products of a few rows with a matrix, made again in every step: `c[row, n] = sum_k a[row, k] b[k, n]`. The rows lie in
 * scratch memory, whole tiles of them; sizes in elements.
 */
export interface Product {
  readonly k: number;
  readonly n: number;
  /** Distance of neighbours of the matrix in memory, along k and n; one of them is 1. */
  readonly strides: { readonly k: number; readonly n: number };
  /** Where the matrix starts in its operand. */
  readonly start: number;
  readonly aRow: number;
  /** Columns up to the next multiple of 8 are written. */
  readonly cRow: number;
}

export const panelsOf = ({ n }: Product): number => Math.ceil(n / tileColumns);

/** Bytes of the matrix packed in panels `[k][8]`. */
export const packedBytes = (product: Product): number => panelsOf(product) * product.k * tileColumns * 4;

/** Emits the packing of this thread's share of the panels. */
export function emitPacking(
  f: FunctionBuilder,
  module: ModuleBuilder,
  params: KernelParams,
  product: Product,
  matrix: Local,
  to: Int,
): void {
  const { k, n, strides, start } = product;
  const [panel, end, from, target] = i32Locals(f, 4);
  splitRange(f, params, panelsOf(product), 1, panel, end);
  f.forRange(panel, panel, end, 1, () => {
    pushAddress(f, to, [panel, k * tileColumns * 4]).set(target);
    pushAddress(f, matrix, [1, start * 4], [panel, tileColumns * strides.n * 4]).set(from);
    const pack = (functionIndex: number) =>
      f
        .get(target, from)
        .i32(strides.k * 4)
        .i32(k)
        .call(functionIndex);
    if (strides.n === 1) {
      const whole = packRows(module, tileColumns, tileColumns);
      if (n % tileColumns === 0) pack(whole);
      else {
        const partial = packRows(module, n % tileColumns, tileColumns);
        f.get(panel)
          .i32(Math.floor(n / tileColumns))
          .emit("i32.lt_s")
          .if(
            () => pack(whole),
            () => pack(partial),
          );
      }
      return;
    }
    const transpose = packTransposed(module, tileColumns);
    for (const half of [0, 4]) {
      // The last row that there is stands in for those missing; without any there is nothing to read.
      const lastRow = () =>
        f
          .i32(n - 1 - half)
          .get(panel)
          .i32(tileColumns)
          .emit("i32.mul", "i32.sub");
      lastRow();
      f.i32(0)
        .emit("i32.ge_s")
        .if(() => {
          pushAddress(f, target, [1, half * 4]);
          pushAddress(f, from, [1, half * strides.n * 4])
            .i32(strides.n * 4)
            .i32(k);
          pushMinimum(f, lastRow, 3).call(transpose);
        });
    }
  });
}

/** The function `(a, b, c, tiles)`: all panels of a packed matrix by `tiles` (at least 1) row tiles. */
export function tileProduct(module: ModuleBuilder, product: Product): number {
  const { k, aRow, cRow } = product;
  const panels = panelsOf(product);
  return module.once(`recurrent product ${k} ${panels} ${aRow} ${cRow}`, () =>
    module.function("recurrent product", Array<"i32">(4).fill("i32"), [], (f) => {
      const [a, b, c, tiles] = f.params as [Local, Local, Local, Local];
      const [panel, left, aAt, bAt, bEnd, cAt] = i32Locals(f, 6);
      const tile = registerTile(f);
      const vectors = tile.bVectors.length;
      f.forRange(panel, 0, panels, 1, () => {
        f.get(a).set(aAt).get(tiles).set(left);
        pushAddress(f, c, [panel, tileColumns * 4]).set(cAt);
        pushAddress(f, b, [1, k * tileColumns * 4]).set(bEnd);
        f.loop((nextTile) => {
          clearTile(f, tile);
          f.get(b).set(bAt);
          f.loop((nextK) => {
            tile.bVectors.forEach((vector, v) => {
              f.get(bAt)
                .load("v128.load", v * 16)
                .set(vector);
            });
            for (let row = 0; row < tileRows; row++) {
              f.get(aAt)
                .load("v128.load32_splat", row * aRow * 4)
                .set(tile.aSplat);
              tile.bVectors.forEach((vector, v) => {
                multiplyAdd(f, module, tile.aSplat, vector, tile.accumulators[row * vectors + v]!);
              });
            }
            f.increment(aAt, 4);
            f.get(bAt)
              .i32(tileColumns * 4)
              .emit("i32.add")
              .tee(bAt)
              .get(bEnd)
              .emit("i32.ne")
              .brIf(nextK);
          });
          tile.accumulators.forEach((accumulator, at) => {
            const [row, v] = [Math.floor(at / vectors), at % vectors];
            f.get(cAt, accumulator).store("v128.store", row * cRow * 4 + v * 16);
          });
          f.increment(aAt, (tileRows * aRow - k) * 4).increment(cAt, tileRows * cRow * 4);
          f.get(left).i32(1).emit("i32.sub").tee(left).brIf(nextTile);
        });
        f.get(bEnd).set(b);
      });
    }),
  );
}

/** The function `(a, b, c, tiles)` for a tile with one row only: it goes over four panels at a time. */
export function rowProduct(module: ModuleBuilder, product: Product): number {
  const { k } = product;
  const panels = panelsOf(product);
  const panelBytes = k * tileColumns * 4;
  return module.once(`recurrent row ${k} ${panels}`, () =>
    module.function("recurrent row", Array<"i32">(4).fill("i32"), [], (f) => {
      const [a, b, c] = f.params as [Local, Local, Local];
      const [group, aAt, aEnd, bAt] = i32Locals(f, 4);
      const [factor, column] = [f.local("v128"), f.local("v128")];
      const sums = Array.from({ length: 8 }, () => f.local("v128"));
      pushAddress(f, a, [1, k * 4]).set(aEnd);
      /** `vectors` of four columns from `b` on; `b` and `c` move on. */
      const strip = (vectors: number) => {
        const own = sums.slice(0, vectors);
        for (const sum of own) f.f32x4(0).set(sum);
        f.get(a).set(aAt).get(b).set(bAt);
        f.loop((next) => {
          f.get(aAt).load("v128.load32_splat").set(factor);
          own.forEach((sum, v) => {
            f.get(bAt)
              .load("v128.load", Math.floor(v / 2) * panelBytes + (v % 2) * 16)
              .set(column);
            multiplyAdd(f, module, factor, column, sum);
          });
          f.increment(bAt, tileColumns * 4);
          f.get(aAt).i32(4).emit("i32.add").tee(aAt).get(aEnd).emit("i32.ne").brIf(next);
        });
        own.forEach((sum, v) => f.get(c, sum).store("v128.store", v * 16));
        f.increment(b, (vectors / 2) * panelBytes).increment(c, vectors * 16);
      };
      f.forRange(group, 0, Math.floor(panels / 4), 1, () => strip(8));
      if (panels % 4 > 0) strip((panels % 4) * 2);
    }),
  );
}

/** The function `(a, b, c, tiles)` on a matrix as it lies in memory, in plain loops (HEKLA_TUNED=0). */
export function plainProduct(module: ModuleBuilder, product: Product): number {
  const { k, n, strides, aRow, cRow } = product;
  return module.once(`plain recurrent product ${JSON.stringify(product)}`, () =>
    module.function("plain recurrent product", Array<"i32">(4).fill("i32"), [], (f) => {
      const [a, b, c, tiles] = f.params as [Local, Local, Local, Local];
      const [row, column, at, rows] = i32Locals(f, 4);
      const total = f.local("f32");
      f.get(tiles).i32(tileRows).emit("i32.mul").set(rows);
      f.forRange(row, 0, rows, 1, () =>
        f.forRange(column, 0, n, 1, () => {
          f.f32(0).set(total);
          f.forRange(at, 0, k, 1, () => {
            f.get(total);
            pushAddress(f, a, [row, aRow * 4], [at, 4]).load("f32.load");
            pushAddress(f, b, [at, strides.k * 4], [column, strides.n * 4]).load("f32.load");
            f.emit("f32.mul", "f32.add").set(total);
          });
          pushAddress(f, c, [row, cRow * 4], [column, 4])
            .get(total)
            .store("f32.store");
        }),
      );
    }),
  );
}
