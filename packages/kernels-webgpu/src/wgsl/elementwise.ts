import { type ElementwiseStep, type Epilogue, sizeOf } from "@hekla/tensor";
import type { Index, Value } from "../text/kernel-writer.js";
import { sourceAt } from "../text/places.js";
import { printProgram } from "../text/print-program.js";
import type { StepBuilder } from "./step-builder.js";
import type { Bound, WgslWriter } from "./wgsl-writer.js";

/** A thread for each element. */
export function emitElementwise(builder: StepBuilder, step: ElementwiseStep): void {
  const operands = step.operands.map((operand) => builder.operand(operand));
  const outputs = step.outputs.map((output) => builder.buffer(output));
  builder.threads(sizeOf(step.shape), operands, outputs, (writer, index, results) => {
    const source = sourceAt(writer, index, step.shape, step.operands, step.program);
    for (const [at, value] of printProgram(writer, step.program, source).entries()) {
      writer.store(results[at]!, index, value);
    }
  });
}

/**
 * Writes what a routine's epilogue makes of the raw result at `index`: stores it where it is wanted, then runs the program.
 * Operands of the epilogue are loaded as `first`, `first + 1`, ..., its operand 0 standing for the raw result.
 */
export function writeResult(
  writer: WgslWriter,
  index: Index,
  raw: Value,
  output: Bound | undefined,
  epilogue: Epilogue | undefined,
  first: number,
  results: readonly Bound[],
): void {
  // A result in halves is computed in float32, and rounded before anything is made of it.
  const isHalf = epilogue?.program.instructions.some(
    (line) => line.op === "input" && !epilogue.operands[line.index] && line.dtype === "float16",
  );
  const value = writer.keep(isHalf ? writer.cast(raw, "float16") : raw);
  if (output) writer.store(output, index, value);
  if (!epilogue) return;
  const source = sourceAt(
    writer,
    index,
    epilogue.shape,
    epilogue.operands,
    epilogue.program,
    (operand) => first + operand,
  );
  const load = (operand: number): Value => (epilogue.operands[operand] ? source.load(operand) : value);
  for (const [at, line] of printProgram(writer, epilogue.program, { ...source, load }).entries()) {
    writer.store(results[at]!, index, line);
  }
}
