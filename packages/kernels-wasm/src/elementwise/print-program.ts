import { type Dtype, DtypeError, type Instruction, type Program } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { printFloatOp } from "./float-ops.js";
import { printIntegerOp } from "./integer-ops.js";

/** Where a program gets what varies from place to place. */
export interface ProgramSource {
  /** Pushes four elements of an operand. */
  load(index: number): void;
  /** Pushes four coordinates (int32) along an axis of the step's shape. */
  coordinate(axis: number): void;
}

/**
 * Values of a program's lines, by line. A bool is a mask in registers (all bits set or none), 0 or 1 in
 * memory.
 */
export type Values = Map<number, Local>;

/**
 * Writes the given lines of a program, four elements at a time, leaving each value in a local of `values`.
 * Lines that stand there already are not written again.
 */
export function printLines(
  f: FunctionBuilder,
  module: ModuleBuilder,
  program: Program,
  lines: readonly number[],
  values: Values,
  source: ProgramSource,
): void {
  for (const line of lines) {
    if (values.has(line)) continue;
    const instruction = program.instructions[line]!;
    printInstruction(f, module, program, instruction, values, source);
    const value = f.local("v128");
    f.set(value);
    values.set(line, value);
  }
}

/** Pushes the result of a line as it is stored: a bool as 0 or 1. */
export function pushStored(f: FunctionBuilder, program: Program, line: number, values: Values): void {
  f.get(values.get(line)!);
  if (program.instructions[line]!.dtype === "bool") f.i32x4(1).emit("v128.and");
}

/** Lines needed for the results, split by whether they change along the innermost axis. */
export function splitLines(
  program: Program,
  results: readonly number[],
  varies: (instruction: Instruction) => boolean,
): { constant: number[]; varying: number[] } {
  const needed = new Set<number>(results);
  const changing = new Set<number>();
  for (let line = program.instructions.length - 1; line >= 0; line--) {
    const instruction = program.instructions[line]!;
    if (needed.has(line) && "args" in instruction) for (const arg of instruction.args) needed.add(arg);
  }
  for (const [line, instruction] of program.instructions.entries()) {
    const changes =
      "args" in instruction ? instruction.args.some((arg) => changing.has(arg)) : varies(instruction);
    if (changes) changing.add(line);
  }
  const lines = [...needed].sort((a, b) => a - b);
  return {
    constant: lines.filter((line) => !changing.has(line)),
    varying: lines.filter((line) => changing.has(line)),
  };
}

export const readsCoordinates = (program: Program): boolean =>
  program.instructions.some(({ op }) => op === "coordinate");

function printInstruction(
  f: FunctionBuilder,
  module: ModuleBuilder,
  program: Program,
  instruction: Instruction,
  values: Values,
  source: ProgramSource,
): void {
  const { op, dtype } = instruction;
  if (dtype === "float64" || dtype === "float16")
    throw new DtypeError(`${op}: got ${dtype}, expected float32 (use the reference backend)`);
  if (op === "input") {
    source.load(instruction.index);
    if (dtype === "bool") f.i32x4(0).emit("i32x4.ne");
  } else if (op === "coordinate") {
    source.coordinate(instruction.axis);
  } else if (op === "constant") {
    pushConstant(f, dtype, instruction.value);
  } else {
    const args = instruction.args.map((arg) => values.get(arg)!);
    const argDtype = program.instructions[instruction.args.at(-1)!]!.dtype;
    if (op === "cast") printCast(f, argDtype, dtype, args[0]!);
    else if (op === "where") f.get(args[1]!, args[2]!, args[0]!).emit("v128.bitselect");
    else if (argDtype === "float32")
      printFloatOp(f, module, op, args, constantOf(program, instruction.args[1]));
    else printIntegerOp(f, module, op, args, constantOf(program, instruction.args[1]), argDtype === "bool");
  }
}

function constantOf(program: Program, line: number | undefined): number | undefined {
  const instruction = line === undefined ? undefined : program.instructions[line];
  return instruction?.op === "constant" ? instruction.value : undefined;
}

function pushConstant(f: FunctionBuilder, dtype: Dtype, value: number): void {
  if (dtype === "float32") f.f32x4(value);
  else f.i32x4(dtype === "bool" ? (value ? -1 : 0) : value | 0);
}

function printCast(f: FunctionBuilder, from: Dtype, to: Dtype, x: Local): void {
  f.get(x);
  if (from === to) return;
  if (from === "bool") {
    if (to === "float32") f.f32x4(1).emit("v128.and");
    else f.i32x4(1).emit("v128.and");
  } else if (to === "bool") {
    if (from === "float32") f.f32x4(0).emit("f32x4.ne");
    else f.i32x4(0).emit("i32x4.ne");
  } else {
    f.emit(to === "float32" ? "f32x4.convert_i32x4_s" : "i32x4.trunc_sat_f32x4_s");
  }
}
