import type { Program } from "@hekla/tensor";
import type { Index, KernelWriter, Value } from "./kernel-writer.js";

/** Where a program gets what varies from element to element. */
export interface ProgramSource {
  load(operand: number): Value;
  coordinate(axis: number): Index;
}

/** Writes what the given lines of a program need, each line once, and gives the values of these lines. */
export function printProgram(
  kernel: KernelWriter,
  program: Program,
  source: ProgramSource,
  results: readonly number[] = program.results,
): Value[] {
  const needed = new Set<number>(results);
  for (let line = program.instructions.length - 1; line >= 0; line--) {
    const instruction = program.instructions[line]!;
    if (needed.has(line) && "args" in instruction) for (const arg of instruction.args) needed.add(arg);
  }
  const values = new Map<number, Value>();
  for (const [line, instruction] of program.instructions.entries()) {
    if (!needed.has(line)) continue;
    values.set(line, kernel.keep(printInstruction(kernel, instruction, values, source)));
  }
  return results.map((line) => values.get(line)!);
}

function printInstruction(
  kernel: KernelWriter,
  instruction: Program["instructions"][number],
  values: ReadonlyMap<number, Value>,
  source: ProgramSource,
): Value {
  const { op, dtype } = instruction;
  if (op === "input") return source.load(instruction.index);
  if (op === "constant") return kernel.constant(instruction.value, dtype);
  if (op === "coordinate") return kernel.fromIndex(source.coordinate(instruction.axis));
  const args = instruction.args.map((arg) => values.get(arg)!);
  if (op === "cast") return kernel.cast(args[0]!, dtype);
  if (op === "where") return kernel.where(args[0]!, args[1]!, args[2]!);
  return kernel.apply(op, args, dtype);
}
