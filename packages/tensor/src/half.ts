/** The largest half-precision number. */
export const largestHalf = 65504;

/** The exponent that a number has in half precision, -14 for subnormals. */
const exponentOf = (magnitude: number): number => Math.max(Math.floor(Math.log2(magnitude)), -14);

/**
 * The half-precision number next to `x`, halfway the even one; from 65520 on Infinity, subnormals are kept.
 * Source: IEEE 754-2019, binary16 and roundTiesToEven.
 */
export function roundToHalf(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude < 65520)) return x * Number.POSITIVE_INFINITY;
  // A logarithm that is off just below a power of two gives the same number: there the coarse and the fine grid meet.
  const step = 2 ** (exponentOf(magnitude) - 10);
  // From 2^52 on doubles are whole numbers: the addition rounds, halves to even.
  return Math.sign(1 / x) * (magnitude / step + 2 ** 52 - 2 ** 52) * step;
}

/** The 16 bits of the half-precision number next to `x`; any NaN gives 0x7e00. */
export function halfBits(x: number): number {
  const value = roundToHalf(x);
  const magnitude = Math.abs(value);
  const exponent = exponentOf(magnitude);
  // The leading 1 of a normal number adds to the exponent's bits.
  const bits =
    magnitude <= largestHalf
      ? (exponent + 14) * 1024 + magnitude * 2 ** (10 - exponent)
      : magnitude > 0
        ? 0x7c00
        : 0x7e00;
  return (value || 1 / value) < 0 ? bits + 0x8000 : bits; // -0 too
}

/** The number that 16 bits stand for in half precision, exactly. */
export function halfValue(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  const magnitude =
    exponent < 31
      ? (mantissa + (exponent > 0 ? 1024 : 0)) * 2 ** (Math.max(exponent, 1) - 25)
      : mantissa > 0
        ? Number.NaN
        : Number.POSITIVE_INFINITY;
  return bits & 0x8000 ? -magnitude : magnitude;
}

/** Numbers as half-precision bits, each rounded as `roundToHalf` does. */
export const toHalf = (values: ArrayLike<number>): Uint16Array => Uint16Array.from(values, halfBits);

/** Half-precision bits as numbers, exactly. */
export const fromHalf = (bits: ArrayLike<number>): Float32Array => Float32Array.from(bits, halfValue);
