import { type BinaryOp, DtypeError, type UnaryOp } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder, PlainOpcode } from "../assembler/index.js";
import { integerDivide, integerModulo } from "../math/integer-division.js";
import { integerPower } from "../math/integer-power.js";

const single: { readonly [op in UnaryOp | BinaryOp]?: PlainOpcode } = {
  negative: "i32x4.neg",
  abs: "i32x4.abs",
  add: "i32x4.add",
  subtract: "i32x4.sub",
  multiply: "i32x4.mul",
  maximum: "i32x4.max_s",
  minimum: "i32x4.min_s",
  equal: "i32x4.eq",
  notEqual: "i32x4.ne",
  less: "i32x4.lt_s",
  lessEqual: "i32x4.le_s",
  greater: "i32x4.gt_s",
  greaterEqual: "i32x4.ge_s",
  bitwiseAnd: "v128.and",
  bitwiseOr: "v128.or",
  bitwiseXor: "v128.xor",
};
const shifts = { shiftLeft: ["i32x4.shl", "i32.shl"], shiftRight: ["i32x4.shr_u", "i32.shr_u"] } as const;
const comparisons: ReadonlySet<string> = new Set([
  "equal",
  "notEqual",
  "less",
  "lessEqual",
  "greater",
  "greaterEqual",
  "logicalNot",
  "logicalAnd",
  "logicalOr",
  "isNaN",
]);

/**
 * Pushes an int32 or bool op of `args`. Bools come and go as masks; arithmetic on them counts 0 and 1.
 * `constant` is the second argument where it is known.
 */
export function printIntegerOp(
  f: FunctionBuilder,
  module: ModuleBuilder,
  op: UnaryOp | BinaryOp,
  args: readonly Local[],
  constant: number | undefined,
  bool: boolean,
): void {
  if (!bool) {
    printInteger(f, module, op, args, constant);
  } else if (op === "logicalNot") {
    f.get(args[0]!).emit("v128.not");
  } else if (op === "logicalAnd" || op === "logicalOr") {
    f.get(...args).emit(op === "logicalAnd" ? "v128.and" : "v128.or");
  } else {
    const numbers = args.map((arg) => {
      const number = f.local("v128");
      f.get(arg).i32x4(1).emit("v128.and").set(number);
      return number;
    });
    printInteger(f, module, op, numbers, undefined);
    if (!comparisons.has(op)) f.i32x4(0).emit("i32x4.ne");
  }
}

function printInteger(
  f: FunctionBuilder,
  module: ModuleBuilder,
  op: UnaryOp | BinaryOp,
  args: readonly Local[],
  constant: number | undefined,
): void {
  const opcode = single[op];
  const [x, y] = args as [Local, Local];
  if (opcode) {
    f.get(...args).emit(opcode);
    return;
  }
  switch (op) {
    case "floor":
    case "ceil":
    case "round":
      f.get(x);
      return;
    case "sign":
      f.get(x).i32x4(-1).emit("i32x4.max_s").i32x4(1).emit("i32x4.min_s");
      return;
    case "relu":
      f.get(x).i32x4(0).emit("i32x4.max_s");
      return;
    case "isNaN":
      f.i32x4(0);
      return;
    case "logicalNot":
      f.get(x).i32x4(0).emit("i32x4.eq");
      return;
    case "logicalAnd":
    case "logicalOr":
      f.get(x).i32x4(0).emit("i32x4.ne").get(y).i32x4(0).emit("i32x4.ne");
      f.emit(op === "logicalAnd" ? "v128.and" : "v128.or");
      return;
    case "shiftLeft":
    case "shiftRight":
      printShift(f, op, x, y, constant);
      return;
    case "divide":
      f.get(x, y).call(integerDivide(module));
      return;
    case "power":
      f.get(x, y).call(integerPower(module));
      return;
    case "mod":
      f.get(x, y).call(integerModulo(module));
      return;
    default:
      throw new DtypeError(`${op}: got int32, expected float32 (use cast)`);
  }
}

/** One vector shift where the count is a constant, else lane by lane; both take the count modulo 32. */
function printShift(
  f: FunctionBuilder,
  op: keyof typeof shifts,
  x: Local,
  count: Local,
  constant: number | undefined,
): void {
  const [vector, scalar] = shifts[op];
  if (constant !== undefined) {
    f.get(x).i32(constant).emit(vector);
    return;
  }
  f.get(x);
  for (const lane of [0, 1, 2, 3]) {
    f.get(x).lane("i32x4.extract_lane", lane).get(count).lane("i32x4.extract_lane", lane);
    f.emit(scalar).lane("i32x4.replace_lane", lane);
  }
}
