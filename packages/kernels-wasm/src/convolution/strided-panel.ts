import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals } from "../gemm/address.js";
import {
  clearTile,
  multiplyAdd,
  type RegisterTile,
  registerTile,
  storeTile,
  tileRows,
} from "../gemm/micro-kernel.js";

/** How a panel of 8 neighbouring floats moves over an image: `columns` steps, then on to the next row. */
export interface StridedWalk {
  readonly columns: number;
  readonly columnBytes: number;
  readonly rowBytes: number;
  /** Bytes between two steps of `a` where it is read in place, its tiles side by side; default: packed. */
  readonly aBytes?: number;
}

/**
 * `(a, b, c, rows, cRowBytes, tiles, accumulate)`: like the packed panel kernel, but the second factor is read where
 * it lies, `rows` times `columns` places of an image. `a` is packed `[tiles][rows * columns][4]`.
 */
export function stridedPanelKernel(module: ModuleBuilder, walk: StridedWalk): number {
  const { columns, columnBytes, rowBytes, aBytes } = walk;
  const key = `strided panel ${columns} ${columnBytes} ${rowBytes} ${aBytes}`;
  return module.once(key, () =>
    module.function(key, Array<"i32">(7).fill("i32"), [], (f) => {
      const [a, b, c, rows, cRowBytes, tiles, accumulate] = f.params as [
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
      ];
      const tile = registerTile(f);
      const [at, left, rowEnd, nextA] = i32Locals(f, 4);
      f.loop((nextTile) => {
        clearTile(f, tile);
        f.get(b).set(at).get(rows).set(left);
        if (aBytes !== undefined)
          f.get(a)
            .i32(tileRows * 4)
            .emit("i32.add")
            .set(nextA);
        f.loop((nextRow) => {
          f.get(at)
            .i32(columns * columnBytes)
            .emit("i32.add")
            .set(rowEnd);
          f.loop((nextColumn) => {
            multiplyRows(f, module, tile, a, at);
            f.increment(a, aBytes ?? tileRows * 4);
            f.get(at).i32(columnBytes).emit("i32.add").tee(at).get(rowEnd).emit("i32.ne").brIf(nextColumn);
          });
          f.increment(at, rowBytes - columns * columnBytes);
          f.get(left).i32(1).emit("i32.sub").tee(left).brIf(nextRow);
        });
        if (aBytes !== undefined) f.get(nextA).set(a);
        storeTile(f, c, cRowBytes, tile, accumulate);
        f.get(tiles).i32(1).emit("i32.sub").tee(tiles).brIf(nextTile);
      });
    }),
  );
}

/** As `multiplyTile`, from the first row to the last: in a loop of one step this order is the faster one, by a third. */
function multiplyRows(
  f: FunctionBuilder,
  module: ModuleBuilder,
  { accumulators, bVectors, aSplat }: RegisterTile,
  a: Local,
  b: Local,
): void {
  for (const [v, vector] of bVectors.entries()) {
    f.get(b)
      .load("v128.load", v * 16)
      .set(vector);
  }
  for (let row = 0; row < tileRows; row++) {
    f.get(a)
      .load("v128.load32_splat", row * 4)
      .set(aSplat);
    for (const [v, vector] of bVectors.entries()) {
      multiplyAdd(f, module, aSplat, vector, accumulators[row * bVectors.length + v]!);
    }
  }
}
