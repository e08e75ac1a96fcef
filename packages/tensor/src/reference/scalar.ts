import type { BinaryOp, UnaryOp } from "../program.js";

/** Abramowitz and Stegun 7.1.5 near 0, a continued fraction of erfc further out: near full double precision. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (Number.isNaN(x)) return Number.NaN;
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 200; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (a + fraction);
  const complement = Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction);
  return Math.sign(x) * (1 - complement);
}

/** Keeps the sign of zero, as IEEE 754 does. */
function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  const rounded = up ? floor + 1 : floor;
  return rounded === 0 ? x * 0 : rounded;
}

/** Without overflow for large |x|: 1 / (1 + e^-x). */
const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

export const unary: Record<UnaryOp, (x: number) => number> = {
  negative: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundHalfToEven,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  reciprocal: (x) => 1 / x,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  relu: (x) => (x > 0 || Number.isNaN(x) ? x : 0),
  erf,
  isNaN: (x) => (Number.isNaN(x) ? 1 : 0),
  logicalNot: (x) => (x === 0 ? 1 : 0),
};

const remainder = (a: number, b: number): number => {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
};

/** IEEE 754 `pow`: unlike JavaScript's, `1 ** NaN` and `(-1) ** Infinity` are 1. */
const power = (a: number, b: number): number =>
  a === 1 || (a === -1 && (b === Number.POSITIVE_INFINITY || b === Number.NEGATIVE_INFINITY)) ? 1 : a ** b;

export const binary: Record<BinaryOp, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  power,
  maximum: Math.max,
  minimum: Math.min,
  mod: remainder,
  equal: (a, b) => (a === b ? 1 : 0),
  notEqual: (a, b) => (a !== b ? 1 : 0),
  less: (a, b) => (a < b ? 1 : 0),
  lessEqual: (a, b) => (a <= b ? 1 : 0),
  greater: (a, b) => (a > b ? 1 : 0),
  greaterEqual: (a, b) => (a >= b ? 1 : 0),
  logicalAnd: (a, b) => (a !== 0 && b !== 0 ? 1 : 0),
  logicalOr: (a, b) => (a !== 0 || b !== 0 ? 1 : 0),
  bitwiseAnd: (a, b) => a & b,
  bitwiseOr: (a, b) => a | b,
  bitwiseXor: (a, b) => a ^ b,
  shiftLeft: (a, b) => a << b,
  shiftRight: (a, b) => (a >>> b) | 0,
};

/** Integer forms of the ops that would leave 32 bits (or mean something else) in floating point. */
export const integerBinary: Partial<Record<BinaryOp, (a: number, b: number) => number>> = {
  add: (a, b) => (a + b) | 0,
  subtract: (a, b) => (a - b) | 0,
  multiply: Math.imul,
  divide: (a, b) => (b === 0 ? 0 : (a / b) | 0),
  mod: (a, b) => (b === 0 ? 0 : remainder(a, b) | 0),
  power: (a, b) => {
    // Square and multiply in 32-bit arithmetic; a negative exponent leaves only 1 and -1 whole.
    if (b < 0) return a === 1 ? 1 : a === -1 ? (b % 2 === 0 ? 1 : -1) : 0;
    let result = 1;
    for (let base = a, rest = b; rest > 0; rest >>>= 1, base = Math.imul(base, base)) {
      if (rest & 1) result = Math.imul(result, base);
    }
    return result;
  },
};

/** float to int32: towards zero, saturating, NaN to 0, as WebAssembly's `trunc_sat`. */
export function truncate(x: number): number {
  if (Number.isNaN(x)) return 0;
  return Math.trunc(Math.min(Math.max(x, -2147483648), 2147483647)) | 0;
}
