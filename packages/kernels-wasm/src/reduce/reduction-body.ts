import type { Instruction, ReduceStep } from "@hekla/tensor";
import type { FunctionBuilder, Int, Local, ModuleBuilder } from "../assembler/index.js";
import { loadLanes, storeLanes } from "../elementwise/lanes.js";
import type { NestAxis } from "../elementwise/nest.js";
import { addScaled, productOf, setOperandPointer } from "../elementwise/pointers.js";
import {
  type ProgramSource,
  printLines,
  pushStored,
  splitLines,
  type Values,
} from "../elementwise/print-program.js";
import { pushCoordinate, pushNeighbours } from "../elementwise/print-row.js";
import { Accumulation, type Accumulator, lanesOf } from "./accumulate.js";
import type { ReduceShape } from "./reduce-shape.js";

/** Loops of so few turns in all around columns of a short program are written out. */
const writtenTurns = 4;
const writtenLines = 10;

/** Four running values of each result. */
export type Accumulators = readonly Accumulator[];

/**
 * What the loops of a unit are made of: its place, the reduced axes, and values that are taken in and
 * stored.
 */
export class ReductionBody {
  readonly accumulation: Accumulation;
  pointers: readonly Local[];
  readonly position = new Map<NestAxis, Local | number>();
  readonly index: Local;
  readonly lines: { constant: number[]; varying: number[] };

  constructor(
    readonly f: FunctionBuilder,
    readonly module: ModuleBuilder,
    readonly step: ReduceStep,
    readonly shape: ReduceShape,
    readonly operands: readonly Local[],
    readonly targets: readonly Local[],
    readonly chunk: Local | undefined,
  ) {
    const { program } = step;
    this.accumulation = new Accumulation(
      f,
      step.reduction,
      lanesOf(program.instructions[program.results[0]!]!.dtype),
    );
    this.pointers = operands.map(() => f.local("i32"));
    this.index = f.local("i32");
    const { inner } = shape;
    const varies = (instruction: Instruction) =>
      instruction.op === "input"
        ? inner.operandStrides[instruction.index] !== 0
        : instruction.op === "coordinate" && instruction.axis === inner.source;
    this.lines = splitLines(program, program.results, varies);
  }

  create(count: number): Accumulators[] {
    const { step } = this;
    const accumulators = Array.from({ length: count }, () =>
      step.program.results.map(() => this.accumulation.create()),
    );
    return accumulators;
  }

  start(accumulators: readonly Accumulators[]): void {
    for (const each of accumulators.flat()) this.accumulation.start(each);
  }

  /** Loops over reduced axes, outermost first, that leave their counters in the position. */
  reducedLoops(axes: readonly NestAxis[], body: () => void): void {
    const [axis, ...rest] = axes;
    if (!axis) {
      body();
      return;
    }
    const { innerReduced, chunked } = this.shape;
    const short = productOf(axes) <= writtenTurns && this.lines.varying.length <= writtenLines;
    if (short && !innerReduced && !(chunked && axes.includes(chunked))) {
      for (let at = 0; at < axis.size; at++) {
        this.position.set(axis, at);
        this.reducedLoops(rest, body);
      }
      return;
    }
    const counter = this.f.local("i32");
    this.position.set(axis, counter);
    const [start, end] = this.range(axis);
    this.f.forRange(counter, start, end, 1, () => this.reducedLoops(rest, body));
  }

  /** The part of a reduced axis that this unit takes: all of it, or its chunk. */
  range(axis: NestAxis): [Int, Int] {
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

  setPointers(index: Local | undefined): void {
    const position = new Map(this.position);
    if (index) position.set(this.shape.inner, index);
    this.step.operands.forEach(({ view }, k) => {
      setOperandPointer(this.f, this.pointers[k]!, this.operands[k]!, view, k, position);
    });
  }

  /** Values that do not change along the vectors. */
  constants(): Values {
    const values: Values = new Map();
    printLines(this.f, this.module, this.step.program, this.lines.constant, values, this.#source(4, 0));
    return values;
  }

  #source(count: number, skip: number): ProgramSource {
    const { f, shape } = this;
    return {
      load: (k) => {
        loadLanes(f, { pointer: this.pointers[k]!, stride: shape.inner.operandStrides[k]!, count, skip });
      },
      coordinate: (axis) => {
        if (axis === shape.inner.source) pushNeighbours(f, this.index, skip);
        else pushCoordinate(f, axis, this.position);
      },
    };
  }

  /**
   * Evaluates the program on `count` elements and takes the results in; missing lanes count as the identity.
   */
  take(accumulators: Accumulators, fixed: Values, count: number, skip: number): void {
    const { f, module, step, shape } = this;
    const { program } = step;
    const values: Values = new Map(fixed);
    printLines(f, module, program, this.lines.varying, values, this.#source(count, skip));
    accumulators.forEach((accumulator, result) => {
      f.scratch("v128", (value) => {
        pushStored(f, program, program.results[result]!, values);
        if (shape.innerReduced && count < 4) {
          this.accumulation.pushIdentity();
          f.i32x4(...[0, 1, 2, 3].map((lane) => (lane < count ? -1 : 0))).emit("v128.bitselect");
        }
        f.set(value);
        if (!this.accumulation.seeksIndex) return this.accumulation.add(accumulator, value, undefined);
        f.scratch("v128", (index) => {
          this.#pushIndex(skip);
          f.set(index);
          this.accumulation.add(accumulator, value, index);
        });
      });
    });
  }

  /** Pushes the indices along the one reduced axis. */
  #pushIndex(skip: number): void {
    const { f, shape } = this;
    if (shape.innerReduced) {
      pushNeighbours(f, this.index, skip);
    } else if (shape.reduced[0]) {
      f.int(this.position.get(shape.reduced[0])!).emit("i32x4.splat");
    } else {
      f.i32x4(0);
    }
  }

  store(accumulators: Accumulators, count: number, skip: number, column: Local | undefined): void {
    const { f, shape } = this;
    const stride = shape.innerReduced ? 1 : shape.inner.outputStride;
    accumulators.forEach((accumulator, result) => {
      f.scratch("i32", (pointer) => {
        this.setTarget(pointer, this.targets[result]!, column);
        storeLanes(f, { pointer, stride, count, skip }, this.accumulation.result(accumulator));
      });
    });
  }

  /** Sets `to` to where the unit's results (or those from `column` on) go from `target`. */
  setTarget(to: Local, target: Local, column: Local | undefined): void {
    const { f, shape } = this;
    f.get(target);
    for (const axis of shape.kept) addScaled(f, this.position.get(axis)!, axis.outputStride * 4);
    if (column) addScaled(f, column, shape.inner.outputStride * 4);
    f.set(to);
  }
}
