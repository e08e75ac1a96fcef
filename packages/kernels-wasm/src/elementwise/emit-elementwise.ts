import { rowMajorStrides, sizeOf } from "@hekla/tensor";
import type { FunctionBuilder, ModuleBuilder } from "../assembler/index.js";
import { type Kernel, type KernelParams, kernelFunction, splitRange } from "../kernel.js";
import { loopNest, type NestAxis } from "./nest.js";
import { decode, productOf } from "./pointers.js";
import { readsCoordinates } from "./print-program.js";
import { type ElementwiseWork, Row } from "./print-row.js";
import { crossing, printTiles } from "./print-tiles.js";
import { isSmall } from "./work.js";

/** With at least so many rows threads share out rows, else they share out each row. */
const manyRows = 32;
/** Elements along the innermost axis are dealt out in multiples of a cache line. */
const lineElements = 16;
/** Rows of so few elements take longer to find than to compute. */
const longestShort = 8;
/** Longer programs are not written out for each row of a tile. */
const mostTiledLines = 60;

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
  const innermost = nest.at(-1) ?? scalarAxis(step.operands.length);
  const around = nest.slice(0, -1);
  const short = step.program.instructions.length <= mostTiledLines;
  const crossed = short ? crossing(innermost, around) : undefined;
  const joined = short && !crossed && joinShort(step, innermost, around);
  const inner = joined || innermost;
  const outer = joined ? around.slice(0, -1) : around;
  const rows = productOf(outer);
  const [start, end, unit] = [f.local("i32"), f.local("i32"), f.local("i32")];
  if (crossed) {
    printTiles(f, module, step, params, crossed, outer, inner);
  } else if (rows >= manyRows) {
    splitRange(f, params, rows, Math.max(1, Math.ceil(lineElements / inner.size)), start, end);
    f.forRange(unit, start, end, 1, () =>
      new Row(f, module, step, params, decode(f, unit, outer), inner).print(),
    );
  } else {
    splitRange(f, params, inner.size, lineElements, start, end);
    f.get(start, end)
      .emit("i32.lt_s")
      .if(() => {
        f.forRange(unit, 0, rows, 1, () =>
          new Row(f, module, step, params, decode(f, unit, outer), inner, { start, end }).print(),
        );
      });
  }
}

/** A short innermost axis and the one around it as one, if rows are left for the threads. */
function joinShort(
  { program }: ElementwiseWork,
  inner: NestAxis,
  outer: readonly NestAxis[],
): NestAxis | undefined {
  const around = outer.at(-1);
  if (!around || inner.size > longestShort || readsCoordinates(program)) return undefined;
  if (productOf(outer) < manyRows * around.size) return undefined;
  return { ...around, size: around.size * inner.size, outputStride: 1, inside: inner };
}

const scalarAxis = (operands: number): NestAxis => ({
  size: 1,
  operandStrides: new Array<number>(operands).fill(0),
  outputStride: 1,
  source: -1,
});
