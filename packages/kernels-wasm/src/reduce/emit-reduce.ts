import { identityView, type Program, type ReduceStep, sizeOf } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { printElementwise } from "../elementwise/emit-elementwise.js";
import { addScaled, productOf } from "../elementwise/pointers.js";
import { isSmall } from "../elementwise/work.js";
import { type Kernel, type KernelParams, kernelFunction, splitRange } from "../kernel.js";
import { lanesOf } from "./accumulate.js";
import { printReduction } from "./print-reduction.js";
import { type ReduceShape, reduceShape } from "./reduce-shape.js";

/**
 * A reduction: units of work (a place on the kept axes, a block of columns, a chunk of the reduced axis) are
 * shared out among threads. Where the reduced axis is cut, chunk results go to scratch memory and a second
 * phase joins them.
 */
export function emitReduce(module: ModuleBuilder, step: ReduceStep): Kernel {
  const shape = reduceShape(step);
  if (shape?.outputs === 0) return { phases: [], scratchBytes: 0 };
  const serial = isSmall(sizeOf(step.shape), step.program);
  const plan = shape ? reducePhases(module, step, shape, 0) : copyFirst(module, step);
  return { ...plan, serial };
}

type Phases = Pick<Kernel, "phases" | "scratchBytes">;
type PointersOf = (
  f: FunctionBuilder,
  params: KernelParams,
  chunk: Local | undefined,
) => { operands: readonly Local[]; targets: readonly Local[] };

/**
 * The phases of a reduction whose scratch memory starts `scratchOffset` bytes in, and whose operand may lie
 * before it.
 */
function reducePhases(
  module: ModuleBuilder,
  step: ReduceStep,
  shape: ReduceShape,
  scratchOffset: number,
  copied?: ReduceStep,
): Phases {
  const body = copied ?? step;
  const results = step.outputs.length;
  const operandsOf = ({ operands, scratch }: KernelParams) =>
    copied ? copied.operands.map(() => scratch) : operands;
  const phase = (work: ReduceStep, layout: ReduceShape, pointers: PointersOf) =>
    kernelFunction(module, step.label, step.operands.length, results, (f, params) => {
      const units = productOf(layout.kept) * layout.columnBlocks * layout.chunks;
      const [unit, start, end] = [f.local("i32"), f.local("i32"), f.local("i32")];
      splitRange(f, params, units, 1, start, end);
      f.forRange(unit, start, end, 1, () => {
        const { chunk, rest } = splitChunk(f, unit, layout);
        const { operands, targets } = pointers(f, params, chunk);
        printReduction(f, module, work, layout, operands, targets, rest, chunk);
      });
    });
  if (shape.chunks === 1) {
    const seeksIndex = step.reduction.startsWith("arg");
    const only = phase(body, shape, (f, params) => {
      const targets = [...params.outputs];
      if (seeksIndex) {
        const values = f.local("i32");
        f.get(params.scratch).i32(scratchOffset).emit("i32.add").set(values);
        targets.push(values);
      }
      return { operands: operandsOf(params), targets };
    });
    return { phases: [only], scratchBytes: scratchOffset + (seeksIndex ? shape.outputs * 4 : 0) };
  }
  const first = phase(body, shape, (f, params, chunk) => {
    const targets = step.outputs.map((_, result) => {
      const target = f.local("i32");
      f.get(params.scratch)
        .i32(scratchOffset + result * shape.chunks * shape.outputs * 4)
        .emit("i32.add");
      addScaled(f, chunk!, shape.outputs * 4);
      f.set(target);
      return target;
    });
    return { operands: operandsOf(params), targets };
  });
  const join = onValues(step, [shape.chunks, shape.outputs], [0], scratchOffset);
  const second = phase(join, reduceShape(join)!, (_, { scratch, outputs }) => ({
    operands: outputs.map(() => scratch),
    targets: outputs,
  }));
  const scratchBytes = scratchOffset + results * shape.chunks * shape.outputs * 4;
  return { phases: [first, second], scratchBytes };
}

/** Writes the program's values out in row-major order and reduces those: where operands lie too oddly. */
function copyFirst(module: ModuleBuilder, step: ReduceStep): Phases {
  const results = step.outputs.length;
  const copied = onValues(step, step.shape, step.axes, 0);
  const size = sizeOf(step.shape) * 4;
  const copy = kernelFunction(module, step.label, step.operands.length, results, (f, params) => {
    const outputs = step.outputs.map((_, result) => {
      const output = f.local("i32");
      f.get(params.scratch)
        .i32(result * size)
        .emit("i32.add")
        .set(output);
      return output;
    });
    printElementwise(f, module, step, { ...params, outputs });
  });
  const bytes = Math.ceil((results * size) / 64) * 64;
  const { phases, scratchBytes } = reducePhases(module, step, reduceShape(copied)!, bytes, copied);
  return { phases: [copy, ...phases], scratchBytes };
}

/** The same reduction over values that lie one result after the other in the scratch memory, `byteOffset` in. */
function onValues(
  step: ReduceStep,
  shape: readonly number[],
  axes: readonly number[],
  byteOffset: number,
): ReduceStep {
  const { instructions, results } = step.program;
  const dtype = lanesOf(instructions[results[0]!]!.dtype) === "f32x4" ? "float32" : "int32";
  const offset = (result: number): number => byteOffset / 4 + result * sizeOf(shape);
  const program: Program = {
    instructions: results.map((_, index) => ({ op: "input", index, dtype })),
    results: results.map((_, index) => index),
  };
  const operands = results.map((_, at) => ({
    buffer: -1,
    view: { ...identityView(shape), offset: offset(at) },
  }));
  return { ...step, shape, axes, operands, program };
}

/** A unit's chunk, and what is left: the place on the kept axes and the block of columns. */
function splitChunk(
  f: FunctionBuilder,
  unit: Local,
  { chunks }: ReduceShape,
): { chunk: Local | undefined; rest: Local } {
  if (chunks === 1) return { chunk: undefined, rest: unit };
  const [chunk, rest] = [f.local("i32"), f.local("i32")];
  f.get(unit).i32(chunks).emit("i32.rem_u").set(chunk);
  f.get(unit).i32(chunks).emit("i32.div_u").set(rest);
  return { chunk, rest };
}
