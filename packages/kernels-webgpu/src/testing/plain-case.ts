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
  // cast: the table has each routine under its own name
  const make = table[routine.name] as PassesOf<Routine>;
  return make(routine);
};

/** A routine on given operands. */
export interface PlainCase {
  readonly routine: Routine;
  readonly operands: readonly StorageArray[];
  /** Of the result. */
  readonly size: number;
  /** That of the result. */
  readonly dtype: Dtype;
  /** Relative to the largest element. */
  readonly tolerance: number;
  /** Elements that are defined; default: all. */
  readonly compared?: number;
}

/** @param options default: the routine's dtype, and a tolerance of 1e-6 */
export const plainCase = (
  routine: Routine,
  operands: readonly StorageArray[],
  size: number,
  { dtype = routine.dtype, tolerance = 1e-6 }: { readonly dtype?: Dtype; readonly tolerance?: number } = {},
): PlainCase => ({ routine, operands, size, dtype, tolerance });

export const dtypeOfData = (data: StorageArray): Dtype =>
  data instanceof Float32Array ? "float32" : "int32";

/** Holds a result against that of the reference. */
export function expectRight(given: PlainCase, got: StorageArray): void {
  const { routine, operands, size, dtype, tolerance, compared = size } = given;
  const wanted = storageArray(dtype, size);
  // cast: the table has each routine under its own name
  (referenceRoutines[routine.name] as ReferenceRoutine<Routine>)(routine, operands, wanted);
  const largest = [...wanted].reduce(
    (most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most),
    1,
  );
  expect(got.length).toBe(size);
  got.subarray(0, compared).forEach((value, at) => {
    const want = wanted[at]!;
    const isClose = value === want || (dtype === "float32" && Math.abs(value - want) <= tolerance * largest);
    if (!isClose && !(Number.isNaN(value) && Number.isNaN(want))) {
      expect.fail(`${JSON.stringify(routine)}: [${at}] got ${value}, expected ${want}`);
    }
  });
}

/** Holds the passes of routines against the reference, with wrapping and with signed indices. */
export function expectPlain(cases: Iterable<PlainCase>): void {
  for (const each of cases) {
    const passes = plainPasses(each.routine);
    for (const signed of [false, true]) {
      expectRight(each, runPasses(passes, each.operands, each.operands.map(dtypeOfData), signed));
    }
  }
}
