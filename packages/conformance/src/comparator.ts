import type { Dtype } from "@hekla/tensor";

/** Values to compare, as read from a backend. */
export interface Values {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
}

/**
 * How far a value may lie from the expected one; any of the bounds that are given is enough.
 * No bound at all means equal. Integers and booleans are always compared exactly.
 */
export interface Tolerance {
  /** Distance in units in the last place of float32. */
  readonly ulp?: number;
  /** Distance in units in the last place of float16. */
  readonly halfUlp?: number;
  /** Share of the magnitude of the expected element. */
  readonly relative?: number;
  /** Share of the largest finite magnitude in the whole expected tensor: right for sums that cancel. */
  readonly scaled?: number;
  readonly absolute?: number;
  /** Tell -0 from +0; for ops whose IEEE 754 result has a defined sign, and for copies. */
  readonly signedZero?: boolean;
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** Position of a float32 on the line of all float32 values; -0 and +0 share place 0. */
function place(value: number): number {
  float[0] = value;
  const pattern = bits[0]!;
  return pattern >= 0 ? pattern : -(pattern & 0x7fffffff);
}

/** Steps from one float32 to the other over neighbouring float32 values; NaN where an argument is NaN. */
export function ulpDistance(a: number, b: number): number {
  return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.abs(place(a) - place(b));
}

/** How far apart halves are beside a number. */
const halfSpacing = (value: number): number =>
  2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -14) - 10);

function largestMagnitude(data: ArrayLike<number>): number {
  let largest = 0;
  for (let index = 0; index < data.length; index++) {
    const magnitude = Math.abs(data[index]!);
    if (magnitude > largest && magnitude < Number.POSITIVE_INFINITY) largest = magnitude;
  }
  return largest;
}

function close(actual: number, expected: number, tolerance: Tolerance, scale: number): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(actual);
  if (actual === expected) {
    return !tolerance.signedZero || expected !== 0 || Object.is(actual, expected);
  }
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) return false;
  const error = Math.abs(actual - expected);
  return (
    error <= (tolerance.absolute ?? -1) ||
    error <= (tolerance.relative ?? -1) * Math.abs(expected) ||
    error <= (tolerance.scaled ?? -1) * scale ||
    error <= (tolerance.halfUlp ?? -1) * halfSpacing(expected) ||
    ulpDistance(actual, expected) <= (tolerance.ulp ?? -1)
  );
}

const show = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

function indexOf(flat: number, shape: readonly number[]): string {
  const index = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = flat % shape[axis]!;
    flat = Math.floor(flat / shape[axis]!);
  }
  return `[${index.join(",")}]`;
}

function describeElement(flat: number, actual: Values, expected: Values, wrong: number): string {
  const got = actual.data[flat]!;
  const want = expected.data[flat]!;
  const distance = expected.dtype === "float32" ? `, ${ulpDistance(got, want)} ulp` : "";
  return (
    `element ${indexOf(flat, expected.shape)} of [${expected.shape.join(",")}]: got ${show(got)}, ` +
    `expected ${show(want)} (off by ${Math.abs(got - want)}${distance}); ` +
    `${wrong} of ${expected.data.length} wrong`
  );
}

/** What is left of a subnormal number, at most 2^-126, that was taken for 0 and had a factor of about 100 to come. */
const flushedAway = 2 ** -119;

const isFlushed = (actual: number, expected: number, flushed: number, exact: boolean): boolean =>
  !exact && [expected, flushed].some((right) => Math.abs(actual - right) <= flushedAway);

/**
 * What is wrong with `actual`, in one line that names the worst element, or undefined where all is right:
 * dtype, shape and length equal, NaN where NaN is expected and nowhere else, infinities with their sign,
 * finite values within `tolerance`. For devices that take subnormal numbers for 0, `flushed` is what is expected where those
 * among the inputs are 0: either is right, to what a subnormal number on the way may have been.
 */
export function difference(
  actual: Values,
  expected: Values,
  tolerance: Tolerance = {},
  flushed?: Values,
): string | undefined {
  if (actual.dtype !== expected.dtype) return `got dtype ${actual.dtype}, expected ${expected.dtype}`;
  const shapes = [actual.shape, expected.shape].map((shape) => `[${shape.join(",")}]`);
  if (shapes[0] !== shapes[1]) return `got shape ${shapes[0]}, expected ${shapes[1]}`;
  const size = expected.shape.reduce((product, length) => product * length, 1);
  for (const values of [actual, expected]) {
    if (values.data.length !== size) return `got ${values.data.length} elements for shape ${shapes[1]}`;
  }
  const exact = expected.dtype === "int32" || expected.dtype === "bool";
  const bounds = exact ? {} : tolerance;
  const scale = bounds.scaled === undefined ? 0 : largestMagnitude(expected.data);
  let worst = -1;
  let worstError = -1;
  let wrong = 0;
  for (let index = 0; index < size; index++) {
    const value = actual.data[index]!;
    if (close(value, expected.data[index]!, bounds, scale)) continue;
    if (flushed && isFlushed(value, expected.data[index]!, flushed.data[index]!, exact)) continue;
    if (flushed && close(value, flushed.data[index]!, bounds, scale)) continue;
    wrong++;
    const error = Math.abs(actual.data[index]! - expected.data[index]!);
    const rank = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    if (rank > worstError) {
      worst = index;
      worstError = rank;
    }
  }
  return worst < 0 ? undefined : describeElement(worst, actual, expected, wrong);
}

/** As `difference` with the same bits asked for: -0 is not +0; all NaN count as the same. */
export function bitDifference(actual: Values, expected: Values): string | undefined {
  return difference(actual, expected, { signedZero: true });
}
