import type { BinaryOp, UnaryOp } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder, PlainOpcode } from "../assembler/index.js";
import { vectorMath } from "../math/vector-math.js";

/** Ops that are one instruction on the operands in order. */
const single: { readonly [op in UnaryOp | BinaryOp]?: PlainOpcode } = {
  negative: "f32x4.neg",
  abs: "f32x4.abs",
  floor: "f32x4.floor",
  ceil: "f32x4.ceil",
  round: "f32x4.nearest",
  sqrt: "f32x4.sqrt",
  add: "f32x4.add",
  subtract: "f32x4.sub",
  multiply: "f32x4.mul",
  divide: "f32x4.div",
  maximum: "f32x4.max",
  minimum: "f32x4.min",
  equal: "f32x4.eq",
  notEqual: "f32x4.ne",
  less: "f32x4.lt",
  lessEqual: "f32x4.le",
  greater: "f32x4.gt",
  greaterEqual: "f32x4.ge",
};

/** Pushes a float32 op of `args`; `constant` is the second argument where it is known. */
export function printFloatOp(
  f: FunctionBuilder,
  module: ModuleBuilder,
  op: UnaryOp | BinaryOp,
  args: readonly Local[],
  constant: number | undefined,
): void {
  const opcode = single[op];
  const [x, y] = args as [Local, Local];
  if ((op === "maximum" || op === "minimum") && constant) {
    // One instruction instead of seven: NaN stays as the first operand, and no zero has to choose its sign.
    f.get(x, y).emit(op === "maximum" ? "f32x4.pmax" : "f32x4.pmin");
    return;
  }
  if (opcode) {
    f.get(...args).emit(opcode);
    return;
  }
  switch (op) {
    case "sign":
      // Zeros and NaN are their own sign.
      f.f32x4(1).f32x4(-0).get(x).emit("v128.and", "v128.or").get(x);
      f.get(x).emit("f32x4.abs").f32x4(0).emit("f32x4.gt", "v128.bitselect");
      return;
    case "rsqrt":
      f.f32x4(1).get(x).emit("f32x4.sqrt", "f32x4.div");
      return;
    case "reciprocal":
      f.f32x4(1).get(x).emit("f32x4.div");
      return;
    case "relu":
      // pmax(x, 0) is x < 0 ? 0 : x, so NaN stays.
      f.get(x).f32x4(0).emit("f32x4.pmax");
      return;
    case "isNaN":
      f.get(x, x).emit("f32x4.ne");
      return;
    case "power":
      printPower(f, module, x, y, constant);
      return;
    case "logicalNot":
      f.get(x).f32x4(0).emit("f32x4.eq");
      return;
    case "logicalAnd":
    case "logicalOr":
      f.get(x).f32x4(0).emit("f32x4.ne").get(y).f32x4(0).emit("f32x4.ne");
      f.emit(op === "logicalAnd" ? "v128.and" : "v128.or");
      return;
    default:
      vectorMath(f, module, op, args);
  }
}

/** Small whole powers by multiplication (exact in their special cases too), others by logarithm. */
function printPower(
  f: FunctionBuilder,
  module: ModuleBuilder,
  x: Local,
  y: Local,
  constant: number | undefined,
): void {
  if (constant === 1) f.get(x);
  else if (constant === 2) f.get(x, x).emit("f32x4.mul");
  else if (constant === 3) f.get(x, x).emit("f32x4.mul").get(x).emit("f32x4.mul");
  else if (constant === -1) f.f32x4(1).get(x).emit("f32x4.div");
  else vectorMath(f, module, "power", [x, y]);
}
