import type { Dtype } from "./dtype.js";

/**
 * Scalar ops a fused program is made of. Every backend prints each of them; the derivative of each stands in
 * `ops/`. Integer ops wrap at 32 bits; shifts take their count modulo 32, `shiftRight` shifts zeros in;
 * comparisons and logical ops give bool. `maximum` and `minimum` give NaN where an operand is NaN.
 * `round` rounds half to even; `mod` has the sign of the divisor; `divide` of int32 truncates (by 0: 0).
 * `relu(NaN)` is NaN.
 */
export const unaryOps = [
  "negative",
  "abs",
  "sign",
  "floor",
  "ceil",
  "round",
  "exp",
  "expm1",
  "log",
  "log1p",
  "sqrt",
  "rsqrt",
  "reciprocal",
  "sin",
  "cos",
  "tanh",
  "sigmoid",
  "softplus",
  "relu",
  "erf",
  "isNaN",
  "logicalNot",
] as const;

/** Scalar functions of two arguments. */
export const binaryOps = [
  "add",
  "subtract",
  "multiply",
  "divide",
  "power",
  "maximum",
  "minimum",
  "mod",
  "equal",
  "notEqual",
  "less",
  "lessEqual",
  "greater",
  "greaterEqual",
  "logicalAnd",
  "logicalOr",
  "bitwiseAnd",
  "bitwiseOr",
  "bitwiseXor",
  "shiftLeft",
  "shiftRight",
] as const;

/** The name of a scalar function of one argument. */
export type UnaryOp = (typeof unaryOps)[number];
/** The name of a scalar function of two arguments. */
export type BinaryOp = (typeof binaryOps)[number];
/** The name of a scalar function. */
export type ScalarOp = UnaryOp | BinaryOp | "where" | "cast";

/**
 * One line of a program. Values are numbered by their line; `args` name earlier lines.
 * - `input`: the element of operand `index` at the current place
 * - `constant`: the same number everywhere (bool as 0 or 1)
 * - `coordinate`: the current index along `axis` of the step's shape (int32)
 * - others: the op on earlier values, which all have the dtype the op works in. The result dtype is `dtype`;
 *   for comparisons the operands' dtype is that of the args. `where(condition, a, b)`: condition is bool.
 */
export type Instruction =
  | { readonly op: "input"; readonly index: number; readonly dtype: Dtype }
  | { readonly op: "constant"; readonly value: number; readonly dtype: Dtype }
  | { readonly op: "coordinate"; readonly axis: number; readonly dtype: "int32" }
  | { readonly op: ScalarOp; readonly args: readonly number[]; readonly dtype: Dtype };

/** A straight-line program over the elements of one shape; runs once per element, in any order. */
export interface Program {
  readonly instructions: readonly Instruction[];
  /** Lines whose values are written, one for each output of the step. */
  readonly results: readonly number[];
}
