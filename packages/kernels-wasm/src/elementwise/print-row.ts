import type { ElementwiseStep, Instruction } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import type { KernelParams } from "../kernel.js";
import { type HalfRate, halfRate } from "./half-rate.js";
import { loadElements, loadLanes, storeLanes } from "./lanes.js";
import type { NestAxis } from "./nest.js";
import { addScaled, type Position, setOperandPointer } from "./pointers.js";
import { type ProgramSource, printLines, pushStored, splitLines, type Values } from "./print-program.js";

/** What is computed, over what. */
export type ElementwiseWork = Pick<ElementwiseStep, "label" | "shape" | "operands" | "program">;

/** Part of a row: from a multiple of 4 up to a multiple of 4 or the end of the row. */
export interface RowPart {
  readonly start: Local;
  readonly end: Local;
}

/** Vectors done in one turn of the loop along a row: enough that counting is little work beside the program. */
const turnVectors = (lines: number): number => (lines <= 10 ? 4 : lines <= 30 ? 2 : 1);

/** A row at a place on the outer axes: its pointers, and the code for vectors of it. */
export class Row {
  readonly #operands: readonly Local[];
  readonly #outputs: readonly Local[];
  readonly #position: Map<NestAxis, Local | number>;
  readonly #index: Local;
  readonly #fixed: Values = new Map();
  readonly #lines: { constant: number[]; varying: number[] };
  readonly #half: HalfRate | undefined;

  /** Sets the pointers to the row's start, or to that of its part. */
  constructor(
    private readonly f: FunctionBuilder,
    private readonly module: ModuleBuilder,
    private readonly step: ElementwiseWork,
    params: KernelParams,
    place: Position,
    private readonly inner: NestAxis,
    private readonly part?: RowPart,
  ) {
    const { program } = step;
    this.#index = f.local("i32");
    this.#position = new Map(place);
    if (part) {
      f.get(part.start).set(this.#index);
      this.#position.set(inner, this.#index);
    } else {
      f.i32(0).set(this.#index);
    }
    this.#operands = step.operands.map(({ view }, k) => {
      const pointer = f.local("i32");
      setOperandPointer(f, pointer, params.operands[k]!, view, k, this.#position);
      return pointer;
    });
    this.#outputs = params.outputs.map((base) => {
      const pointer = f.local("i32");
      f.get(base);
      for (const [axis, at] of this.#position) addScaled(f, at, axis.outputStride * 4);
      f.set(pointer);
      return pointer;
    });
    const varies = (instruction: Instruction) =>
      instruction.op === "input"
        ? inner.operandStrides[instruction.index] !== 0 ||
          (inner.inside?.operandStrides[instruction.index] ?? 0) !== 0
        : instruction.op === "coordinate" && instruction.axis === inner.source;
    this.#lines = splitLines(program, program.results, varies);
    this.#half = halfRate(program, this.#lines.varying, inner.source);
    printLines(f, module, program, this.#lines.constant, this.#fixed, this.#source(4, 0, undefined));
  }

  /** All vectors of the row or its part. */
  print(): void {
    const { f, part, inner } = this;
    if (inner.inside) {
      this.#printShort(inner.inside.size);
      return;
    }
    const lastFull = inner.size - (inner.size % 4);
    const most = this.#half ? 4 : turnVectors(this.#lines.varying.length);
    const wide = inner.size >= most * 4 ? most : 1;
    const single = wide > 1 && (part !== undefined || inner.size % (wide * 4) >= 4);
    for (const vectors of inner.size < 4 ? [] : single ? [wide, 1] : [wide]) {
      const turn = vectors * 4;
      const end = part ? () => f.get(part.end).i32(-4).emit("i32.and") : () => f.i32(lastFull);
      f.block((done) =>
        f.loop((head) => {
          end();
          f.get(this.#index).emit("i32.sub").i32(turn).emit("i32.lt_s").brIf(done);
          if (vectors === 4 && this.#half) this.#pairs(this.#half);
          else for (let k = 0; k < vectors; k++) this.vector(4, k * 4);
          this.advance(turn);
          f.br(head);
        }),
      );
    }
    const rest = inner.size % 4;
    if (rest === 0) return;
    if (!part) this.vector(rest);
    else
      f.get(part.end)
        .i32(inner.size)
        .emit("i32.eq")
        .if(() => this.vector(rest));
  }

  /** A row of an axis with a short one inside: turns take whole numbers of vectors and of short rows. */
  #printShort(short: number): void {
    const { f, inner } = this;
    const whole = [1, 2, 3, 4, 5, 6, 7, 8].find((vectors) => (vectors * 4) % short === 0)!; // cast: 8 at most
    const vectors = whole * Math.max(1, Math.floor(turnVectors(this.#lines.varying.length) / whole));
    const rest = inner.size % (vectors * 4);
    if (rest < inner.size) {
      f.loop((head) => {
        for (let k = 0; k < vectors; k++) this.vector(4, k * 4);
        this.advance(vectors * 4);
        f.get(this.#index)
          .i32(inner.size - rest)
          .emit("i32.lt_s")
          .brIf(head);
      });
    }
    for (let at = 0; at < rest; at += 4) this.vector(Math.min(4, rest - at), at);
  }

  /** One vector, of `count` elements; operands in `loaded` are at hand. */
  vector(count: number, skip = 0, loaded?: ReadonlyMap<number, Local>): void {
    const { f, module, step } = this;
    const values: Values = new Map(this.#fixed);
    printLines(f, module, step.program, this.#lines.varying, values, this.#source(count, skip, loaded));
    this.#store(values, count, skip);
  }

  advance(elements: number): void {
    const { f, inner } = this;
    this.#operands.forEach((pointer, k) => {
      const bytes = (inner.operandStrides[k]! * elements * 4) / (inner.inside?.size ?? 1);
      if (bytes !== 0) f.increment(pointer, bytes);
    });
    for (const pointer of this.#outputs) f.increment(pointer, elements * 4);
    f.increment(this.#index, elements);
  }

  /** The pointer that walks along an operand. */
  pointer(operand: number): Local {
    return this.#operands[operand]!;
  }

  /**
   * Two pairs of vectors, with the lines of half rate evaluated once a pair, in turns: a cipher is a long chain, so that
   * the processor has time for another one beside it.
   */
  #pairs({ even, read, full }: HalfRate): void {
    const { f, module, step } = this;
    const pairs = [0, 8].map((skip) => ({
      skip,
      shared: new Map(this.#fixed),
      source: this.#source(4, skip, undefined, 2),
    }));
    for (const line of even) {
      for (const { shared, source } of pairs) printLines(f, module, step.program, [line], shared, source);
    }
    for (const { skip, shared } of pairs) {
      for (const at of [0, 2]) {
        const values: Values = new Map(this.#fixed);
        for (const line of read) {
          const both = f.local("v128");
          f.get(shared.get(line)!, shared.get(line)!)
            .shuffle(at, at, at + 1, at + 1)
            .set(both);
          values.set(line, both);
        }
        printLines(f, module, step.program, full, values, this.#source(4, skip + at * 2, undefined));
        this.#store(values, 4, skip + at * 2);
      }
    }
  }

  #source(
    count: number,
    skip: number,
    loaded: ReadonlyMap<number, Local> | undefined,
    step = 1,
  ): ProgramSource {
    const { f, inner } = this;
    return {
      load: (k) => {
        const at = loaded?.get(k);
        if (at) f.get(at);
        else if (inner.inside) {
          const { size, operandStrides } = inner.inside;
          const distance = (at: number) =>
            Math.floor(at / size) * inner.operandStrides[k]! + (at % size) * operandStrides[k]!;
          loadElements(
            f,
            this.#operands[k]!,
            Array.from({ length: count }, (_, lane) => distance(skip + lane)),
          );
        } else loadLanes(f, { pointer: this.#operands[k]!, stride: inner.operandStrides[k]!, count, skip });
      },
      coordinate: (axis) => {
        if (axis === inner.source) pushNeighbours(f, this.#index, skip, step);
        else pushCoordinate(f, axis, this.#position);
      },
    };
  }

  #store(values: Values, count: number, skip: number): void {
    const { f } = this;
    const { program } = this.step;
    // All results stand in locals before the first is written: an output may lie where an operand lies.
    const stored = program.results.map((line) => {
      if (program.instructions[line]!.dtype !== "bool") return values.get(line)!;
      const local = f.local("v128");
      pushStored(f, program, line, values);
      f.set(local);
      return local;
    });
    stored.forEach((local, at) => {
      storeLanes(f, { pointer: this.#outputs[at]!, stride: 1, count, skip }, local);
    });
  }
}

/** Pushes four coordinates on the innermost axis, from `index + skip` on. */
export function pushNeighbours(f: FunctionBuilder, index: Local, skip: number, step = 1): void {
  f.get(index).emit("i32x4.splat");
  f.i32x4(...[0, 1, 2, 3].map((lane) => skip + lane * step)).emit("i32x4.add");
}

/** Pushes the coordinate along an outer axis, four times. */
export function pushCoordinate(f: FunctionBuilder, axis: number, position: Position): void {
  const found = [...position].find(([{ source }]) => source === axis);
  if (found) f.int(found[1]).emit("i32x4.splat");
  else f.i32x4(0);
}
