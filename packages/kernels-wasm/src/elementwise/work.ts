import type { Program } from "@hekla/tensor";
import { vectorMathOps } from "../math/vector-math.js";

/** Program lines times elements that one thread does in some 5 us: less is not worth waking another. */
const smallWork = 1 << 16;
/** What a call of a vector function costs, in plain lines. */
const mathLines = 10;
const mathOps: ReadonlySet<string> = new Set(vectorMathOps);

/** Lines of a program times elements, calls of vector functions counted for what they cost. */
export const workOf = (elements: number, { instructions }: Program): number =>
  elements * instructions.reduce((lines, { op }) => lines + (mathOps.has(op) ? mathLines : 1), 0);

/** Whether a program over so many elements is too little work to share among threads. */
export const isSmall = (elements: number, program: Program): boolean => workOf(elements, program) < smallWork;
