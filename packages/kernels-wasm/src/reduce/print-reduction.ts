import type { Instruction, ReduceStep } from "@hekla/tensor";
import type { FunctionBuilder, Int, Local, ModuleBuilder } from "../assembler/index.js";
import { loadLanes, storeLanes } from "../elementwise/lanes.js";
import type { NestAxis } from "../elementwise/nest.js";
import { addScaled, decode, productOf, setOperandPointer } from "../elementwise/pointers.js";
import {
  type ProgramSource,
  printLines,
  pushStored,
  splitLines,
  type Values,
} from "../elementwise/print-program.js";
import { pushCoordinate, pushNeighbours } from "../elementwise/print-row.js";
import { Accumulation, type Accumulator, lanesOf } from "./accumulate.js";
import { columnBlock, type ReduceShape } from "./reduce-shape.js";

/** Vectors taken in at a turn, each into its own accumulator. */
const unroll = 4;
/** Loops of so few turns in all around columns of a short program are written out. */
const writtenTurns = 4;
const writtenLines = 10;

/**
 * Code for one unit: `unit` counts places on the kept axes times blocks of columns; `chunk` is the chunk of
 * the reduced axis. Each result goes to its target + 4 * (place in the output).
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

/** Four running values of each result. */
type Accumulators = readonly Accumulator[];

class ReductionPrinter {
  readonly #accumulation: Accumulation;
  readonly #pointers: readonly Local[];
  readonly #position = new Map<NestAxis, Local | number>();
  readonly #index: Local;
  readonly #lines: { constant: number[]; varying: number[] };

  constructor(
    private readonly f: FunctionBuilder,
    private readonly module: ModuleBuilder,
    private readonly step: ReduceStep,
    private readonly shape: ReduceShape,
    private readonly operands: readonly Local[],
    private readonly targets: readonly Local[],
    private readonly chunk: Local | undefined,
  ) {
    const { program } = step;
    this.#accumulation = new Accumulation(
      f,
      step.reduction,
      lanesOf(program.instructions[program.results[0]!]!.dtype),
    );
    this.#pointers = operands.map(() => f.local("i32"));
    this.#index = f.local("i32");
    const { inner } = shape;
    const varies = (instruction: Instruction) =>
      instruction.op === "input"
        ? inner.operandStrides[instruction.index] !== 0
        : instruction.op === "coordinate" && instruction.axis === inner.source;
    this.#lines = splitLines(program, program.results, varies);
  }

  print(unit: Local): void {
    const { f, shape } = this;
    let place = unit;
    let block: Local | undefined;
    if (shape.columnBlocks > 1) {
      [place, block] = [f.local("i32"), f.local("i32")];
      f.get(unit).i32(shape.columnBlocks).emit("i32.div_u").set(place);
      f.get(unit).i32(shape.columnBlocks).emit("i32.rem_u").set(block);
    }
    for (const [axis, index] of decode(f, place, shape.kept)) this.#position.set(axis, index);
    if (shape.innerReduced) this.#rows();
    else this.#columns(block);
  }

  /** The innermost axis is reduced: one result, four accumulators along the row, lanes joined at the end. */
  #rows(): void {
    const { f, shape } = this;
    const accumulation = this.#accumulation;
    const accumulators = this.#create(accumulation.seeksIndex ? 1 : unroll);
    this.#reducedLoops(shape.reduced, () => {
      const [start, end] = this.#range(shape.inner);
      f.int(start).set(this.#index);
      this.#setPointers(typeof start === "number" ? undefined : this.#index);
      const fixed = this.#constants();
      const wide = accumulators.length;
      if (wide > 1 && shape.inner.size >= 4 * wide) this.#along(end, wide, accumulators, fixed);
      if (shape.inner.size >= 4) this.#along(end, 1, accumulators, fixed);
      const rest = shape.inner.size % 4;
      if (rest === 0) return;
      const tail = () => this.#take(accumulators[0]!, fixed, rest, 0);
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
    this.#store(accumulators[0]!, 1, 0, undefined);
  }

  #create(count: number): Accumulators[] {
    const { step } = this;
    const accumulators = Array.from({ length: count }, () =>
      step.program.results.map(() => this.#accumulation.create()),
    );
    this.#start(accumulators);
    return accumulators;
  }

  #start(accumulators: readonly Accumulators[]): void {
    for (const each of accumulators.flat()) this.#accumulation.start(each);
  }

  /** Takes in vectors, `wide` at a turn, while a whole turn is left before `end`. */
  #along(end: Int, wide: number, accumulators: readonly Accumulators[], fixed: Values): void {
    const { f, shape } = this;
    const turn = wide * 4;
    f.block((done) =>
      f.loop((head) => {
        f.int(end).get(this.#index).emit("i32.sub").i32(turn).emit("i32.lt_s").brIf(done);
        for (let k = 0; k < wide; k++) this.#take(accumulators[k]!, fixed, 4, k * 4);
        f.increment(this.#index, turn);
        this.#pointers.forEach((pointer, k) => {
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
    this.#position.set(inner, column);
    const most = Math.max(1, Math.min(unroll, Math.floor(inner.size / 4)));
    const accumulators = this.#create(most);
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
    this.#start(accumulators);
    this.#reducedLoops(shape.reduced, () => {
      f.get(column).set(this.#index);
      this.#setPointers(undefined);
      const fixed = this.#constants();
      accumulators.forEach((each, k) => this.#take(each, fixed, count, k * 4));
    });
    accumulators.forEach((each, k) => this.#store(each, count, k * 4, column));
  }

  /** Loops over reduced axes, outermost first, that leave their counters in the position. */
  #reducedLoops(axes: readonly NestAxis[], body: () => void): void {
    const [axis, ...rest] = axes;
    if (!axis) {
      body();
      return;
    }
    const { innerReduced, chunked } = this.shape;
    const short = productOf(axes) <= writtenTurns && this.#lines.varying.length <= writtenLines;
    if (short && !innerReduced && !(chunked && axes.includes(chunked))) {
      for (let at = 0; at < axis.size; at++) {
        this.#position.set(axis, at);
        this.#reducedLoops(rest, body);
      }
      return;
    }
    const counter = this.f.local("i32");
    this.#position.set(axis, counter);
    const [start, end] = this.#range(axis);
    this.f.forRange(counter, start, end, 1, () => this.#reducedLoops(rest, body));
  }

  /** The part of a reduced axis that this unit takes: all of it, or its chunk. */
  #range(axis: NestAxis): [Int, Int] {
    const { f, shape, chunk } = this;
    if (!chunk || axis !== shape.chunked) return [0, axis.size];
    const [start, end] = [f.local("i32"), f.local("i32")];
    f.get(chunk)
      .i32(shape.chunkLength)
      .emit("i32.mul")
      .tee(start)
      .i32(shape.chunkLength)
      .emit("i32.add")
      .set(end);
    f.get(end).i32(axis.size).get(end).i32(axis.size).emit("i32.lt_s", "select").set(end);
    return [start, end];
  }

  #setPointers(index: Local | undefined): void {
    const position = new Map(this.#position);
    if (index) position.set(this.shape.inner, index);
    this.step.operands.forEach(({ view }, k) => {
      setOperandPointer(this.f, this.#pointers[k]!, this.operands[k]!, view, k, position);
    });
  }

  /** Values that do not change along the vectors. */
  #constants(): Values {
    const values: Values = new Map();
    printLines(this.f, this.module, this.step.program, this.#lines.constant, values, this.#source(4, 0));
    return values;
  }

  #source(count: number, skip: number): ProgramSource {
    const { f, shape } = this;
    return {
      load: (k) => {
        loadLanes(f, { pointer: this.#pointers[k]!, stride: shape.inner.operandStrides[k]!, count, skip });
      },
      coordinate: (axis) => {
        if (axis === shape.inner.source) pushNeighbours(f, this.#index, skip);
        else pushCoordinate(f, axis, this.#position);
      },
    };
  }

  /**
   * Evaluates the program on `count` elements and takes the results in; missing lanes count as the identity.
   */
  #take(accumulators: Accumulators, fixed: Values, count: number, skip: number): void {
    const { f, module, step, shape } = this;
    const { program } = step;
    const values: Values = new Map(fixed);
    printLines(f, module, program, this.#lines.varying, values, this.#source(count, skip));
    accumulators.forEach((accumulator, result) => {
      f.scratch("v128", (value) => {
        pushStored(f, program, program.results[result]!, values);
        if (shape.innerReduced && count < 4) {
          this.#accumulation.pushIdentity();
          f.i32x4(...[0, 1, 2, 3].map((lane) => (lane < count ? -1 : 0))).emit("v128.bitselect");
        }
        f.set(value);
        if (!this.#accumulation.seeksIndex) return this.#accumulation.add(accumulator, value, undefined);
        f.scratch("v128", (index) => {
          this.#pushIndex(skip);
          f.set(index);
          this.#accumulation.add(accumulator, value, index);
        });
      });
    });
  }

  /** Pushes the indices along the one reduced axis. */
  #pushIndex(skip: number): void {
    const { f, shape } = this;
    if (shape.innerReduced) {
      pushNeighbours(f, this.#index, skip);
    } else if (shape.reduced[0]) {
      f.int(this.#position.get(shape.reduced[0])!).emit("i32x4.splat");
    } else {
      f.i32x4(0);
    }
  }

  #store(accumulators: Accumulators, count: number, skip: number, column: Local | undefined): void {
    const { f, shape } = this;
    const stride = shape.innerReduced ? 1 : shape.inner.outputStride;
    accumulators.forEach((accumulator, result) => {
      f.scratch("i32", (pointer) => {
        f.get(this.targets[result]!);
        for (const axis of shape.kept) addScaled(f, this.#position.get(axis)!, axis.outputStride * 4);
        if (column) addScaled(f, column, shape.inner.outputStride * 4);
        f.set(pointer);
        storeLanes(f, { pointer, stride, count, skip }, this.#accumulation.result(accumulator));
      });
    });
  }
}
