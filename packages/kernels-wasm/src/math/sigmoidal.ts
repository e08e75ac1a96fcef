import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { exp, expOfNegative } from "./exponential.js";
import { log1p } from "./logarithm.js";
import { polynomial } from "./polynomial.js";

// tanh(x) = x + x^3 P(x^2) on |x| <= 0.625, relative error 2^-32: our own fit.
const tanhCoefficients = [
  -0.333333313, 0.133332223, -0.053948462, 0.0217087455, -0.00819506217, 0.0021575971,
];

/** Pushes tanh(x): a polynomial near 0, elsewhere 1 - 2 e^(-2|x|) / (1 + e^(-2|x|)) with the sign of x. */
export function tanh(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  f.scratch("v128", (size) =>
    f.scratch("v128", (large) =>
      f.scratch("v128", (square) => {
        f.get(x).emit("f32x4.abs").set(size);
        f.get(size).f32x4(-2).emit("f32x4.mul").set(square);
        expOfNegative(f, module, square);
        f.set(large);
        f.f32x4(1)
          .get(large, large)
          .emit("f32x4.add")
          .get(large)
          .f32x4(1)
          .emit("f32x4.add", "f32x4.div", "f32x4.sub");
        f.set(large);
        f.get(x, x).emit("f32x4.mul").set(square);
        polynomial(f, module, square, tanhCoefficients);
        f.get(square).emit("f32x4.mul").get(size).emit("f32x4.mul").get(size).emit("f32x4.add");
        f.get(large).get(size).f32x4(0.625).emit("f32x4.le", "v128.bitselect");
        f.get(x).f32x4(-0).emit("v128.and", "v128.or").set(large);
        f.get(large, x).get(x, x).emit("f32x4.eq", "v128.bitselect");
      }),
    ),
  );
}

/** Pushes 1 / (1 + e^-x), as z / (1 + z) with z = e^x for negative x, so that nothing overflows. */
export function sigmoid(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  f.scratch("v128", (z) =>
    f.scratch("v128", (size) => {
      f.get(x).emit("f32x4.abs", "f32x4.neg").set(size);
      exp(f, module, size);
      f.set(z);
      f.get(z).f32x4(1).get(x).f32x4(0).emit("f32x4.lt", "v128.bitselect");
      f.get(z).f32x4(1).emit("f32x4.add", "f32x4.div");
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
