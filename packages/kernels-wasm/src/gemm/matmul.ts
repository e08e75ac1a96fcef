import type { MatmulRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { i32Locals, pushAddress, roundUp, setThreadScratch, unflatten } from "./address.js";
import { blockLength, setClipped } from "./block-shape.js";
import { copyRows } from "./copy-rows.js";
import { tileColumns, tilesKernel } from "./micro-kernel.js";
import { type PackedOperand, packedBytes, packShare, pushLine } from "./packed-operand.js";
import { sumParts } from "./sum-parts.js";

/** Products between two loads of a tile: a packed panel of them takes half of a 32 KiB first-level cache. */
const longestPart = 512;
/** Packed rows that stay in a 1 MiB second-level cache while all panels pass by. */
const blockBytes = 192 * 1024;
/** Multiply-adds that take about as long as waking another thread. */
const smallWork = 1 << 14;

/** How a product is cut; a function of the shape only, so that results do not depend on the threads. */
interface Division {
  /** Rows of a register tile. */
  readonly rows: number;
  readonly tiles: number;
  readonly panels: number;
  /** Runs of neighbouring tiles that are multiplied by one panel after the other. */
  readonly blocks: number;
  /** Products of one part of the sum, and the parts, which are added in their order. */
  readonly depth: number;
  readonly parts: number;
  /** Whether parts are shared out to threads, too: where there are few rows and columns. */
  readonly split: boolean;
}

function divide({ batch, m, n, k }: MatmulRoutine): Division {
  // Five rows make better use of the processor; four where that saves more than a tenth of the rows.
  const rows = roundUp(m, 5) > 1.1 * roundUp(m, 4) ? 4 : 5;
  const tiles = Math.ceil(m / rows);
  const panels = Math.ceil(n / tileColumns);
  const few = batch * tiles * panels < 16;
  const depth = blockLength(k, few ? Math.max(longestPart, Math.ceil(k / 16)) : longestPart);
  const parts = Math.ceil(k / depth);
  const split = few && parts > 1;
  const shared = Math.ceil(16 / (batch * panels * (split ? parts : 1)));
  const blocks = Math.max(shared, Math.ceil((tiles * rows * depth * 4) / blockBytes));
  return { rows, tiles, panels, blocks: Math.min(blocks, tiles), depth, parts, split };
}

/**
 * The blocked product: all threads pack both operands, each part once, and then share the blocks of the result, which
 * go from registers to a block in the first-level cache and from there to their rows.
 */
export function emitMatmul(
  module: ModuleBuilder,
  routine: MatmulRoutine,
  offsets: readonly number[],
): Kernel {
  const { batch, m, n, k } = routine;
  const { rows, tiles, panels, blocks, depth, parts, split } = divide(routine);
  const sum = { k, depth, parts };
  const packedA: PackedOperand = {
    ...{ ...sum, size: m, width: rows, lines: tiles, start: 0 },
    ...{ matrices: routine.batchedA ? batch : 1, innermost: routine.transposeA },
  };
  const packedB: PackedOperand = {
    ...{ ...sum, size: n, width: tileColumns, lines: panels, start: roundUp(packedBytes(packedA), 64) },
    ...{ matrices: routine.batchedB ? batch : 1, innermost: !routine.transposeB },
  };
  const partsStart = packedB.start + packedBytes(packedB);
  const scratchBytes = roundUp(partsStart + (split ? parts * batch * m * n * 4 : 0), 64);
  const bytesPerThread = roundUp(Math.ceil(tiles / blocks) * rows * tileColumns * 4, 64);

  const pack = kernelFunction(module, "pack operands", 2, 1, (f, params) => {
    packShare(f, module, params, packedA, params.operands[0]!, offsets[0]!);
    packShare(f, module, params, packedB, params.operands[1]!, offsets[1]!);
  });

  const multiplyTiles = tilesKernel(module, rows);
  const addTiles = !split && parts > 1 ? tilesKernel(module, rows, true) : undefined;
  const copy = copyRows(module);
  const multiply = kernelFunction(module, "matmul", 2, 1, (f, params) => {
    const [own, unit, end, part, matrix, block, panel] = i32Locals(f, 7);
    const [tile, tileCount, start, steps, row, rowCount, columnCount] = i32Locals(f, 7);
    setThreadScratch(f, params, scratchBytes, bytesPerThread, own);
    splitRange(f, params, (split ? parts : 1) * batch * blocks * panels, 1, unit, end);
    f.forRange(unit, unit, end, 1, () => {
      unflatten(f, unit, [split ? parts : 1, batch, blocks, panels], [part, matrix, block, panel]);
      setShare(f, block, tiles, blocks, tile, tileCount);
      const product = (kernel: number) => {
        f.get(part).i32(depth).emit("i32.mul").set(start);
        setClipped(f, start, depth, k, steps);
        pushLine(f, packedA, params.scratch, { part, matrix, line: tile, steps });
        pushLine(f, packedB, params.scratch, { part, matrix, line: panel, steps });
        f.get(own, steps, tileCount).call(kernel);
      };
      product(multiplyTiles);
      if (addTiles !== undefined) f.forRange(part, 1, parts, 1, () => product(addTiles));

      f.get(tile).i32(rows).emit("i32.mul").set(row);
      f.get(tileCount).i32(rows).emit("i32.mul").set(rowCount);
      if (m % rows > 0) clip(f, rowCount, () => f.i32(m).get(row).emit("i32.sub"));
      f.get(panel).i32(tileColumns).emit("i32.mul").set(panel);
      setClipped(f, panel, tileColumns, n, columnCount);
      if (split) pushAddress(f, params.scratch, [1, partsStart], [part, batch * m * n * 4]);
      else f.get(params.outputs[0]!);
      pushAddress(f, () => {}, [matrix, m * n * 4], [row, n * 4], [panel, 4]);
      f.get(own)
        .i32(n * 4)
        .i32(tileColumns * 4)
        .get(rowCount, columnCount)
        .call(copy);
    });
  });
  const phases = [pack, multiply];
  if (split) phases.push(sumParts(module, batch * m * n, parts, partsStart));
  const serial = batch * m * n * k < smallWork;
  return { phases, scratchBytes, scratchBytesPerThread: bytesPerThread, serial };
}

/** The `index`th of `shares` runs that share out `count`: its first and its length. */
function setShare(
  f: FunctionBuilder,
  index: Local,
  count: number,
  shares: number,
  first: Local,
  length: Local,
): void {
  const bound = () => f.i32(count).emit("i32.mul").i32(shares).emit("i32.div_u");
  f.get(index);
  bound().set(first);
  f.get(index).i32(1).emit("i32.add");
  bound().get(first).emit("i32.sub").set(length);
}

/** `value = min(value, limit)` */
function clip(f: FunctionBuilder, value: Local, pushLimit: () => void): void {
  pushLimit();
  f.get(value);
  pushLimit();
  f.get(value).emit("i32.lt_s", "select").set(value);
}
