import { type ElementwiseStep, type Instruction, rowMajorStrides, sizeOf } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { type Kernel, type KernelParams, kernelFunction, splitRange } from "../kernel.js";
import { loadLanes, storeLanes } from "./lanes.js";
import { loopNest, type NestAxis } from "./nest.js";
import { addScaled, decode, type Position, productOf, setOperandPointer } from "./pointers.js";
import {
  type ProgramSource,
  printLines,
  pushStored,
  readsCoordinates,
  splitLines,
  type Values,
} from "./print-program.js";
import { isSmall } from "./work.js";

/** With at least so many rows threads share out rows, else they share out each row. */
const manyRows = 32;
/** Elements along the innermost axis are dealt out in multiples of a cache line. */
const lineElements = 16;
/**
 * Elements along the innermost axis that are done together where an operand is transposed: so many of its
 * cache lines stay in the first-level cache even where they all fall into one set (4 KiB apart).
 */
const tileElements = 8;
/** Shorter rows of a transposed operand stay in the cache as they are. */
const crossingElements = 256;

type ElementwiseWork = Pick<ElementwiseStep, "label" | "shape" | "operands" | "program">;

/** One loop over the elements of a step, four at a time along the innermost axis. */
export function emitElementwise(module: ModuleBuilder, step: ElementwiseWork): Kernel {
  const size = sizeOf(step.shape);
  if (size === 0) return { phases: [], scratchBytes: 0 };
  const { operands, program } = step;
  const phase = kernelFunction(module, step.label, operands.length, program.results.length, (f, params) =>
    printElementwise(f, module, step, params),
  );
  return { phases: [phase], scratchBytes: 0, serial: isSmall(size, program) };
}

/** This thread's share of the elements; `params.outputs` are where the results go. */
export function printElementwise(
  f: FunctionBuilder,
  module: ModuleBuilder,
  step: ElementwiseWork,
  params: KernelParams,
): void {
  const nest = loopNest(
    step.shape,
    step.operands.map(({ view }) => view),
    rowMajorStrides(step.shape),
    !readsCoordinates(step.program),
  );
  const inner = nest.at(-1) ?? scalarAxis(step.operands.length);
  const outer = nest.slice(0, -1);
  const rows = productOf(outer);
  const [start, end, unit] = [f.local("i32"), f.local("i32"), f.local("i32")];
  const across = crossingAxis(inner, outer);
  if (across) {
    printTiles(
      f,
      module,
      step,
      params,
      across,
      outer.filter((axis) => axis !== across),
      inner,
    );
  } else if (rows >= manyRows) {
    splitRange(f, params, rows, Math.max(1, Math.ceil(lineElements / inner.size)), start, end);
    f.forRange(unit, start, end, 1, () => printRow(f, module, step, params, decode(f, unit, outer), inner));
  } else {
    splitRange(f, params, inner.size, lineElements, start, end);
    f.get(start, end)
      .emit("i32.lt_s")
      .if(() => {
        f.forRange(unit, 0, rows, 1, () =>
          printRow(f, module, step, params, decode(f, unit, outer), inner, { start, end }),
        );
      });
  }
}

/**
 * An outer axis along which an operand lies without gaps that jumps along the innermost (a transposed
 * operand).
 */
function crossingAxis(inner: NestAxis, outer: readonly NestAxis[]): NestAxis | undefined {
  const jumping = inner.operandStrides.findIndex((stride) => Math.abs(stride) >= lineElements);
  if (jumping < 0 || inner.size < crossingElements) return undefined;
  return outer.find(
    ({ operandStrides, size }) => Math.abs(operandStrides[jumping]!) === 1 && size >= lineElements,
  );
}

/**
 * A block of the innermost axis is done for all places `across` before the next: the cache lines that a
 * transposed operand touches in one row are those of the next rows, too.
 */
function printTiles(
  f: FunctionBuilder,
  module: ModuleBuilder,
  step: ElementwiseWork,
  params: KernelParams,
  across: NestAxis,
  others: readonly NestAxis[],
  inner: NestAxis,
): void {
  const blocks: NestAxis = { ...inner, size: Math.ceil(inner.size / tileElements) };
  const [start, end, first, last, unit, index] = ["i32", "i32", "i32", "i32", "i32", "i32"].map(() =>
    f.local("i32"),
  ) as [Local, Local, Local, Local, Local, Local];
  splitRange(f, params, productOf(others) * blocks.size, 1, first, last);
  f.forRange(unit, first, last, 1, () => {
    const position = decode(f, unit, [...others, blocks]);
    const block = position.get(blocks)!;
    position.delete(blocks);
    f.get(block).i32(tileElements).emit("i32.mul").tee(start).i32(tileElements).emit("i32.add").set(end);
    f.get(end).i32(inner.size).get(end).i32(inner.size).emit("i32.lt_s", "select").set(end);
    f.forRange(index, 0, across.size, 1, () => {
      printRow(f, module, step, params, new Map([...position, [across, index]]), inner, { start, end });
    });
  });
}

const scalarAxis = (operands: number): NestAxis => ({
  size: 1,
  operandStrides: new Array<number>(operands).fill(0),
  outputStride: 1,
  source: -1,
});

/** The row at a place on the outer axes, or the part of it from `start` (a multiple of 4) to `end`. */
function printRow(
  f: FunctionBuilder,
  module: ModuleBuilder,
  step: ElementwiseWork,
  params: KernelParams,
  place: Position,
  inner: NestAxis,
  part?: { start: Local; end: Local },
): void {
  const { program } = step;
  const index = f.local("i32");
  const position = new Map(place);
  if (part) {
    f.get(part.start).set(index);
    position.set(inner, index);
  } else {
    f.i32(0).set(index);
  }
  const operands = step.operands.map(({ view }, k) => {
    const pointer = f.local("i32");
    setOperandPointer(f, pointer, params.operands[k]!, view, k, position);
    return pointer;
  });
  const outputs = params.outputs.map((base) => {
    const pointer = f.local("i32");
    f.get(base);
    for (const [axis, at] of position) addScaled(f, at, axis.outputStride * 4);
    f.set(pointer);
    return pointer;
  });
  const varies = (instruction: Instruction) =>
    instruction.op === "input"
      ? inner.operandStrides[instruction.index] !== 0
      : instruction.op === "coordinate" && instruction.axis === inner.source;
  const { constant, varying } = splitLines(program, program.results, varies);
  const fixed: Values = new Map();
  const source = (count: number): ProgramSource => ({
    load: (k) => loadLanes(f, { pointer: operands[k]!, stride: inner.operandStrides[k]!, count, skip: 0 }),
    coordinate: (axis) => pushCoordinate(f, axis, inner, index, position),
  });
  printLines(f, module, program, constant, fixed, source(4));
  const vector = (count: number) => {
    const values: Values = new Map(fixed);
    printLines(f, module, program, varying, values, source(count));
    storeResults(f, step, values, outputs, count);
  };
  const lastFull = inner.size - (inner.size % 4);
  const end = part ? () => f.get(part.end).i32(-4).emit("i32.and") : lastFull;
  if (lastFull > 0) {
    f.forRange(index, part ? part.start : 0, end, 4, () => {
      vector(4);
      operands.forEach((pointer, k) => {
        const stride = inner.operandStrides[k]!;
        if (stride !== 0) f.increment(pointer, stride * 16);
      });
      for (const pointer of outputs) f.increment(pointer, 16);
    });
  }
  if (inner.size % 4 === 0) return;
  if (!part) vector(inner.size % 4);
  else
    f.get(part.end)
      .i32(inner.size)
      .emit("i32.eq")
      .if(() => vector(inner.size % 4));
}

/** Pushes the coordinates along `axis` of four neighbours on the innermost axis. */
export function pushCoordinate(
  f: FunctionBuilder,
  axis: number,
  inner: NestAxis,
  index: Local,
  position: Position,
): void {
  if (axis === inner.source) {
    f.get(index).emit("i32x4.splat").i32x4(0, 1, 2, 3).emit("i32x4.add");
    return;
  }
  const found = [...position].find(([{ source }]) => source === axis);
  if (found) f.get(found[1]).emit("i32x4.splat");
  else f.i32x4(0);
}

function storeResults(
  f: FunctionBuilder,
  { program }: ElementwiseWork,
  values: Values,
  outputs: readonly Local[],
  count: number,
): void {
  // All results stand in locals before the first is written: an output may lie where an operand lies.
  const stored = program.results.map((line) => {
    if (program.instructions[line]!.dtype !== "bool") return values.get(line)!;
    const local = f.local("v128");
    pushStored(f, program, line, values);
    f.set(local);
    return local;
  });
  stored.forEach((local, at) => storeLanes(f, { pointer: outputs[at]!, stride: 1, count, skip: 0 }, local));
}
