import {
  type Dtype,
  HostRandom,
  type ReferenceRoutine,
  type Routine,
  referenceRoutines,
  type StorageArray,
  storageArray,
} from "@hekla/tensor";
import { expect } from "vitest";
import { allPlainRoutines } from "../plain/all-plain-routines.js";
import type { PassesOf } from "../plain/plain-routine.js";
import { runPasses } from "./run-passes.js";

const random = new HostRandom(1, "plain routines");

export const floats = (size: number): Float32Array =>
  Float32Array.from({ length: size }, () => random.normal());

/** Whole numbers in `[from, to)`. */
export const integers = (size: number, from: number, to: number): Int32Array =>
  Int32Array.from({ length: size }, () => from + random.integer(to - from));

/** The passes of a routine. */
export const plainPasses = (routine: Routine): ReturnType<PassesOf<Routine>> => {
  const table = allPlainRoutines as Partial<Record<Routine["name"], PassesOf<never>>>;
  const make = table[routine.name] as PassesOf<Routine>; // cast: the table has each routine under its own name
  return make(routine);
};

/**
 * Holds the passes of a routine against the reference, with wrapping and with signed indices.
 *
 * @param dtype that of the result; default: the routine's
 * @param tolerance relative to the largest element. Default 1e-6
 */
export function expectPlain(
  routine: Routine,
  operands: readonly StorageArray[],
  size: number,
  { dtype = routine.dtype, tolerance = 1e-6 }: { readonly dtype?: Dtype; readonly tolerance?: number } = {},
): void {
  const wanted = storageArray(dtype, size);
  // cast: the table has each routine under its own name
  (referenceRoutines[routine.name] as ReferenceRoutine<Routine>)(routine, operands, wanted);
  const largest = wanted.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 1);
  const dtypes = operands.map((data): Dtype => (data instanceof Float32Array ? "float32" : "int32"));
  const passes = plainPasses(routine);
  for (const signed of [false, true]) {
    const got = runPasses(passes, operands, dtypes, signed);
    expect(got.length).toBe(size);
    got.forEach((value, at) => {
      const want = wanted[at]!;
      const isClose =
        Object.is(value, want) || (dtype === "float32" && Math.abs(value - want) <= tolerance * largest);
      if (!isClose && !(value === 0 && want === 0)) {
        expect.fail(`${JSON.stringify(routine)}, signed: ${signed}: [${at}] got ${value}, expected ${want}`);
      }
    });
  }
}
