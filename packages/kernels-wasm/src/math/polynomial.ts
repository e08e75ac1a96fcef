import type { FunctionBuilder, Local, ModuleBuilder, PlainOpcode } from "../assembler/index.js";

type Lanes = "f32x4" | "f64x2";

/** With (a, b, c) on the stack: a * b + c, rounded once where relaxed SIMD is in use, else twice. */
export function multiplyAdd(
  f: FunctionBuilder,
  module: ModuleBuilder,
  a: () => void,
  b: () => void,
  c: () => void,
): void {
  a();
  b();
  if (module.features.relaxedSimd) {
    c();
    f.emit("f32x4.relaxed_madd");
  } else {
    f.emit("f32x4.mul");
    c();
    f.emit("f32x4.add");
  }
}

/** Pushes c0 + c1 x + c2 x^2 + ... by Horner's rule. */
export function polynomial(
  f: FunctionBuilder,
  module: ModuleBuilder,
  x: Local,
  coefficients: readonly number[],
  lanes: Lanes = "f32x4",
): void {
  const push = (value: number) => (lanes === "f32x4" ? f.f32x4(value) : f.f64x2(value));
  const fused = module.features.relaxedSimd;
  const multiply: PlainOpcode = `${lanes}.mul`;
  const add: PlainOpcode = `${lanes}.add`;
  push(coefficients.at(-1)!);
  for (let power = coefficients.length - 2; power >= 0; power--) {
    f.get(x);
    if (fused) push(coefficients[power]!).emit(`${lanes}.relaxed_madd`);
    else {
      f.emit(multiply);
      push(coefficients[power]!).emit(add);
    }
  }
}
