import { type Dtype, HeklaError, type StorageArray, storageArray } from "@hekla/tensor";
import type { Pass } from "../plain/plain-routine.js";
import { JsWriter } from "./js-writer.js";

/** What the text of a kernel calls. */
const strict = {
  quotient(a: number, b: number): number {
    if (!(a >= 0) || b < 1) throw new HeklaError(`quotient: got ${a} / ${b}, expected no sign`);
    return Math.floor(a / b);
  },
  remainder(a: number, b: number): number {
    if (!(a >= 0) || b < 1) throw new HeklaError(`remainder: got ${a} % ${b}, expected no sign`);
    return a % b;
  },
  load(operands: readonly StorageArray[], operand: number, place: number): number {
    const value = operands[operand]?.[place];
    if (value === undefined) {
      throw new HeklaError(
        `load: got place ${place} of operand ${operand}, expected one of ${operands[operand]?.length}`,
      );
    }
    return value;
  },
  // Both are computed, as on a GPU.
  where: (condition: boolean, a: number, b: number): number => (condition ? a : b),
};

/** Runs the passes of a routine in JavaScript and gives what the last one makes. */
export function runPasses(
  passes: readonly Pass[],
  operands: readonly StorageArray[],
  dtypes: readonly Dtype[],
  signed: boolean,
): StorageArray {
  const known = [...operands];
  const knownDtypes = [...dtypes];
  for (const { size, dtype, write } of passes) {
    const writer = new JsWriter(knownDtypes, signed);
    const value = writer.cast(write(writer, "index"), dtype);
    const body = `${writer.lines.join("\n")}\nreturn Number(${value.text});`;
    // cast: the text is that of a function of an index
    const element = new Function("operands", "strict", `return (index) => {\n${body}\n};`)(known, strict) as (
      index: number,
    ) => number;
    const result = storageArray(dtype, size);
    for (let index = 0; index < size; index++) result[index] = element(index);
    known.push(result);
    knownDtypes.push(dtype);
  }
  return known.at(-1)!;
}
