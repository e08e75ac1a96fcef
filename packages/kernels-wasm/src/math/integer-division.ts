import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";

/**
 * Sets `quotient` to x / y cut toward 0, by way of float64, where it is exact. By 0: 0; by -1: -x, which may
 * wrap.
 */
function divide(f: FunctionBuilder, x: Local, y: Local, quotient: Local): void {
  for (const high of [false, true]) {
    if (high) f.get(quotient);
    for (const operand of [x, y]) {
      f.get(operand);
      if (high) f.get(operand).shuffle(2, 3, 2, 3);
      f.emit("f64x2.convert_low_i32x4_s");
    }
    f.emit("f64x2.div", "i32x4.trunc_sat_f64x2_s_zero");
    if (high) f.shuffle(0, 1, 4, 5);
    f.set(quotient);
  }
  f.get(x).emit("i32x4.neg").get(quotient).get(y).i32x4(-1).emit("i32x4.eq", "v128.bitselect");
  f.get(y).i32x4(0).emit("i32x4.ne", "v128.and").set(quotient);
}

/** Index of int32 division on four lanes. */
export const integerDivide = (module: ModuleBuilder): number =>
  module.once("math.integerDivide", () =>
    module.function("integerDivide", ["v128", "v128"], ["v128"], (f) => {
      const [x, y] = f.params as [Local, Local];
      const quotient = f.local("v128");
      divide(f, x, y, quotient);
      f.get(quotient);
    }),
  );

/** Index of the int32 remainder with the sign of the divisor, on four lanes; modulo 0 it is 0. */
export const integerModulo = (module: ModuleBuilder): number =>
  module.once("math.integerModulo", () =>
    module.function("integerModulo", ["v128", "v128"], ["v128"], (f) => {
      const [x, y] = f.params as [Local, Local];
      const rest = f.local("v128");
      divide(f, x, y, rest);
      f.get(x).get(rest, y).emit("i32x4.mul", "i32x4.sub").set(rest);
      // The remainder has the sign of x: where it is not 0 and y has the other sign, y is added once.
      f.get(rest);
      f.get(y).get(rest, y).emit("v128.xor").i32x4(0).emit("i32x4.lt_s").get(rest).i32x4(0).emit("i32x4.ne");
      f.emit("v128.and", "v128.and", "i32x4.add");
      f.get(y).i32x4(0).emit("i32x4.ne", "v128.and");
    }),
  );
