/** The largest half-precision number. */
export const largestHalf = 65504;

const scratch = new Float64Array(1);
/** The words of `scratch`: sign, exponent and upper mantissa stand in the second. */
const words = new Uint32Array(scratch.buffer);

/** Exponent of a normal double. */
function exponentOf(magnitude: number): number {
  scratch[0] = magnitude;
  return (words[1]! >>> 20) - 1023;
}

/** 2 to the power of a whole number from -1022 to 1023. */
function powerOfTwo(exponent: number): number {
  words[0] = 0;
  words[1] = (exponent + 1023) << 20;
  return scratch[0]!;
}

/**
 * The half-precision number next to `x`, halfway the even one; from 65520 on Infinity, subnormals are kept.
 * Source: IEEE 754-2019, binary16 and roundTiesToEven.
 */
export function roundToHalf(x: number): number {
  const magnitude = Math.abs(x);
  // Also NaN and the infinities, which stay.
  if (!(magnitude < 65520)) return magnitude >= 65520 ? x * Number.POSITIVE_INFINITY : x;
  // Beside this number doubles are as far apart as halves are beside x (2^-24 for subnormals): the addition rounds.
  const coarse = powerOfTwo(Math.max(exponentOf(magnitude), -14) + 42);
  const rounded = magnitude + coarse - coarse;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}

/** The 16 bits of the half-precision number next to `x`; any NaN gives 0x7e00. */
export function halfBits(x: number): number {
  const value = roundToHalf(x);
  if (Number.isNaN(value)) return 0x7e00;
  const magnitude = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  if (magnitude > largestHalf) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | (magnitude * 2 ** 24);
  scratch[0] = magnitude;
  // The exponent's bias goes from 1023 to 15, the mantissa from 20 bits in this word to 10.
  return sign | ((words[1]! >>> 10) - (1008 << 10));
}

/** The number that 16 bits stand for in half precision, exactly. */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (mantissa + 1024) * powerOfTwo(exponent - 25);
}

/** Numbers as half-precision bits, each rounded as `roundToHalf` does. */
export function toHalf(values: ArrayLike<number>): Uint16Array {
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = halfBits(values[i]!);
  return bits;
}

/** Half-precision bits as numbers, exactly. */
export function fromHalf(bits: ArrayLike<number>): Float32Array {
  const values = new Float32Array(bits.length);
  for (let i = 0; i < values.length; i++) values[i] = halfValue(bits[i]!);
  return values;
}
