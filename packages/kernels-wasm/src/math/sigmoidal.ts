import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { exp, expm1OfSmall, scaledExpOfNegative } from "./exponential.js";
import { log1p } from "./logarithm.js";
import { polynomial } from "./polynomial.js";

// tanh(x) = x + x^3 P(x^2) on |x| <= 0.625, relative error 2^-32: our own fit.
const tanhCoefficients = [
  -0.333333313, 0.133332223, -0.053948462, 0.0217087455, -0.00819506217, 0.0021575971,
];

/**
 * Pushes tanh(x): a polynomial near 0, elsewhere t / (t + 2) with t = e^(2|x|) - 1, both with the sign of x. From 10 on it
 * is 1.
 */
export function tanh(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  f.scratch("v128", (size) =>
    f.scratch("v128", (t) =>
      f.scratch("v128", (square) => {
        f.get(x).emit("f32x4.abs").f32x4(10).emit("f32x4.pmin").set(size);
        f.get(size, size).emit("f32x4.add").set(square);
        expm1OfSmall(f, module, square);
        f.set(t);
        f.get(t, t).f32x4(2).emit("f32x4.add", "f32x4.div").set(t);
        f.get(size, size).emit("f32x4.mul").set(square);
        polynomial(f, module, square, tanhCoefficients);
        f.get(square).emit("f32x4.mul").get(size).emit("f32x4.mul").get(size).emit("f32x4.add");
        f.get(t).get(size).f32x4(0.625).emit("f32x4.le", "v128.bitselect");
        f.get(x).f32x4(-0).emit("v128.and", "v128.or");
      }),
    ),
  );
}

/** Pushes 1 / (1 + e^-x), as z / (1 + z) with z = e^x for negative x, so that nothing overflows. */
export function sigmoid(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  const up = 2 ** 64;
  f.scratch("v128", (z) =>
    f.scratch("v128", (size) => {
      f.get(x).emit("f32x4.abs", "f32x4.neg").set(size);
      // z and 1, both times 2^64, over 1 + z times 2^64.
      scaledExpOfNegative(f, module, size);
      f.set(z);
      f.get(z).f32x4(up).get(x).f32x4(0).emit("f32x4.lt", "v128.bitselect");
      f.get(z).f32x4(up).emit("f32x4.add", "f32x4.div");
    }),
  );
}

/** Pushes log(1 + e^x) = max(x, 0) + log1p(e^-|x|). */
export function softplus(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  f.scratch("v128", (z) =>
    f.scratch("v128", (size) => {
      f.get(x).emit("f32x4.abs", "f32x4.neg").set(size);
      exp(f, module, size);
      f.set(z);
      log1p(f, module, z);
      f.get(x).f32x4(0).emit("f32x4.pmax", "f32x4.add");
    }),
  );
}
