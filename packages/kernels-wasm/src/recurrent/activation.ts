import type { RecurrentActivation } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { fastSigmoid, fastTanh } from "./gate-functions.js";

/** Pushes the function of four lanes. */
export function pushActivation(
  f: FunctionBuilder,
  module: ModuleBuilder,
  name: RecurrentActivation,
  x: Local,
): void {
  switch (name) {
    case "linear":
      f.get(x);
      return;
    case "relu":
      // max keeps NaN.
      f.get(x).f32x4(0).emit("f32x4.max");
      return;
    case "hardSigmoid":
      f.get(x)
        .f32x4(1 / 6)
        .emit("f32x4.mul")
        .f32x4(0.5)
        .emit("f32x4.add");
      f.f32x4(0).emit("f32x4.max").f32x4(1).emit("f32x4.min");
      return;
    case "sigmoid":
      fastSigmoid(f, module, x);
      return;
    case "tanh":
      fastTanh(f, module, x);
  }
}

/** Multiplies the gradient on the stack by the slope of the function, which follows from its value `y`. */
export function multiplyBySlope(f: FunctionBuilder, name: RecurrentActivation, y: Local): void {
  switch (name) {
    case "linear":
      return;
    case "relu":
      f.get(y).f32x4(0).emit("f32x4.gt", "v128.and");
      return;
    case "hardSigmoid":
      f.f32x4(1 / 6).emit("f32x4.mul");
      f.get(y).f32x4(0).emit("f32x4.gt").get(y).f32x4(1).emit("f32x4.lt", "v128.and", "v128.and");
      return;
    case "sigmoid":
      f.f32x4(1).get(y).emit("f32x4.sub").get(y).emit("f32x4.mul", "f32x4.mul");
      return;
    case "tanh":
      f.f32x4(1).get(y, y).emit("f32x4.mul", "f32x4.sub", "f32x4.mul");
      return;
  }
}
