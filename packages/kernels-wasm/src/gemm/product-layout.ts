import type { MatmulRoutine } from "@hekla/tensor";
import { roundUp } from "./address.js";
import { type Division, divide } from "./division.js";
import { packedRows, type TileOperands } from "./micro-kernel.js";
import { type PackedOperand, packedBytes } from "./packed-operand.js";

/** Neighbouring row tiles of one height. */
export interface TileRun {
  readonly rows: number;
  readonly tiles: number;
  readonly firstTile: number;
  readonly firstRow: number;
  readonly packed: PackedOperand;
  readonly operands: TileOperands;
}

/** Where the operands of a product lie while it is computed, in bytes. */
export interface ProductLayout extends Division {
  readonly product: MatmulRoutine;
  /** Columns of a panel. */
  readonly width: number;
  readonly runs: readonly TileRun[];
  /** All of B; also what a thread's own panels are packed like. */
  readonly packedB: PackedOperand;
  /** Where the parts of a sum that is shared out start in the scratch memory. */
  readonly partsStart: number;
  readonly scratchBytes: number;
  /** A thread's own memory: a panel of B, then a block of the result. */
  readonly panelBytes: number;
  readonly bytesPerThread: number;
}

export function layOut(product: MatmulRoutine, relaxedSimd: boolean): ProductLayout {
  const division = divide(product, relaxedSimd);
  const { batch, m, n, k, transposeA, transposeB } = product;
  const { vectors, panels, blocks, depth, parts, split, packsA, b, rows, lastRows } = division;
  const width = vectors * 4;
  const sum = { k, depth, parts };
  let end = 0;
  const place = (operand: Omit<PackedOperand, "start">, isPacked: boolean): PackedOperand => {
    const packed = { ...operand, start: end };
    if (isPacked) end = roundUp(end + packedBytes(packed), 64);
    return packed;
  };
  const run = (rows: number, tiles: number, firstTile: number): TileRun => {
    const lines = { ...sum, size: m, width: rows, lines: tiles, innermost: transposeA };
    const inPlace = transposeA
      ? { aRow: 4, aStep: m * 4, aTile: rows * 4 }
      : { aRow: k * 4, aStep: 4, aTile: rows * k * 4 };
    return {
      ...{ rows, tiles, firstTile, firstRow: firstTile * division.rows },
      packed: place({ ...lines, matrices: product.batchedA ? batch : 1 }, packsA),
      operands: {
        ...(packsA ? packedRows(rows) : inPlace),
        ...(b === "in place" && { bStep: n * 4 }),
      },
    };
  };
  const runs = [run(rows, division.tiles, 0)];
  if (lastRows > 0) runs.push(run(lastRows, division.lastTiles, division.tiles));
  const packedB = place(
    {
      ...{ ...sum, size: n, width, lines: panels, innermost: !transposeB },
      matrices: product.batchedB ? batch : 1,
    },
    b === "shared",
  );
  const panelBytes = b === "own" ? depth * width * 4 : 0;
  const most = Math.ceil((division.tiles + division.lastTiles) / blocks);
  return {
    ...{ ...division, product, width, runs, packedB, panelBytes },
    partsStart: end,
    // Vectors of the last row may reach beyond it.
    scratchBytes: end + (split ? roundUp(parts * batch * m * n * 4 + 16, 64) : 0),
    bytesPerThread: panelBytes + roundUp(most * rows * width * 4, 64),
  };
}
