import type { FunctionBuilder, Int, Local, ModuleBuilder } from "../assembler/index.js";
import { type KernelParams, splitRange } from "../kernel.js";
import { i32Locals, pushAddress, setThreadScratch, unflatten } from "./address.js";
import { setClipped } from "./block-shape.js";
import { tilesKernel } from "./micro-kernel.js";
import { operandPacker } from "./operand-packer.js";
import { packShare, pushLine } from "./packed-operand.js";
import type { ProductLayout } from "./product-layout.js";
import type { ResultWriter } from "./result-writer.js";

/** Columns that are summed up together where parts of the sum are shared out. */
const summedColumns = 8;

/**
 * The code of one phase of the blocked product. Operands are packed where that pays: by all threads before the product,
 * or a panel of B by each thread that uses it. Threads share out blocks of row tiles by panels. Results go from registers
 * to their rows; for an epilogue, and where a panel is not full, to a block in the first-level cache and from there.
 */
export class ProductEmitter {
  /** The part of the sum and its first product and length, the matrix, the first column of the panel. */
  readonly #at: Record<"part" | "start" | "steps" | "matrix" | "panel" | "column", Local>;
  /** The panel of B, and the tiles of the block. */
  readonly #b: Local;
  readonly #tile: Local;
  readonly #tileEnd: Local;
  readonly #own: Local;

  constructor(
    private readonly f: FunctionBuilder,
    private readonly module: ModuleBuilder,
    private readonly params: KernelParams,
    private readonly layout: ProductLayout,
    private readonly offsets: readonly number[],
    private readonly writer: ResultWriter,
  ) {
    const [part, start, steps, matrix, panel, column] = i32Locals(f, 6);
    this.#at = { part, start, steps, matrix, panel, column };
    [this.#b, this.#tile, this.#tileEnd, this.#own] = i32Locals(f, 4);
  }

  /** This thread's share of what is packed before the product. */
  pack(): void {
    const { f, module, params, offsets, layout } = this;
    const { packsA, runs, b, packedB, product } = layout;
    const rowStep = product.transposeA ? 1 : product.k;
    for (const { packed, firstRow } of packsA ? runs : [])
      packShare(f, module, params, packed, params.operands[0]!, offsets[0]! + firstRow * rowStep);
    if (b === "shared") packShare(f, module, params, packedB, params.operands[1]!, offsets[1]!);
  }

  /** This thread's share of the blocks. */
  multiply(): void {
    const { f, params, layout } = this;
    const { part, start, steps, matrix, panel, column } = this.#at;
    const { product, panels, blocks, parts, split, depth, b, bytesPerThread, scratchBytes, width } = layout;
    const [unit, first, end, block, packed] = i32Locals(f, 5);
    setThreadScratch(f, params, scratchBytes, bytesPerThread, this.#own);
    // A thread that packs its panels takes all blocks of one in a row, else all panels of a block.
    const own = b === "own";
    const sizes = [split ? parts : 1, product.batch, ...(own ? [panels, blocks] : [blocks, panels])];
    const tiles = layout.tiles + layout.lastTiles;
    const units = sizes.reduce((count, size) => count * size, 1);
    splitRange(f, params, units, 1, first, end);
    const share = () =>
      f.forRange(unit, first, end, 1, () => {
        f.scratch("i32", (unitPart) => {
          const coordinates = [split ? part : unitPart, matrix, ...(own ? [panel, block] : [block, panel])];
          unflatten(f, unit, sizes, coordinates);
        });
        f.get(block).i32(tiles).emit("i32.mul").i32(blocks).emit("i32.div_u").set(this.#tile);
        f.get(block).i32(1).emit("i32.add").i32(tiles).emit("i32.mul").i32(blocks).emit("i32.div_u");
        f.set(this.#tileEnd);
        f.get(part).i32(depth).emit("i32.mul").set(start);
        setClipped(f, start, depth, product.k, steps);
        f.get(panel).i32(width).emit("i32.mul").set(column);
        if (own) {
          f.get(unit);
          if (blocks > 1) f.i32(blocks).emit("i32.div_u");
          f.get(packed)
            .emit("i32.ne")
            .if(() => {
              f.get(unit);
              if (blocks > 1) f.i32(blocks).emit("i32.div_u");
              f.set(packed);
              this.#packPanel();
            });
          f.get(this.#own).set(this.#b);
        } else this.#findPanel();
        this.#product();
      });
    if (split) {
      f.i32(-1).set(packed);
      share();
    } else
      f.forRange(part, 0, parts, 1, () => {
        f.i32(-1).set(packed);
        share();
      });
  }

  /** Adds up this thread's share of the parts of a sum that has been shared out. */
  sumParts(): void {
    const { f, params, layout } = this;
    const { product, parts, partsStart } = layout;
    const { batch, m, n } = product;
    const [panel, end, column] = i32Locals(f, 3);
    const rest = n % summedColumns;
    const panels = Math.ceil(n / summedColumns);
    splitRange(f, params, panels, 1, panel, end);
    f.forRange(panel, panel, end, 1, () => {
      f.get(panel).i32(summedColumns).emit("i32.mul").set(column);
      const sum = (columns: number) =>
        this.writer.write(f, params, { columns, rowBytes: n * 4, parts: [parts, batch * m * n * 4] }, () => {
          pushAddress(f, params.scratch, [1, partsStart], [column, 4]);
          f.i32(0)
            .get(column)
            .i32(batch * m);
        });
      if (rest === 0) sum(summedColumns);
      else
        f.get(panel)
          .i32(panels - 1)
          .emit("i32.eq")
          .if(
            () => sum(rest),
            () => panels > 1 && sum(summedColumns),
          );
    });
  }

  /** Packs the panel into the thread's own memory. */
  #packPanel(): void {
    const { f, layout } = this;
    const { n, k, transposeB, batchedB } = layout.product;
    f.scratch("i32", (to) =>
      f.scratch("i32", (from) =>
        f.scratch("i32", (count) => {
          this.#pushOperand(1, this.#at.column, transposeB ? k : 1, n, !transposeB, batchedB).set(from);
          f.get(this.#own).set(to);
          setClipped(f, this.#at.column, layout.width, n, count);
          operandPacker(this.module, layout.packedB)(f, to, from, count, this.#at.steps);
        }),
      ),
    );
  }

  /** Sets the pointer to the panel, packed or where B lies; the last panel then begins as late as a whole one can. */
  #findPanel(): void {
    const { f, layout, params } = this;
    const { part, matrix, panel, steps, column } = this.#at;
    const { product, packedB, width } = layout;
    if (layout.b === "shared") {
      pushLine(f, packedB, params.scratch, { part, matrix, line: panel, steps });
      f.set(this.#b);
      return;
    }
    const { n } = product;
    f.scratch("i32", (from) => {
      f.get(column).set(from);
      if (n % width > 0) limit(f, from, n - width, "i32.lt_s");
      this.#pushOperand(1, from, 1, n, true, product.batchedB).set(this.#b);
    });
  }

  /** Pushes the address of an operand's line `at`, whose neighbours lie `step` floats apart, at the part of the sum. */
  #pushOperand(
    operand: 0 | 1,
    at: Int,
    step: number,
    size: number,
    innermost: boolean,
    batched: boolean,
  ): FunctionBuilder {
    const { k } = this.layout.product;
    return pushAddress(
      this.f,
      this.params.operands[operand]!,
      [1, this.offsets[operand]! * 4],
      [this.#at.matrix, batched ? size * k * 4 : 0],
      [this.#at.start, innermost ? size * 4 : 4],
      [at, step * 4],
    );
  }

  /** The product of the block's tiles and the panel: one part of the sum. */
  #product(): void {
    const { f, layout, writer } = this;
    const { part, panel } = this.#at;
    const { parts, split, panels, width, product } = layout;
    const inParts = parts > 1 && !split;
    const rest = product.n % width;
    const unlessLast = (last: () => void, before: () => void) => {
      if (!inParts) last();
      else
        f.get(part)
          .i32(parts - 1)
          .emit("i32.eq")
          .if(last, before);
    };
    const unlessFirst = (first: () => void, later: () => void) =>
      inParts ? f.get(part).if(later, first) : first();
    const direct = () =>
      unlessFirst(
        () => this.#tiles(false, false),
        () => this.#tiles(false, true),
      );
    const viaBlock = (columns: number) => {
      this.#tiles(true, false);
      if (split) return this.#writeTiles(columns, { raw: true, adds: false });
      const before = () =>
        unlessFirst(
          () => this.#writeTiles(columns, { raw: true, adds: false }),
          () => this.#writeTiles(columns, { raw: true, adds: true }),
        );
      unlessLast(() => this.#writeTiles(columns, { raw: false, adds: inParts }), before);
    };
    const full = () => (!writer.changes || split ? direct() : unlessLast(() => viaBlock(width), direct));
    if (rest === 0) full();
    else if (panels === 1) viaBlock(rest);
    else
      f.get(panel)
        .i32(panels - 1)
        .emit("i32.eq")
        .if(() => viaBlock(rest), full);
  }

  /** Multiplies the block's tiles by the panel, into their rows or into the thread's block. */
  #tiles(intoBlock: boolean, adds: boolean): void {
    const { f, module, params, layout } = this;
    const { part, matrix, steps } = this.#at;
    const { runs, packsA, width, vectors, product, panelBytes } = layout;
    const { m, n, k, transposeA, batchedA } = product;
    const cRow = intoBlock ? width * 4 : n * 4;
    const [first, count, row, block] = i32Locals(f, 4);
    if (intoBlock) f.get(this.#own).i32(panelBytes).emit("i32.add").set(block);
    for (const { rows, tiles, firstTile, firstRow, packed, operands } of runs) {
      const kernel = tilesKernel(module, { rows, vectors, operands, cRow, adds });
      const multiply = () => {
        f.get(first).i32(rows).emit("i32.mul").i32(firstRow).emit("i32.add").set(row);
        if (packsA) pushLine(f, packed, params.scratch, { part, matrix, line: first, steps });
        else this.#pushOperand(0, row, transposeA ? 1 : k, m, transposeA, batchedA);
        f.get(this.#b);
        if (intoBlock) f.get(block);
        else this.#pushResult(row);
        f.get(steps, count).call(kernel);
        if (intoBlock)
          f.increment(block, () =>
            f
              .get(count)
              .i32(rows * cRow)
              .emit("i32.mul"),
          );
      };
      // The tiles that the run and the block have in common.
      f.get(this.#tile).set(first).get(this.#tileEnd).set(count);
      if (runs.length > 1) {
        limit(f, first, firstTile, "i32.gt_s");
        limit(f, count, firstTile + tiles, "i32.lt_s");
      }
      f.get(count, first).emit("i32.sub").set(count);
      f.increment(first, -firstTile);
      if (runs.length === 1) multiply();
      else f.get(count).i32(0).emit("i32.gt_s").if(multiply);
    }
  }

  /** Pushes the address of the result, or of this part of it, at a row and the first column of the panel. */
  #pushResult(row: Local): void {
    const { matrix, column } = this.#at;
    const { batch, m, n } = this.layout.product;
    const start = () => this.#pushResultStart();
    pushAddress(this.f, start, [matrix, batch > 1 ? m * n * 4 : 0], [row, n * 4], [column, 4]);
  }

  #pushResultStart(): void {
    const { f, layout, params } = this;
    const { batch, m, n } = layout.product;
    if (!layout.split) f.get(params.outputs[0]!);
    else pushAddress(f, params.scratch, [1, layout.partsStart], [this.#at.part, batch * m * n * 4]);
  }

  /** Writes the thread's block to where it belongs. */
  #writeTiles(columns: number, { raw, adds }: Record<"raw" | "adds", boolean>): void {
    const { f, layout, params, writer } = this;
    const { width, product, panelBytes, runs, b } = layout;
    // A panel read in place that is not full has columns of the one before in front.
    const skip = b === "in place" ? width - columns : 0;
    const pushRow = (tile: Local) => {
      f.get(tile).i32(runs[0]!.rows).emit("i32.mul");
      const [run, last] = runs;
      if (!last) return;
      f.scratch("i32", (beyond) => {
        f.get(tile).i32(last.firstTile).emit("i32.sub").set(beyond);
        limit(f, beyond, 0, "i32.gt_s");
        f.get(beyond)
          .i32(run!.rows - last.rows)
          .emit("i32.mul", "i32.sub");
      });
    };
    const block = { columns, rowBytes: width * 4, adds };
    const pushBlock = () => {
      f.get(this.#own)
        .i32(panelBytes + skip * 4)
        .emit("i32.add");
      pushAddress(f, () => pushRow(this.#tile), [this.#at.matrix, product.batch > 1 ? product.m : 0]);
      f.get(this.#at.column);
      pushRow(this.#tileEnd);
      pushRow(this.#tile);
      f.emit("i32.sub");
    };
    if (raw) writer.writeRaw(f, () => this.#pushResultStart(), block, pushBlock);
    else writer.write(f, params, block, pushBlock);
  }
}

/** `value = max(value, bound)` for `i32.gt_s`, `min` for `i32.lt_s`. */
function limit(f: FunctionBuilder, value: Local, bound: number, keeps: "i32.gt_s" | "i32.lt_s"): void {
  f.get(value).i32(bound).get(value).i32(bound).emit(keeps, "select").set(value);
}
