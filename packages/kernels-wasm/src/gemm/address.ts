import type { FunctionBuilder, Int, Local } from "../assembler/index.js";

type Locals<Count extends number, Found extends Local[] = []> = Found["length"] extends Count
  ? Found
  : Locals<Count, [...Found, Local]>;

/** `count` new i32 locals. */
export const i32Locals = <Count extends number>(f: FunctionBuilder, count: Count): Locals<Count> =>
  Array.from({ length: count }, () => f.local("i32")) as Locals<Count>;

/** Pushes `base + sum(index * bytes)`. */
export function pushAddress(
  f: FunctionBuilder,
  base: Int,
  ...terms: readonly (readonly [Int, number])[]
): FunctionBuilder {
  f.int(base);
  for (const [index, bytes] of terms) {
    if (typeof index === "number") {
      if (index * bytes !== 0) f.i32(index * bytes).emit("i32.add");
    } else if (bytes !== 0) {
      f.int(index);
      if (bytes !== 1) f.i32(bytes).emit("i32.mul");
      f.emit("i32.add");
    }
  }
  return f;
}

/** Pushes the smaller of a value and a constant (signed). */
export function pushMinimum(f: FunctionBuilder, value: () => void, bound: number): FunctionBuilder {
  return f.scratch("i32", (kept) => {
    value();
    f.tee(kept).i32(bound).get(kept).i32(bound).emit("i32.lt_s", "select");
  });
}

/**
 * Splits `flat` into one coordinate for each size, the last fastest; sizes of 1 give 0. The first size is not
 * needed: what is left is its coordinate.
 */
export function unflatten(
  f: FunctionBuilder,
  flat: Local,
  sizes: readonly number[],
  coordinates: readonly Local[],
): void {
  f.scratch("i32", (rest) => {
    f.get(flat).set(rest);
    for (let axis = sizes.length - 1; axis > 0; axis--) {
      const size = sizes[axis]!;
      if (size === 1) {
        f.i32(0).set(coordinates[axis]!);
        continue;
      }
      f.get(rest).i32(size).emit("i32.rem_u").set(coordinates[axis]!);
      f.get(rest).i32(size).emit("i32.div_u").set(rest);
    }
    f.get(rest).set(coordinates[0]!);
  });
}

/** The thread's own scratch memory, behind `sharedBytes` that all threads share. */
export function setThreadScratch(
  f: FunctionBuilder,
  { scratch, thread }: { readonly scratch: Local; readonly thread: Local },
  sharedBytes: number,
  bytesPerThread: number,
  own: Local,
): void {
  pushAddress(f, scratch, [1, sharedBytes], [thread, bytesPerThread]).set(own);
}

export const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;
