import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, pushMinimum, roundUp, setThreadScratch } from "../gemm/address.js";
import { blockLength } from "../gemm/block-shape.js";
import { packedRows, tilesKernel } from "../gemm/micro-kernel.js";
import { packRows, packTransposed } from "../gemm/pack.js";
import { type Kernel, type KernelParams, kernelFunction, splitRange } from "../kernel.js";
import { copyRow } from "./gather.js";
import { GatheredOperands, type GatheredProblem } from "./gathered-problem.js";
import { packRowTile, rowsOfTile, setShare, splitCount, sumRows } from "./row-tiles.js";

/** Products between two loads of a tile. */
const longestPart = 512;
/** Tiles of rows that are multiplied by one panel after the other: they stay in the second-level cache. */
const blockTiles = 16;
/** Columns that are added up together: two cache lines. */
const sumColumns = 32;

/**
 * The product, and its gradient by the table: a product with a row for each distinct index. For the first, the rows are the
 * table's, and each result goes to the first position of its index, from where it is copied to the others. For the
 * gradient they are the sums of the rows of `dy` of an index, and the result is a row of the gradient.
 */
export function rowPhases(module: ModuleBuilder, problem: GatheredProblem): Kernel {
  const { name, axisSize, count, inner, columns, beyond } = problem;
  const forward = name === "matmulGathered";
  const [k, n] = forward ? [inner, columns] : [columns, inner];
  const panels = Math.ceil(n / 8);
  const mostTiles = Math.ceil(count / rowsOfTile);
  const depth = blockLength(k, longestPart);
  const parts = Array.from({ length: Math.ceil(k / depth) }, (_, part) => {
    const start = part * depth;
    return { start, steps: Math.min(depth, k - start) };
  });
  const tilesAt = roundUp(panels * k * 32, 64);
  const sumsAt = tilesAt + roundUp(mostTiles * rowsOfTile * k * 4, 64);
  const scratchBytes = sumsAt + (forward ? 0 : roundUp(count * columns * 4, 64));
  const blockAt = roundUp(beyond ? inner * 4 : 0, 64);
  const bytesPerThread = blockAt + roundUp((blockTiles + 1) * rowsOfTile * 32, 64);

  const phase = (
    title: string,
    body: (f: FunctionBuilder, params: KernelParams, x: GatheredOperands) => void,
  ) =>
    kernelFunction(module, `${name} ${title}`, 3, 1, (f, params) =>
      body(f, params, new GatheredOperands(f, params, problem)),
    );
  const setTiles = (x: GatheredOperands, tiles: Local) =>
    x
      .used()
      .i32(rowsOfTile - 1)
      .emit("i32.add")
      .i32(rowsOfTile)
      .emit("i32.div_u")
      .set(tiles);
  /** The packed steps of a part: those before it, of all lines, then those of the lines before. */
  const pushLine = (
    f: FunctionBuilder,
    at: number,
    lines: number,
    line: Local,
    width: number,
    part: (typeof parts)[0],
  ) =>
    f
      .get(line)
      .i32(part.steps * width * 4)
      .emit("i32.mul")
      .i32(at + lines * part.start * width * 4)
      .emit("i32.add");

  const packTiles = (f: FunctionBuilder, params: KernelParams, x: GatheredOperands) => {
    const [own, tiles, tile, end, last, place, index] = i32Locals(f, 7);
    const rows = i32Locals(f, rowsOfTile);
    setThreadScratch(f, params, scratchBytes, bytesPerThread, own);
    if (forward) x.fill(own, index);
    setTiles(x, tiles);
    x.used().i32(1).emit("i32.sub").set(last);
    splitCount(f, params, tiles, tile, end);
    f.forRange(tile, tile, end, 1, () => {
      rows.forEach((row, of) => {
        f.get(tile).i32(rowsOfTile).emit("i32.mul").i32(of).emit("i32.add").tee(place).get(last);
        f.get(place, last).emit("i32.lt_s", "select").set(place);
        if (forward) x.row(place, own, index).set(row);
        else pushAddress(f, params.scratch, [1, sumsAt], [place, columns * 4]).set(row);
      });
      for (const part of parts) {
        f.get(params.scratch);
        pushLine(f, tilesAt, mostTiles, tile, rowsOfTile, part).emit("i32.add");
        for (const row of rows) {
          f.get(row)
            .i32(part.start * 4)
            .emit("i32.add");
        }
        f.i32(part.steps).call(packRowTile(module));
      }
    });
  };

  const packKernel = phase("kernel", (f, params, x) => {
    const [panel, end, at, column] = i32Locals(f, 4);
    splitRange(f, params, panels, 1, panel, end);
    f.forRange(panel, panel, end, 1, () => {
      setColumn(f, panel, n, at, column);
      for (const part of parts) {
        const to = (offset: number) => {
          f.get(params.scratch);
          return pushLine(f, offset, panels, panel, 8, part).emit("i32.add");
        };
        if (forward) {
          f.i32(part.start).set(at);
          to(0);
          x.at(2, [at, n], [column, 1])
            .i32(n * 4)
            .i32(part.steps)
            .call(packRows(module, 8, 8));
        } else {
          for (const half of [0, 4]) {
            to(half * 4);
            f.get(column).i32(half).emit("i32.add").set(at);
            x.at(2, [at, k])
              .i32(part.start * 4)
              .emit("i32.add")
              .i32(k * 4)
              .i32(part.steps)
              .i32(3)
              .call(packTransposed(module, 8));
          }
        }
      }
    });
    if (forward) packTiles(f, params, x);
    else {
      sumShare(f, module, params, x, problem, sumsAt);
      splitRange(f, params, axisSize * inner, 64, at, end);
      pushAddress(f, params.outputs[0]!, [at, 4]).i32(0);
      f.get(end, at).emit("i32.sub").i32(4).emit("i32.mul").fillMemory();
    }
  });

  const multiply = phase("rows", (f, params, x) => {
    const [own, tiles, blocks, units, unit, end, panel] = i32Locals(f, 7);
    const [tile, tilesEnd, column, at, place, index, to, from] = i32Locals(f, 8);
    setThreadScratch(f, params, scratchBytes + blockAt, bytesPerThread, own);
    setTiles(x, tiles);
    f.get(tiles)
      .i32(blockTiles - 1)
      .emit("i32.add")
      .i32(blockTiles)
      .emit("i32.div_u")
      .set(blocks);
    f.get(blocks).i32(panels).emit("i32.mul").set(units);
    splitCount(f, params, units, unit, end);
    f.forRange(unit, unit, end, 1, () => {
      f.get(unit).i32(panels).emit("i32.rem_u").set(panel);
      f.get(unit).i32(panels).emit("i32.div_u").set(at);
      setShare(f, at, tiles, blocks, tile, tilesEnd);
      for (const part of parts) {
        f.get(params.scratch);
        pushLine(f, tilesAt, mostTiles, tile, rowsOfTile, part).emit("i32.add").get(params.scratch);
        pushLine(f, 0, panels, panel, 8, part).emit("i32.add");
        f.get(own).i32(part.steps).get(tilesEnd, tile).emit("i32.sub");
        f.call(rowKernel(module, part.start > 0));
      }
      setColumn(f, panel, n, at, column);
      f.get(own).set(from);
      f.get(tile).i32(rowsOfTile).emit("i32.mul").set(place);
      f.get(tilesEnd).i32(rowsOfTile).emit("i32.mul").set(at);
      x.used().get(at);
      x.used().get(at).emit("i32.lt_s", "select").set(at);
      f.forRange(place, place, at, 1, () => {
        const copy = () => {
          pushAddress(f, params.outputs[0]!, [index, n * 4], [column, 4]).set(to);
          for (const offset of [0, 16]) f.get(to, from).load("v128.load", offset).store("v128.store", offset);
        };
        x.entry(forward ? "positions" : "indices", place).set(index);
        if (forward || !beyond) copy();
        else f.get(index).i32(axisSize).emit("i32.ne").if(copy);
        f.increment(from, 32);
      });
    });
  });

  const phases = forward
    ? [packKernel, multiply, phase("copies", (f, params, x) => copyRepeated(f, params, x, problem))]
    : [packKernel, phase("tiles", packTiles), multiply];
  return { phases, scratchBytes, scratchBytesPerThread: bytesPerThread };
}

/** The tiles of five rows by one panel. */
export const rowKernel = (module: ModuleBuilder, adds: boolean): number =>
  tilesKernel(module, { rows: rowsOfTile, vectors: 2, operands: packedRows(rowsOfTile), cRow: 32, adds });

/** The first of the 8 columns of a panel; the last panel lies over the one before, where it does not fit behind it. */
export function setColumn(f: FunctionBuilder, panel: Local, n: number, at: Local, column: Local): void {
  f.get(panel).i32(8).emit("i32.mul").set(at);
  pushMinimum(f, () => f.get(at), n - 8).set(column);
}

/** This thread's share of the columns of `dy`, whose rows are added up by distinct index at `sumsAt`. */
export function sumShare(
  f: FunctionBuilder,
  module: ModuleBuilder,
  params: KernelParams,
  x: GatheredOperands,
  { name, count, columns }: GatheredProblem,
  sumsAt: number,
): void {
  const [block, end] = i32Locals(f, 2);
  const dy = name === "matmulGatheredTableGradient" ? 0 : 2;
  const [whole, rest] = [Math.floor(columns / sumColumns), columns % sumColumns];
  splitRange(f, params, whole + (rest > 0 ? 1 : 0), 1, block, end);
  f.forRange(block, block, end, 1, () => {
    const sum = (width: number) => {
      x.at(dy, [block, sumColumns]);
      x.places();
      pushAddress(f, params.scratch, [1, sumsAt], [block, sumColumns * 4]);
      f.call(sumRows(module, count, width, columns));
    };
    if (rest === 0) sum(sumColumns);
    else if (whole === 0) sum(rest);
    else
      f.get(block)
        .i32(whole)
        .emit("i32.lt_s")
        .if(
          () => sum(sumColumns),
          () => sum(rest),
        );
  });
}

/** Copies the results at the first positions of indices to their other positions. */
function copyRepeated(
  f: FunctionBuilder,
  params: KernelParams,
  x: GatheredOperands,
  { count, columns }: GatheredProblem,
): void {
  const [position, end, place, first, to, from] = i32Locals(f, 6);
  splitRange(f, params, count, 1, position, end);
  f.forRange(position, position, end, 1, () => {
    x.entry("places", position).set(place);
    x.entry("positions", place).tee(first).get(position).emit("i32.ne");
    f.if(() => {
      pushAddress(f, params.outputs[0]!, [position, columns * 4]).set(to);
      pushAddress(f, params.outputs[0]!, [first, columns * 4]).set(from);
      copyRow(f, to, from, columns * 4);
    });
  });
}
