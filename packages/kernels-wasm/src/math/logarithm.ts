import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { multiplyAdd, polynomial } from "./polynomial.js";

// log(1 + t) = t - t^2 / 2 + t^3 Q(t) on [sqrt(1/2) - 1, sqrt(2) - 1], relative error 2^-30: our own fit.
const coefficients = [
  0.333333105, -0.24999994, 0.200022012, -0.16668652, 0.142187312, -0.123961687, 0.118852206, -0.117218465,
  0.0680301785,
];
const ln2High = 0.693359375;
const ln2Low = -2.1219444e-4;
const smallestNormal = 2 ** -126;

/**
 * Pushes log(u) + correction / u for positive finite u: u = 2^e (1 + t), then e ln 2 + log(1 + t).
 * `correction` is what is missing in u (0 for a plain logarithm).
 */
function logarithm(f: FunctionBuilder, module: ModuleBuilder, u: Local, correction: Local | undefined): void {
  f.scratch("v128", (e) =>
    f.scratch("v128", (t) =>
      f.scratch("v128", (square) => {
        // Subnormals are scaled by 2^23 first; the exponent of u / sqrt(1/2) is that of the nearest power of
        // two.
        f.get(u).f32x4(smallestNormal).emit("f32x4.lt").set(square);
        f.get(u)
          .f32x4(2 ** 23)
          .emit("f32x4.mul")
          .get(u, square)
          .emit("v128.bitselect")
          .set(t);
        f.get(t).i32x4(0x3f3504f3).emit("i32x4.sub").i32(23).emit("i32x4.shr_s").set(e);
        f.get(t).get(e).i32(23).emit("i32x4.shl", "i32x4.sub").f32x4(1).emit("f32x4.sub").set(t);
        f.get(e).get(square).i32x4(23).emit("v128.and", "i32x4.sub", "f32x4.convert_i32x4_s").set(e);
        f.get(t, t).emit("f32x4.mul").set(square);
        // e * ln2Low + correction / u + t^3 Q(t) - t^2 / 2 + t + e * ln2High, small terms first.
        polynomial(f, module, t, coefficients);
        f.get(t).emit("f32x4.mul").get(square).emit("f32x4.mul");
        f.get(e).f32x4(ln2Low).emit("f32x4.mul", "f32x4.add");
        if (correction) f.get(correction, u).emit("f32x4.div", "f32x4.add");
        f.get(square).f32x4(-0.5).emit("f32x4.mul", "f32x4.add");
        f.get(t).emit("f32x4.add").set(t);
        multiplyAdd(
          f,
          module,
          () => f.get(e),
          () => f.f32x4(ln2High),
          () => f.get(t),
        );
      }),
    ),
  );
}

/** Replaces the result on the stack where u is not positive and finite: NaN, -Infinity at 0, Infinity. */
function edges(f: FunctionBuilder, u: Local): void {
  f.scratch("v128", (result) => {
    f.set(result);
    f.f32x4(-Infinity).get(result).get(u).f32x4(0).emit("f32x4.eq", "v128.bitselect").set(result);
    // Infinity and NaN are their own logarithm; a negative number gives NaN.
    f.get(u, result).get(u).f32x4(Infinity).emit("f32x4.lt", "v128.not", "v128.bitselect").set(result);
    f.get(result).f32x4(NaN).get(u).f32x4(0).emit("f32x4.lt", "v128.not", "v128.bitselect");
  });
}

/** Pushes the natural logarithm. */
export function log(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  logarithm(f, module, x, undefined);
  edges(f, x);
}

/** Pushes log(1 + x): log of the rounded sum u = 1 + x, and what the rounding lost, divided by u. */
export function log1p(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  f.scratch("v128", (u) =>
    f.scratch("v128", (lost) => {
      f.get(x).f32x4(1).emit("f32x4.add").set(u);
      // (1 - (u - x)) + (x - (u - x - x + x)): two-sum, exact for any x; at infinities NaN, which `edges`
      // replaces.
      f.scratch("v128", (part) => {
        f.get(u).f32x4(1).emit("f32x4.sub").set(part);
        f.get(x, part)
          .emit("f32x4.sub")
          .f32x4(1)
          .get(u, part)
          .emit("f32x4.sub", "f32x4.sub", "f32x4.add")
          .set(lost);
      });
      logarithm(f, module, u, lost);
      edges(f, u);
      f.set(lost);
      // Below 2^-24 x is its own result, -0 included.
      f.get(x, lost)
        .get(x)
        .emit("f32x4.abs")
        .f32x4(2 ** -25)
        .emit("f32x4.lt", "v128.bitselect");
    }),
  );
}
