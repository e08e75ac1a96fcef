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
  const inner = nest.at(-1) ?? scalarAxis(step.operands.length);
  const outer = nest.slice(0, -1);
  const rows = productOf(outer);
  const [start, end, unit] = [f.local("i32"), f.local("i32"), f.local("i32")];
  const crossed = step.program.instructions.length <= mostTiledLines ? crossing(inner, outer) : undefined;
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

const scalarAxis = (operands: number): NestAxis => ({
  size: 1,
  operandStrides: new Array<number>(operands).fill(0),
  outputStride: 1,
  source: -1,
});
