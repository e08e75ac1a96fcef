import { describe, expect, test } from "vitest";
import { fromHalf, halfBits, halfValue, largestHalf, roundToHalf, toHalf } from "./half.js";

const patterns = Array.from({ length: 65536 }, (_, bits) => bits);
/** All finite numbers from 0 up; their bits are their places in this list. */
const magnitudes = patterns.slice(0, 0x7c00).map(halfValue);

/** The double next to a positive one. */
function neighbour(x: number, by: 1n | -1n): number {
  const bits = new BigInt64Array(new Float64Array([x]).buffer);
  bits[0]! += by;
  return new Float64Array(bits.buffer)[0]!;
}

describe("half precision", () => {
  test("all 65536 patterns have the value of their sign, exponent and mantissa", () => {
    for (const bits of patterns) {
      const [exponent, mantissa] = [(bits >> 10) & 31, bits & 1023];
      const magnitude =
        exponent === 31
          ? mantissa > 0
            ? Number.NaN
            : Number.POSITIVE_INFINITY
          : Number(`0b${exponent > 0 ? 1 : 0}${mantissa.toString(2).padStart(10, "0")}`) *
            2 ** (Math.max(exponent, 1) - 25);
      if (!Object.is(halfValue(bits), bits & 0x8000 ? -magnitude : magnitude)) {
        expect({ bits, value: halfValue(bits) }).toEqual({ bits, value: magnitude });
      }
    }
    expect(magnitudes.at(-1)).toBe(largestHalf);
    expect(magnitudes[1]).toBe(2 ** -24);
  });

  test("there and back gives the same bits, NaN the quiet one", () => {
    const isNan = (bits: number): boolean => (bits & 0x7c00) === 0x7c00 && (bits & 1023) !== 0;
    expect([...toHalf(fromHalf(patterns))]).toEqual(patterns.map((bits) => (isNan(bits) ? 0x7e00 : bits)));
  });

  test("between two neighbours the nearer one is taken, halfway the even one", () => {
    for (let bits = 0; bits < magnitudes.length; bits++) {
      const below = magnitudes[bits]!;
      const above = magnitudes[bits + 1] ?? 65536;
      const middle = (below + above) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      const found = [neighbour(middle, -1n), middle, neighbour(middle, 1n), -middle].map(halfBits);
      const expected = [bits, even, bits + 1, even | 0x8000];
      if (found.join() !== expected.join()) expect({ middle, found }).toEqual({ middle, found: expected });
    }
  });

  test("rounding gives the value of the bits", () => {
    const values = [0, -0, 1 / 3, -1e-5, 1e-8, 65519.999, -65520, 1e300, 5e-324, Number.NaN];
    values.push(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Math.PI, 2 ** -25, 1.5 * 2 ** -25);
    for (const x of values) expect(roundToHalf(x)).toBe(halfValue(halfBits(x)));
    expect(roundToHalf(65519.999)).toBe(largestHalf);
    expect(roundToHalf(-65520)).toBe(Number.NEGATIVE_INFINITY);
    expect(roundToHalf(2 ** -25)).toBe(0);
    expect(roundToHalf(1.5 * 2 ** -25)).toBe(2 ** -24);
    expect(roundToHalf(1 / 3)).toBe(0.333251953125);
  });

  test("doubles are rounded once: by way of float32 this one would be halfway", () => {
    const x = 1 + 2 ** -11 + 2 ** -40;
    expect(Math.fround(x)).toBe(1 + 2 ** -11);
    expect(roundToHalf(x)).toBe(1 + 2 ** -10);
  });
});
