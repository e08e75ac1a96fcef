import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { exp } from "./exponential.js";
import { polynomial } from "./polynomial.js";

// erf(x) = x + x P(x^2) on |x| <= 0.93, relative error 2^-29.9; our own fit.
const small = [
  0.128379166, -0.376126289, 0.112836242, -0.026855588, 0.0051919478, -0.000804383948, 7.96966342e-5,
];
// log(erfc t) = t Q(t) on [0.92, 3.93], error of erf 2^-34: our own fit. Beyond, erf rounds to 1.
const large = [
  -1.12845981, -0.636124909, -0.104098871, 0.0211576931, -0.00172214105, -0.000552500947, 0.000228842051,
  -3.6071131e-5, 2.2595093e-6,
];
const limit = 3.925;

/** Pushes the error function 2 / sqrt(pi) * integral of e^(-t^2) from 0 to x. */
export function erf(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  f.scratch("v128", (t) =>
    f.scratch("v128", (outer) =>
      f.scratch("v128", (square) => {
        f.f32x4(limit).get(x).emit("f32x4.abs", "f32x4.pmin").set(t);
        polynomial(f, module, t, large);
        f.get(t).emit("f32x4.mul").set(square);
        exp(f, module, square);
        f.set(outer);
        f.f32x4(1).get(outer).emit("f32x4.sub").get(x).f32x4(-0).emit("v128.and", "v128.or").set(outer);
        f.get(x, x).emit("f32x4.mul").set(square);
        polynomial(f, module, square, small);
        f.get(x).emit("f32x4.mul").get(x).emit("f32x4.add");
        // The comparison is false for NaN, so the polynomial must be what is taken then.
        f.get(outer).f32x4(0.925).get(t).emit("f32x4.lt", "v128.not", "v128.bitselect").set(outer);
        f.get(outer, x).get(x, x).emit("f32x4.eq", "v128.bitselect");
      }),
    ),
  );
}
