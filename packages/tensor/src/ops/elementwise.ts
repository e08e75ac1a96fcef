import { isFloat } from "../dtype.js";
import { DtypeError } from "../errors.js";
import type { BinaryOp, UnaryOp } from "../program.js";
import { record, scope } from "../recording.js";
import { broadcastShapes } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { cast } from "./cast.js";
import { asTensor } from "./creation.js";
import { unify } from "./unify.js";
import { broadcastTo } from "./views.js";

type UnaryGradient = (gradient: Tensor, x: Tensor, y: Tensor) => Tensor;
type BinaryGradient = (gradient: Tensor, a: Tensor, b: Tensor, y: Tensor) => readonly (Tensor | undefined)[];

/** Floats for functions of real numbers: integers become float32. */
const toFloat = (x: Tensor): Tensor => (isFloat(x.dtype) ? x : cast(x, "float32"));

/** `real`: integers become float32 first. */
function unary(op: UnaryOp, real: boolean, gradient?: UnaryGradient): (x: TensorLike) => Tensor {
  return (x) =>
    scope(() => {
      const given = asTensor(x);
      const source = real ? toFloat(given) : given.dtype === "bool" ? cast(given, "int32") : given;
      return record(
        { kind: "scalar", op },
        [source],
        source.shape,
        source.dtype,
        gradient && ((dy, [input], output) => [gradient(dy, input!, output)]),
      );
    });
}

interface BinaryOptions {
  /** Dtype of the result where it differs from that of the operands. */
  readonly result?: "bool";
  /** What operands are cast to first. */
  readonly operands?: "bool" | "real";
  readonly integers?: boolean;
}

function binary(
  op: BinaryOp,
  options: BinaryOptions,
  gradient?: BinaryGradient,
): (a: TensorLike, b: TensorLike) => Tensor {
  return (a, b) =>
    scope(() => {
      let operands = unify(op, [a, b]);
      if (options.operands === "bool") operands = operands.map((x) => cast(x, "bool"));
      if (options.operands === "real") operands = operands.map(toFloat);
      if (!options.result && operands[0]!.dtype === "bool") operands = operands.map((x) => cast(x, "int32"));
      const { shape, dtype } = operands[0]!;
      if (options.integers && isFloat(dtype)) throw new DtypeError(`${op}: got ${dtype}, expected int32`);
      return record(
        { kind: "scalar", op },
        operands,
        shape,
        options.result ?? dtype,
        gradient && ((dy, [x, y], output) => gradient(dy, x!, y!, output)),
      );
    });
}

const comparison = (op: BinaryOp): ((a: TensorLike, b: TensorLike) => Tensor) =>
  binary(op, { result: "bool" });

/** a + b, elementwise with broadcasting; int32 wraps. */
export const add = binary("add", {}, (dy) => [dy, dy]);
/** a - b. */
export const subtract = binary("subtract", {}, (dy) => [dy, negative(dy)]);
/** a * b. */
export const multiply = binary("multiply", {}, (dy, a, b) => [multiply(dy, b), multiply(dy, a)]);
/** a / b; integers become float32. */
export const divide = binary("divide", { operands: "real" }, (dy, _a, b, y) => [
  divide(dy, b),
  negative(multiply(dy, divide(y, b))),
]);
/** a to the power of b. The gradient towards b is 0 where a <= 0. */
export const power = binary("power", {}, (dy, a, b, y) => {
  const slope = multiply(b, power(a, subtract(b, 1)));
  const logarithm = log(where(greater(a, 0), a, 1));
  return [multiply(dy, where(equal(b, 0), 0, slope)), multiply(dy, multiply(y, logarithm))];
});
/** The larger of a and b, NaN where one is NaN. Where both are equal the gradient goes to a. */
export const maximum = binary("maximum", {}, (dy, a, b) => {
  const first = greaterEqual(a, b);
  return [where(first, dy, 0), where(first, 0, dy)];
});
/** The smaller of a and b, NaN where one is NaN. Where both are equal the gradient goes to a. */
export const minimum = binary("minimum", {}, (dy, a, b) => {
  const first = lessEqual(a, b);
  return [where(first, dy, 0), where(first, 0, dy)];
});
/** a - b * floor(a / b): the remainder with the sign of b. */
export const mod = binary("mod", {}, (dy, a, b) => [dy, negative(multiply(dy, floor(divide(a, b))))]);

/** a == b, as bool; NaN equals nothing. */
export const equal = comparison("equal");
/** a != b, as bool. */
export const notEqual = comparison("notEqual");
/** a < b, as bool. */
export const less = comparison("less");
/** a <= b, as bool. */
export const lessEqual = comparison("lessEqual");
/** a > b, as bool. */
export const greater = comparison("greater");
/** a >= b, as bool. */
export const greaterEqual = comparison("greaterEqual");
/** Both are not 0, as bool. */
export const logicalAnd = binary("logicalAnd", { operands: "bool", result: "bool" });
/** One or both are not 0, as bool. */
export const logicalOr = binary("logicalOr", { operands: "bool", result: "bool" });
/** x == 0, as bool. */
export const logicalNot = (x: TensorLike): Tensor =>
  scope(() => {
    const source = cast(asTensor(x), "bool");
    return record({ kind: "scalar", op: "logicalNot" }, [source], source.shape, "bool");
  });
/** Bits set in both; int32. */
export const bitwiseAnd = binary("bitwiseAnd", { integers: true });
/** Bits set in one or both; int32. */
export const bitwiseOr = binary("bitwiseOr", { integers: true });
/** Bits set in exactly one; int32. */
export const bitwiseXor = binary("bitwiseXor", { integers: true });
/** Bits moved up by b modulo 32; int32. */
export const shiftLeft = binary("shiftLeft", { integers: true });
/** Bits moved down by b modulo 32, zeros moved in; int32. */
export const shiftRight = binary("shiftRight", { integers: true });

/** `a` where `condition` is not 0, else `b`; all three broadcast. */
export const where = (condition: TensorLike, a: TensorLike, b: TensorLike): Tensor =>
  scope(() => {
    const test = cast(asTensor(condition), "bool");
    const [x, y] = unify("where", [a, b]) as [Tensor, Tensor];
    const shape = broadcastShapes("where", [test.shape, x.shape]);
    const operands = [test, x, y].map((operand) => broadcastTo(operand, shape));
    return record({ kind: "scalar", op: "where" }, operands, shape, x.dtype, (dy, [chosen]) => [
      undefined,
      where(chosen!, dy, 0),
      where(chosen!, 0, dy),
    ]);
  });

/** -x. */
export const negative = unary("negative", false, (dy) => negative(dy));
/** |x|; the gradient at 0 is 0. */
export const abs = unary("abs", false, (dy, x) => multiply(dy, sign(x)));
/** -1, 0 or 1; NaN stays. */
export const sign = unary("sign", false);
/** The largest whole number not above x. */
export const floor = unary("floor", true);
/** The smallest whole number not below x. */
export const ceil = unary("ceil", true);
/** The nearest whole number, halves to the even one. */
export const round = unary("round", true);
/** e to the power of x. */
export const exp = unary("exp", true, (dy, _x, y) => multiply(dy, y));
/** e^x - 1, exact near 0. */
export const expm1 = unary("expm1", true, (dy, _x, y) => multiply(dy, add(y, 1)));
/** Natural logarithm; NaN below 0, -Infinity at 0. */
export const log = unary("log", true, (dy, x) => divide(dy, x));
/** log(1 + x), exact near 0. */
export const log1p = unary("log1p", true, (dy, x) => divide(dy, add(x, 1)));
/** Square root; NaN below 0. */
export const sqrt = unary("sqrt", true, (dy, _x, y) => divide(multiply(dy, 0.5), y));
/** 1 / sqrt(x). */
export const rsqrt = unary("rsqrt", true, (dy, _x, y) =>
  multiply(multiply(dy, -0.5), multiply(y, multiply(y, y))),
);
/** 1 / x. */
export const reciprocal = unary("reciprocal", true, (dy, _x, y) => negative(multiply(dy, multiply(y, y))));
/** Sine of x in radians. */
export const sin = unary("sin", true, (dy, x) => multiply(dy, cos(x)));
/** Cosine of x in radians. */
export const cos = unary("cos", true, (dy, x) => negative(multiply(dy, sin(x))));
/** Hyperbolic tangent. */
export const tanh = unary("tanh", true, (dy, _x, y) => multiply(dy, subtract(1, multiply(y, y))));
/** 1 / (1 + e^-x), without overflow. */
export const sigmoid = unary("sigmoid", true, (dy, _x, y) => multiply(dy, multiply(y, subtract(1, y))));
/** log(1 + e^x), without overflow. */
export const softplus = unary("softplus", true, (dy, x) => multiply(dy, sigmoid(x)));
/** max(x, 0); the gradient at 0 is 0. */
export const relu = unary("relu", false, (dy, _x, y) => where(greater(y, 0), dy, 0));
/** The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x. */
export const erf = unary("erf", true, (dy, x) =>
  multiply(multiply(dy, 2 / Math.sqrt(Math.PI)), exp(negative(multiply(x, x)))),
);
/** Whether x is NaN, as bool. */
// biome-ignore lint/suspicious/noShadowRestrictedNames: the op is called so in every library of the field
export const isNaN = (x: TensorLike): Tensor =>
  scope(() => {
    const source = toFloat(asTensor(x));
    return record({ kind: "scalar", op: "isNaN" }, [source], source.shape, "bool");
  });
