import type { ReduceStep } from "@hekla/tensor";
import type { FunctionBuilder, Int, Local, ModuleBuilder } from "../assembler/index.js";
import { decode } from "../elementwise/pointers.js";
import type { Values } from "../elementwise/print-program.js";
import { columnBlock, type ReduceShape } from "./reduce-shape.js";
import { type Accumulators, ReductionBody } from "./reduction-body.js";
import { isReadByRows, printRowPasses } from "./row-passes.js";

/** Vectors taken in at a turn, each into its own accumulator. */
const unroll = 4;
/**
 * Code for one unit: `unit` counts places on the kept axes times blocks of columns; `chunk` is the chunk of
 * the reduced axis. Each result goes to its target + 4 * (place in the output). Where indices are sought, the
 * last target is room for the values found there.
 */
export function printReduction(
  f: FunctionBuilder,
  module: ModuleBuilder,
  step: ReduceStep,
  shape: ReduceShape,
  operands: readonly Local[],
  targets: readonly Local[],
  unit: Local,
  chunk: Local | undefined,
): void {
  new ReductionPrinter(f, module, step, shape, operands, targets, chunk).print(unit);
}

class ReductionPrinter extends ReductionBody {
  print(unit: Local): void {
    const { f, shape } = this;
    let place = unit;
    let block: Local | undefined;
    if (shape.columnBlocks > 1) {
      [place, block] = [f.local("i32"), f.local("i32")];
      f.get(unit).i32(shape.columnBlocks).emit("i32.div_u").set(place);
      f.get(unit).i32(shape.columnBlocks).emit("i32.rem_u").set(block);
    }
    for (const [axis, index] of decode(f, place, shape.kept)) this.position.set(axis, index);
    if (shape.innerReduced) this.#rows();
    else if (isReadByRows(this)) printRowPasses(this);
    else this.#columns(block);
  }

  /** The innermost axis is reduced: one result, four accumulators along the row, lanes joined at the end. */
  #rows(): void {
    const { f, shape } = this;
    const accumulation = this.accumulation;
    const accumulators = this.create(unroll);
    this.start(accumulators);
    this.reducedLoops(shape.reduced, () => {
      const [start, end] = this.range(shape.inner);
      f.int(start).set(this.index);
      this.setPointers(typeof start === "number" ? undefined : this.index);
      const fixed = this.constants();
      const wide = accumulators.length;
      if (wide > 1 && shape.inner.size >= 4 * wide) this.#along(end, wide, accumulators, fixed);
      if (shape.inner.size >= 4) this.#along(end, 1, accumulators, fixed);
      const rest = shape.inner.size % 4;
      if (rest === 0) return;
      const tail = () => this.take(accumulators[0]!, fixed, rest, 0);
      if (typeof end === "number") tail();
      else f.int(end).i32(shape.inner.size).emit("i32.eq").if(tail);
    });
    for (let gap = 1; gap < accumulators.length; gap *= 2) {
      for (let k = 0; k + gap < accumulators.length; k += 2 * gap) {
        accumulators[k]!.forEach((each, result) => {
          accumulation.join(each, accumulators[k + gap]![result]!);
        });
      }
    }
    for (const each of accumulators[0]!) accumulation.joinLanes(each);
    this.store(accumulators[0]!, 1, 0, undefined);
  }

  /** Takes in vectors, `wide` at a turn, while a whole turn is left before `end`. */
  #along(end: Int, wide: number, accumulators: readonly Accumulators[], fixed: Values): void {
    const { f, shape } = this;
    const turn = wide * 4;
    f.block((done) =>
      f.loop((head) => {
        f.int(end).get(this.index).emit("i32.sub").i32(turn).emit("i32.lt_s").brIf(done);
        for (let k = 0; k < wide; k++) this.take(accumulators[k]!, fixed, 4, k * 4);
        f.increment(this.index, turn);
        this.pointers.forEach((pointer, k) => {
          const stride = shape.inner.operandStrides[k]!;
          if (stride !== 0) f.increment(pointer, stride * turn * 4);
        });
        f.br(head);
      }),
    );
  }

  /**
   * The innermost axis is kept: each column has its own result; blocks of 16 columns go down the rows
   * together.
   */
  #columns(block: Local | undefined): void {
    const { f, shape } = this;
    const { inner } = shape;
    const column = f.local("i32");
    const end = f.local("i32");
    if (block) {
      f.get(block).i32(columnBlock).emit("i32.mul").set(column);
      f.get(column).i32(columnBlock).emit("i32.add").tee(end).i32(inner.size);
      f.get(end).i32(inner.size).emit("i32.lt_s", "select").set(end);
    } else {
      f.i32(0).set(column).i32(inner.size).set(end);
    }
    this.position.set(inner, column);
    const most = Math.max(1, Math.min(unroll, Math.floor(inner.size / 4)));
    const accumulators = this.create(most);
    for (const wide of most > 1 ? [most, 1] : [1]) {
      if (inner.size < 4 || (wide < most && !block && inner.size % (most * 4) < 4)) break;
      f.block((done) =>
        f.loop((head) => {
          f.get(end, column)
            .emit("i32.sub")
            .i32(wide * 4)
            .emit("i32.lt_s")
            .brIf(done);
          this.#downColumns(accumulators.slice(0, wide), 4, column);
          f.increment(column, wide * 4).br(head);
        }),
      );
    }
    const rest = inner.size % 4;
    if (rest === 0) return;
    const tail = () => this.#downColumns(accumulators.slice(0, 1), rest, column);
    if (block) f.get(column, end).emit("i32.lt_s").if(tail);
    else tail();
  }

  #downColumns(accumulators: readonly Accumulators[], count: number, column: Local): void {
    const { f, shape } = this;
    this.start(accumulators);
    this.reducedLoops(shape.reduced, () => {
      f.get(column).set(this.index);
      this.setPointers(undefined);
      const fixed = this.constants();
      accumulators.forEach((each, k) => this.take(each, fixed, count, k * 4));
    });
    accumulators.forEach((each, k) => this.store(each, count, k * 4, column));
  }
}
