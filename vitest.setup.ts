// Runs before every test file.
import { expect } from "vitest";

/** Equal typed arrays are told at once; Vitest takes microseconds an element. It still judges, and shows, all others. */
expect.addEqualityTesters([
  (a: unknown, b: unknown): boolean | undefined => {
    if (!ArrayBuffer.isView(a) || a instanceof DataView || a.constructor !== (b as object)?.constructor)
      return undefined;
    const [left, right] = [a, b] as [Float32Array, Float32Array]; // cast: two arrays of one type, whichever it is
    if (left.length !== right.length) return undefined;
    for (let at = 0; at < left.length; at++) if (!Object.is(left[at], right[at])) return undefined;
    return true;
  },
]);
