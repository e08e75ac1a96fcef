import type { Instruction, Program } from "@hekla/tensor";

/** Lines that have one value for each two neighbours along the innermost axis, such as a cipher with two words of output. */
export interface HalfRate {
  /** Lines to evaluate on even elements: those of half rate and what they count by. */
  readonly even: readonly number[];
  /** The lines among them that others read, which want the value for both elements. */
  readonly read: readonly number[];
  /** The varying lines that are left, to be evaluated on every element. */
  readonly full: readonly number[];
}

/**
 * Finds the lines that depend on the place only by half its number, `shiftRight(index, 1)`, where `index` is the
 * coordinate along the innermost axis (`axis`) plus something even. Undefined where there are none.
 */
export function halfRate(program: Program, varying: readonly number[], axis: number): HalfRate | undefined {
  const { instructions } = program;
  const changes = new Set(varying);
  const isEven = (line: number): boolean => {
    const instruction = instructions[line]!;
    if (instruction.op === "constant") return instruction.value % 2 === 0;
    if (!("args" in instruction)) return false;
    if (instruction.op === "multiply") return instruction.args.some(isEven);
    return instruction.op === "add" && instruction.args.every(isEven);
  };
  const counts = (line: number): boolean => {
    const instruction = instructions[line]!;
    if (instruction.op === "coordinate") return instruction.axis === axis;
    if (instruction.op !== "add") return false;
    const [a, b] = instruction.args as [number, number];
    return (counts(a) && !changes.has(b) && isEven(b)) || (counts(b) && !changes.has(a) && isEven(a));
  };
  const isOne = (instruction: Instruction): boolean =>
    instruction.op === "constant" && instruction.value === 1;
  const half = new Set<number>();
  for (const line of varying) {
    const instruction = instructions[line]!;
    if (!("args" in instruction)) continue;
    const { op, args } = instruction;
    const halves = op === "shiftRight" && isOne(instructions[args[1]!]!) && counts(args[0]!);
    const follows =
      args.some((arg) => half.has(arg)) && args.every((arg) => half.has(arg) || !changes.has(arg));
    if (halves || follows) half.add(line);
  }
  if (half.size === 0) return undefined;
  const even = new Set(half);
  for (const line of [...varying].reverse()) {
    const instruction = instructions[line]!;
    if (!even.has(line) || !("args" in instruction)) continue;
    for (const arg of instruction.args) if (changes.has(arg)) even.add(arg);
  }
  const rest = varying.filter((line) => !half.has(line));
  const argsOf = (line: number): readonly number[] => {
    const instruction = instructions[line]!;
    return "args" in instruction ? instruction.args : [];
  };
  const read = new Set([...rest.flatMap(argsOf), ...program.results].filter((line) => half.has(line)));
  // What only the lines of half rate count by is not wanted for every element.
  const full = new Set<number>(program.results);
  for (const line of [...rest].reverse()) if (full.has(line)) for (const arg of argsOf(line)) full.add(arg);
  return {
    even: varying.filter((line) => even.has(line)),
    read: [...read],
    full: rest.filter((line) => full.has(line)),
  };
}
