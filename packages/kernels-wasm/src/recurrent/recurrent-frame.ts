import {
  type RecurrentLayout,
  type RecurrentOperand,
  type RecurrentRoutine,
  recurrentLayout,
} from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, roundUp } from "../gemm/address.js";
import { tileRows } from "../gemm/micro-kernel.js";
import { type Kernel, type KernelParams, kernelFunction, splitRange } from "../kernel.js";
import { emitPacking, type Product, packedBytes, plainProduct, rowProduct, tileProduct } from "./product.js";
import { loopOverRow, type RowLanes } from "./row-loop.js";

/** Rows of scratch memory, one a sample and some more that fill up the last tile. */
export interface Area {
  readonly start: number;
  /** Elements from row to row. */
  readonly row: number;
}

/** A product with the recurrent kernel, in every step: what it reads and where it goes. */
export interface Stage {
  readonly product: Product;
  readonly packed: number;
  readonly a: Area;
  /** First element of a row of `a`, and of `c`. */
  readonly aColumn: number;
  readonly c: Area;
  readonly cColumn: number;
}

/** Sizes of a recurrent routine, its scratch areas and its products. */
export class RecurrentFrame {
  readonly layout: RecurrentLayout;
  readonly width: number;
  readonly rows: number;
  readonly #stages: Stage[] = [];
  #bytes = 0;

  constructor(
    readonly module: ModuleBuilder,
    readonly routine: RecurrentRoutine,
    readonly offsets: readonly number[],
  ) {
    this.layout = recurrentLayout(routine);
    this.width = this.layout.gates * routine.units;
    this.rows = roundUp(routine.batch, tileRows);
  }

  area(row: number): Area {
    return { start: this.#take(this.rows * row * 4), row };
  }

  #take(bytes: number): number {
    const start = this.#bytes;
    this.#bytes += roundUp(bytes, 64);
    return start;
  }

  /** Plans a product of `a` with the kernel's columns of gates `[from, to)`. */
  forward(a: Area, c: Area, from: number, to: number): Stage {
    const { units } = this.routine;
    const product = {
      k: units,
      n: (to - from) * units,
      strides: { k: this.width, n: 1 },
      start: from * units,
      aRow: a.row,
      cRow: c.row,
    };
    return this.#stage({ product, a, aColumn: 0, c, cColumn: from * units });
  }

  /** Plans a product of gates `[from, to)` of `a` with the same columns, transposed. */
  backward(a: Area, c: Area, from: number, to: number): Stage {
    const { units } = this.routine;
    const product = {
      k: (to - from) * units,
      n: units,
      strides: { k: 1, n: this.width },
      start: from * units,
      aRow: a.row,
      cRow: c.row,
    };
    return this.#stage({ product, a, aColumn: from * units, c, cColumn: 0 });
  }

  #stage(given: Omit<Stage, "packed">): Stage {
    const bytes = this.module.features.tuned ? packedBytes(given.product) : 0;
    const stage = { ...given, packed: this.#take(bytes) };
    this.#stages.push(stage);
    return stage;
  }

  /** The kernel: the matrices packed, then `body` for each thread's own samples, all steps without a barrier. */
  kernel(body: (printer: RecurrentPrinter) => void): Kernel {
    const { module, layout, routine } = this;
    const { batch, steps, units } = routine;
    const count = layout.operands.length;
    const tuned = batch > 1 ? tileProduct : rowProduct;
    const multiply = new Map(
      this.#stages.map((stage) => [
        stage,
        (module.features.tuned ? tuned : plainProduct)(module, stage.product),
      ]),
    );
    const scratch = this.#bytes;
    const packing = kernelFunction(module, `${routine.name} kernel`, count, 1, (f, params) => {
      const at = layout.operands.indexOf("kernel");
      const matrix = f.local("i32");
      pushAddress(f, params.operands[at]!, [1, this.offsets[at]! * 4]).set(matrix);
      for (const { product, packed } of this.#stages) {
        emitPacking(f, module, params, product, matrix, () => pushAddress(f, params.scratch, [1, packed]));
      }
    });
    const main = kernelFunction(module, routine.name, count, 1, (f, params) => {
      body(new RecurrentPrinter(f, params, this, multiply));
    });
    const phases = module.features.tuned ? [packing, main] : [main];
    return {
      phases: batch > 0 ? phases : [],
      scratchBytes: scratch,
      serial: batch * steps * units * this.width < smallWork,
    };
  }
}

/** Multiply-adds that one thread does in some 5 us: less is not worth waking another. */
const smallWork = 1 << 16;

/** Prints the parts that both directions are made of, over the tiles `[firstTile, lastTile)` of this thread. */
export class RecurrentPrinter {
  readonly module: ModuleBuilder;
  readonly #firstTile: Local;
  readonly #tiles: Local;
  readonly #endRow: Local;
  readonly step: Local;
  /** The sample at hand, and its step's place among all steps of all samples. */
  readonly row: Local;
  readonly place: Local;

  constructor(
    readonly f: FunctionBuilder,
    readonly params: KernelParams,
    readonly frame: RecurrentFrame,
    private readonly multiply: ReadonlyMap<Stage, number>,
  ) {
    this.module = frame.module;
    const [firstTile, end, tiles, endRow, step, row, place] = i32Locals(f, 7);
    this.#firstTile = firstTile;
    this.#tiles = tiles;
    this.#endRow = endRow;
    [this.step, this.row, this.place] = [step, row, place];
    splitRange(f, params, frame.rows / tileRows, 1, firstTile, end);
    f.get(end, firstTile).emit("i32.sub").set(tiles);
    const { batch } = frame.routine;
    f.get(end).i32(tileRows).emit("i32.mul").tee(endRow).i32(batch).get(endRow).i32(batch);
    f.emit("i32.lt_s", "select").set(endRow);
  }

  /** Runs `body` unless this thread has no samples. */
  ifAny(body: () => void): void {
    this.f
      .get(this.#tiles)
      .i32(0)
      .emit("i32.gt_s")
      .if(() => body());
  }

  /** Sets an area's rows of this thread to zero, those that only fill up a tile as well. */
  clear({ start, row }: Area): void {
    pushAddress(this.f, this.params.scratch, [1, start], [this.#firstTile, tileRows * row * 4]).i32(0);
    this.f
      .get(this.#tiles)
      .i32(tileRows * row * 4)
      .emit("i32.mul")
      .fillMemory();
  }

  product(stage: Stage): void {
    const { f, params } = this;
    const { product, packed, a, aColumn, c, cColumn } = stage;
    const area = (of: Area, column: number) =>
      pushAddress(f, params.scratch, [1, of.start + column * 4], [this.#firstTile, tileRows * of.row * 4]);
    area(a, aColumn);
    if (this.module.features.tuned) pushAddress(f, params.scratch, [1, packed]);
    else this.#operand("kernel", [1, product.start * 4]);
    area(c, cColumn).get(this.#tiles).call(this.multiply.get(stage)!);
  }

  /** `body` for each sample of this thread. */
  eachSample(body: () => void): void {
    const { f } = this;
    const first = () => f.get(this.#firstTile).i32(tileRows).emit("i32.mul");
    f.forRange(this.row, first, this.#endRow, 1, body);
  }

  /** `body` for each sample of this thread in the current step, with `place` set. */
  eachPlace(body: () => void): void {
    this.eachSample(() => {
      pushAddress(this.f, this.step, [this.row, this.frame.routine.steps]).set(this.place);
      body();
    });
  }

  /** `live` where the mask counts the place, else `masked`. */
  byMask(live: () => void, masked?: () => void): void {
    if (!this.frame.routine.mask) live();
    else {
      this.#operand("mask", [this.place, 4]).load("i32.load");
      this.f.if(() => live(), masked);
    }
  }

  #operand(
    name: RecurrentOperand,
    ...terms: readonly (readonly [Local | number, number])[]
  ): FunctionBuilder {
    const at = this.frame.layout.operands.indexOf(name);
    return pushAddress(this.f, this.params.operands[at]!, [1, this.frame.offsets[at]! * 4], ...terms);
  }

  /** A pointer to `start + index * row` elements of an operand. */
  operand(name: RecurrentOperand, index: Local, row: number, start = 0): Local {
    const pointer = this.f.local("i32");
    this.#operand(name, [1, start * 4], [index, row * 4]).set(pointer);
    return pointer;
  }

  /** A pointer to `start + index * row` elements of the result. */
  result(index: Local, row: number, start = 0): Local {
    const pointer = this.f.local("i32");
    pushAddress(this.f, this.params.outputs[0]!, [1, start * 4], [index, row * 4]).set(pointer);
    return pointer;
  }

  /** A pointer to this sample's row of an area. */
  own({ start, row }: Area): Local {
    const pointer = this.f.local("i32");
    pushAddress(this.f, this.params.scratch, [1, start], [this.row, row * 4]).set(pointer);
    return pointer;
  }

  /** A loop over the units of a gate, or of `gates` that lie side by side. */
  eachUnit(body: (lanes: RowLanes) => void, gates = 1): void {
    loopOverRow(this.f, this.module, gates * this.frame.routine.units, body);
  }

  /** Copies `units` elements from row to row. */
  copy(to: Local, from: Local): void {
    this.f
      .get(to, from)
      .i32(this.frame.routine.units * 4)
      .copyMemory();
  }
}
