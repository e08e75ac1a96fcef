import type { MatmulRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { i32Locals, pushAddress, roundUp, setThreadScratch, unflatten } from "./address.js";
import { blockLength, setClipped } from "./block-shape.js";
import { copyRows } from "./copy-rows.js";
import { tileColumns, tilesKernel } from "./micro-kernel.js";
import { operandPacker } from "./operand-packer.js";
import { sumParts } from "./sum-parts.js";

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
}

function divide({ batch, m, n, k }: MatmulRoutine): Division {
  // Five rows make better use of the processor; four where that saves more than a tenth of the rows.
  const rows = roundUp(m, 5) > 1.1 * roundUp(m, 4) ? 4 : 5;
  const tiles = Math.ceil(m / rows);
  const panels = Math.ceil(n / tileColumns);
  const few = batch * tiles * panels < 16;
  const depth = few ? blockLength(k, Math.max(1024, Math.ceil(k / 16))) : k;
  const parts = Math.ceil(k / depth);
  const shared = Math.min(tiles, Math.ceil(16 / (batch * panels * parts)));
  const blocks = Math.max(shared, Math.ceil((tiles * rows * depth * 4) / blockBytes));
  return { rows, tiles, panels, blocks: Math.min(blocks, tiles), depth, parts };
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
  const { rows, tiles, panels, blocks, depth, parts } = divide(routine);
  const [matricesA, matricesB] = [routine.batchedA ? batch : 1, routine.batchedB ? batch : 1];
  const tileBytes = rows * depth * 4;
  const panelBytes = tileColumns * depth * 4;
  const bStart = roundUp(parts * matricesA * tiles * tileBytes, 64);
  const partsStart = bStart + parts * matricesB * panels * panelBytes;
  const scratchBytes = roundUp(partsStart + (parts > 1 ? parts * batch * m * n * 4 : 0), 64);
  const blockTiles = Math.ceil(tiles / blocks);
  const bytesPerThread = roundUp(blockTiles * rows * tileColumns * 4, 64);

  const packA = operandPacker(module, { size: m, k, innermost: routine.transposeA, width: rows });
  const packB = operandPacker(module, { size: n, k, innermost: !routine.transposeB, width: tileColumns });
  const pack = kernelFunction(module, "pack operands", 2, 1, (f, params) => {
    const [unit, end, part, matrix, line, start, steps, count, to, from] = i32Locals(f, 10);
    const operand = (
      base: Local,
      offset: number,
      packer: typeof packA,
      {
        matrices,
        lines,
        width,
        size,
        innermost,
        at,
      }: Record<"matrices" | "lines" | "width" | "size" | "at", number> & {
        innermost: boolean;
      },
    ) => {
      splitRange(f, params, parts * matrices * lines, 1, unit, end);
      f.forRange(unit, unit, end, 1, () => {
        unflatten(f, unit, [parts, matrices, lines], [part, matrix, line]);
        f.get(part).i32(depth).emit("i32.mul").set(start);
        setClipped(f, start, depth, k, steps);
        f.get(line).i32(width).emit("i32.mul").set(line);
        setClipped(f, line, width, size, count);
        pushAddress(f, params.scratch, [1, at], [unit, width * depth * 4]).set(to);
        pushAddress(
          f,
          base,
          [1, offset * 4],
          [matrix, size * k * 4],
          [line, innermost ? 4 : k * 4],
          [start, innermost ? size * 4 : 4],
        ).set(from);
        packer(f, to, from, count, steps);
      });
    };
    const [a, b] = params.operands as [Local, Local];
    const forA = { matrices: matricesA, lines: tiles, width: rows, size: m, at: 0 };
    operand(a, offsets[0]!, packA, { ...forA, innermost: routine.transposeA });
    const forB = { matrices: matricesB, lines: panels, width: tileColumns, size: n, at: bStart };
    operand(b, offsets[1]!, packB, { ...forB, innermost: !routine.transposeB });
  });

  const multiplyTiles = tilesKernel(module, rows);
  const copy = copyRows(module);
  const multiply = kernelFunction(module, "matmul", 2, 1, (f, params) => {
    const [own, unit, end, part, matrix, block, panel] = i32Locals(f, 7);
    const [tile, tileCount, start, steps, row, rowCount, columnCount] = i32Locals(f, 7);
    const matrixAt = (matrices: number, lines: number) => (): void => {
      f.get(part)
        .i32(matrices * lines)
        .emit("i32.mul");
      if (matrices > 1) f.get(matrix).i32(lines).emit("i32.mul", "i32.add");
    };
    setThreadScratch(f, params, scratchBytes, bytesPerThread, own);
    splitRange(f, params, parts * batch * blocks * panels, 1, unit, end);
    f.forRange(unit, unit, end, 1, () => {
      unflatten(f, unit, [parts, batch, blocks, panels], [part, matrix, block, panel]);
      f.get(part).i32(depth).emit("i32.mul").set(start);
      setClipped(f, start, depth, k, steps);
      setShare(f, block, tiles, blocks, tile, tileCount);
      pushAddress(f, params.scratch, [matrixAt(matricesA, tiles), tileBytes], [tile, tileBytes]);
      pushAddress(
        f,
        params.scratch,
        [1, bStart],
        [matrixAt(matricesB, panels), panelBytes],
        [panel, panelBytes],
      );
      f.get(own, steps, tileCount).call(multiplyTiles);

      f.get(tile).i32(rows).emit("i32.mul").set(row);
      f.get(tileCount).i32(rows).emit("i32.mul").set(rowCount);
      if (m % rows > 0) clip(f, rowCount, () => f.i32(m).get(row).emit("i32.sub"));
      f.get(panel).i32(tileColumns).emit("i32.mul").set(panel);
      setClipped(f, panel, tileColumns, n, columnCount);
      if (parts > 1) pushAddress(f, params.scratch, [1, partsStart], [part, batch * m * n * 4]);
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
  if (parts > 1) phases.push(sumParts(module, batch * m * n, parts, partsStart));
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
