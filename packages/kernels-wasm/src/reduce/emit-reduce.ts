import { identityView, type ReduceStep, sizeOf } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { lanesOf } from "./accumulate.js";
import { printReduction } from "./print-reduction.js";
import { type ReduceShape, reduceShape } from "./reduce-shape.js";
import { addScaled, productOf } from "../elementwise/pointers.js";

/** Below this many lines of program times elements a step is done by one thread. */
const serialWork = 1 << 14;

/**
 * A reduction: units of work (a place on the kept axes, a block of columns, a chunk of the reduced axis) are shared out
 * among threads. Where the reduced axis is cut, chunk results go to scratch memory and a second phase joins them.
 */
export function emitReduce(module: ModuleBuilder, step: ReduceStep): Kernel {
  const shape = reduceShape(step);
  if (shape.outputs === 0) return { phases: [], scratchBytes: 0 };
  const serial = sizeOf(step.shape) * step.program.instructions.length < serialWork;
  const phase = (body: ReduceStep, layout: ReduceShape, pointers: PointersOf) =>
    kernelFunction(module, step.label, step.operands.length, 1, (f, params) => {
      const units = productOf(layout.kept) * layout.columnBlocks * layout.chunks;
      const [unit, start, end] = [f.local("i32"), f.local("i32"), f.local("i32")];
      splitRange(f, params, units, 1, start, end);
      f.forRange(unit, start, end, 1, () => {
        const { chunk, rest } = splitChunk(f, unit, layout);
        const { operands, target } = pointers(f, params, chunk);
        printReduction(f, module, body, layout, operands, target, rest, chunk);
      });
    });
  if (shape.chunks === 1) {
    const only = phase(step, shape, (_, { operands, outputs }) => ({ operands, target: outputs[0]! }));
    return { phases: [only], scratchBytes: 0, serial };
  }
  const first = phase(step, shape, (f, { operands, scratch }, chunk) => {
    const target = f.local("i32");
    f.get(scratch);
    addScaled(f, chunk!, shape.outputs * 4);
    f.set(target);
    return { operands, target };
  });
  const join = joinStep(step, shape);
  const second = phase(join, reduceShape(join), (_, { scratch, outputs }) => ({
    operands: [scratch],
    target: outputs[0]!,
  }));
  return { phases: [first, second], scratchBytes: shape.chunks * shape.outputs * 4, serial };
}

type PointersOf = (
  f: FunctionBuilder,
  params: { operands: readonly Local[]; outputs: readonly Local[]; scratch: Local },
  chunk: Local | undefined,
) => { operands: readonly Local[]; target: Local };

/** A unit's chunk, and what is left: the place on the kept axes and the block of columns. */
function splitChunk(f: FunctionBuilder, unit: Local, { chunks }: ReduceShape): { chunk: Local | undefined; rest: Local } {
  if (chunks === 1) return { chunk: undefined, rest: unit };
  const [chunk, rest] = [f.local("i32"), f.local("i32")];
  f.get(unit).i32(chunks).emit("i32.rem_u").set(chunk);
  f.get(unit).i32(chunks).emit("i32.div_u").set(rest);
  return { chunk, rest };
}

/** The same reduction over the chunk results `[chunks, outputs]`. */
function joinStep(step: ReduceStep, { chunks, outputs }: ReduceShape): ReduceStep {
  const result = step.program.instructions[step.program.results[0]!]!.dtype;
  const dtype = lanesOf(result) === "f32x4" ? "float32" : "int32";
  const shape = [chunks, outputs];
  return {
    ...step,
    shape,
    axes: [0],
    operands: [{ buffer: -1, view: identityView(shape) }],
    program: { instructions: [{ op: "input", index: 0, dtype }], results: [0] },
  };
}
